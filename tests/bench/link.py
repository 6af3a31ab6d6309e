"""What a serial line carries: loads and spikes, in the line's own time.

python -m tests.bench.link [PORT ...] [--write FILE]

PORT is whatever `allspike.open` takes: a board's port, a virtual board (allspike://core256), or `standin`, a
model of the device in Python on a wire of 1 Mbaud that keeps time, with a round trip of 2 ms.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import allspike
from allspike.device.device import Device
from allspike.image.image import Image
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.presets import preset

from .document import check_section, table, write_section

PORTS = (
    "standin",
    "allspike://core256?clock=12e6",
    "allspike://core256?clock=48e6",
    "allspike://up5k?clock=18e6",
)
PRESENT = 0.05
"""Share of the synapses of the sparse network."""
SECONDS = 1.0
"""Length of the run that makes spikes, s of the line, about."""


@dataclass(frozen=True)
class Load:
    """A load, verification included."""

    synapses: int
    seconds: float
    share: float
    """Bytes of synapses a byte's time on the line; 1 is the line's rate."""


@dataclass(frozen=True)
class Stream:
    """A run whose spikes are more than the line carries."""

    spikes: int
    missing: int
    seconds: float
    share: float
    """Share of the line's time that ring words took; 1 is the line's rate."""


def image(config: Config, present: float, fires: bool = False) -> Image:
    """Static random weights, of which a share is present; every neuron fires at every step, or none."""
    rng = np.random.default_rng(1)
    arrays = {
        region.name: np.zeros(region.shape(config), region.dtype(config))
        for region in (dm.NEURON_PARAMS, dm.INPUT_PARAMS, dm.WEIGHTS, dm.PLASTIC, dm.LEARNING)
    }
    shape = arrays["weights"].shape
    weights = rng.integers(config.weight_min, config.weight_max, shape, endpoint=True)
    arrays["weights"] = np.where(rng.random(shape) < present, weights, 0).astype(np.int8)
    params = arrays["neuron_params"]
    params["threshold"] = -1 if fires else rng.integers(1 << 8, 1 << 16, config.neurons)
    params["beta"] = 31_000
    params["delay"] = 1
    return Image(config=config, **arrays)


def load(device: Device, present: float) -> Load:
    """Load an image and verify it."""
    loaded = image(device.config, present)
    before = device.traffic
    device.load(loaded)
    assert before is not None and device.traffic is not None, "this device has no line"
    seconds = (device.traffic - before).seconds
    size = device.config.synapses
    return Load(size, seconds, 10 * size / before.baud / seconds)


def stream(device: Device) -> Stream:
    """Run a network that fires at every step."""
    config = device.config
    device.load(image(config, 0.0, fires=True))
    before = device.traffic
    assert before is not None and device.traffic is not None, "this device has no line"
    words = SECONDS * before.baud / 10 / dm.RING_WORD
    steps = max(int(words / (config.neurons + 1)), 2)
    when, who = device.run(steps)
    seconds = (device.traffic - before).seconds
    expected = np.repeat(np.arange(steps), config.neurons), np.tile(np.arange(config.neurons), steps)
    right = np.array_equal(when, expected[0]) and np.array_equal(who, expected[1])
    missing = steps * config.neurons - when.size
    assert right or missing, "spikes that nobody fired"
    carried = dm.RING_WORD * (when.size + steps)
    return Stream(when.size, missing, seconds, 10 * carried / before.baud / seconds)


def standin(slowness: float = 4.0, buffer: int = 2048) -> Device:
    """The model on a wire; a second of the line takes `slowness` seconds, or none by itself."""
    from allspike.emulator.bus import EmulatorBus  # noqa: PLC0415
    from allspike.link.bus import LinkBus  # noqa: PLC0415
    from allspike.link.link import Link  # noqa: PLC0415
    from tests.link.model import Model  # noqa: PLC0415
    from tests.link.ports import ModelPort  # noqa: PLC0415

    bus = EmulatorBus(replace(preset("core256"), clock_hz=12_000_000))
    bus.warm_up()
    port = ModelPort(Model(bus, buffer), timed=True, slowness=slowness, latency=1e-3)
    link = Link(port, "the stand-in")
    waiting = link._changed._waiters  # type: ignore[attr-defined]  # threads in Link.wait
    port.alone = lambda: bool(waiting)
    return Device(LinkBus(link))


def measure(target: str) -> tuple[object, ...]:
    """A line of the table."""
    with standin() if target == "standin" else allspike.open(target) as device:
        assert device.traffic is not None
        print(f"{target}: {device.traffic.baud:,} baud, {device.config.synapses:,} synapses, requests in "
              f"flight: {device.bus.counts()['buffer']:,} bytes")  # fmt: skip
        dense, sparse = load(device, 1.0), load(device, PRESENT)
        for name, one in (("dense", dense), (f"{PRESENT:.0%} present", sparse)):
            print(f"load, {name}, verified: {one.seconds:.3f} s, {one.share:.1%} of the line's rate")
        run = stream(device)
        print(f"spikes: {run.spikes:,} in {run.seconds:.3f} s, {run.missing} missing, "
              f"{run.share:.1%} of the line's rate")  # fmt: skip
        print(device.traffic, flush=True)
    return (
        f"`{target}`", f"{dense.synapses:,}", f"{dense.seconds:.3f} s", f"{dense.share:.1%}",
        f"{sparse.seconds:.3f} s", f"{run.share:.1%}", run.missing,
    )  # fmt: skip


_TEXT = """\
## The line

What a line of 1 Mbaud with a round trip of 2 ms carries, in its own time. A load writes weights, plastic bits
and parameters, and has the device digest them; its share is that of the weights alone, a byte each. The
dense load has random weights everywhere, the sparse one for {present:.0%} of the synapses. The spikes are
those of a network that fires at every step: more than the line carries, so emulated time waits. `standin` is
a model of the device in Python that takes no time for anything; the others are the gateware, Verilated with
its pins, at the clock in their name.

{table}

    python -m tests.bench.link --write docs/benchmarks.md
"""
_HEAD = (
    "device", "synapses", "dense load", "of the line's rate", "sparse load", "spikes, of the line's rate",
    "missing",
)  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.link")
    parser.add_argument("ports", nargs="*", default=PORTS, metavar="PORT")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the section of the line in FILE")
    options = parser.parse_args()
    check_section(parser, options.write, "link")
    shown = table(_HEAD, [measure(port) for port in options.ports])
    if options.write:
        write_section(options.write, "link", _TEXT.format(present=PRESENT, table=shown))


if __name__ == "__main__":
    main()
