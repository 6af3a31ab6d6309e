"""What a serial line carries: loads and spikes, in the line's own time.

python -m tests.bench.link PORT

PORT is whatever `allspike.open` takes: a board's port, a virtual board (allspike://core256), or `standin`, a
model of the device in Python on a wire of 1 Mbaud that keeps time, with a round trip of 2 ms.
"""

import sys
from dataclasses import dataclass, replace

import numpy as np

import allspike
from allspike import device_map as dm
from allspike.config import Config, preset
from allspike.device import Device
from allspike.image import Image

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
        region.name: np.zeros(region.shape(config), region.dtype)
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
    """The model on a wire; a second of the line takes `slowness` seconds."""
    from allspike.emulator.bus import EmulatorBus  # noqa: PLC0415
    from allspike.link.bus import LinkBus  # noqa: PLC0415
    from allspike.link.link import Link  # noqa: PLC0415
    from tests.link.model import Model  # noqa: PLC0415
    from tests.link.ports import ModelPort  # noqa: PLC0415

    bus = EmulatorBus(replace(preset("core256"), clock_hz=12_000_000))
    bus.warm_up()
    port = ModelPort(Model(bus, buffer), slowness=slowness, latency=1e-3)
    return Device(LinkBus(Link(port, "the stand-in")))


def main(target: str) -> None:
    """Measure and print."""
    with standin() if target == "standin" else allspike.open(target) as device:
        assert device.traffic is not None
        print(f"{device.traffic.baud:,} baud, {device.config.synapses:,} synapses, requests in flight: "
              f"{device.bus.counts()['buffer']:,} bytes")  # fmt: skip
        for name, present in (("dense", 1.0), (f"{PRESENT:.0%} present", PRESENT)):
            one = load(device, present)
            print(f"load, {name}, verified: {one.seconds:.3f} s, {one.share:.1%} of the line's rate")
        run = stream(device)
        print(f"spikes: {run.spikes:,} in {run.seconds:.3f} s, {run.missing} missing, "
              f"{run.share:.1%} of the line's rate")  # fmt: skip
        print(device.traffic)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "standin")
