"""Runs over bad lines, each from its seed: load a network, run it, read it back; count what was injected.

python -m tests.link.faulted [RUNS]
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError
from allspike.link.bus import LinkBus
from allspike.link.link import Link
from allspike.link.port import Port
from allspike.map import device_map as dm
from allspike.map.config import Config
from tests.host.networks import TYPICAL, Network

from .faults import KINDS, Faults
from .model import Model
from .ports import ModelPort

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
"""Faults a byte, each direction."""
LATENCY = 0.003
TIMEOUT = 2.0
LONGEST = 60.0
"""Seconds of the line after which a run counts as hanging."""


@dataclass(frozen=True)
class Outcome:
    """How a run over a bad line went."""

    rate: float
    injected: Counter[str]
    retries: int
    seconds: float
    error: str | None
    """None: it came to its end."""
    right: bool
    """It came to its end with the spikes, weights and state of the clean run."""


def random_config(rng: np.random.Generator) -> Config:
    """A small build."""
    return Config(
        neurons=int(rng.integers(4, 33)), inputs=int(rng.integers(1, 13)), lanes=1, clock_hz=12_000_000,
        event_ring=32, spike_ring=int(rng.choice((16, 64, 1024))),
    )  # fmt: skip


def random_network(rng: np.random.Generator, config: Config) -> Network:
    """A small network that is alive and learns."""

    def filled(region: dm.Region) -> np.ndarray:
        values = np.zeros(region.shape(config), region.dtype(config))
        for name in region.dtype(config).names or ():
            values[name] = rng.integers(*TYPICAL[name], values.shape, endpoint=True)
        return values

    shape = dm.WEIGHTS.shape(config)
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    for name, value in (
        ("gain", 64), ("plus_shift", 5), ("minus_shift", 5), ("x_increment", 9000), ("y_increment", 9000),
        ("x_decay", 31000), ("y_decay", 31000), ("w_min", -128), ("w_max", 127),
    ):  # fmt: skip
        rule[name] = value
    steps = int(rng.integers(20, 200))
    return Network(
        config=config,
        seed=int(rng.integers(2**32)),
        params=filled(dm.NEURON_PARAMS),
        inputs=filled(dm.INPUT_PARAMS),
        state=filled(dm.NEURON_STATE),
        traces=rng.integers(0, 3000, config.axons).astype("<u2"),
        weights=rng.integers(-20, 50, shape).astype(np.int8),
        plastic=rng.random(shape) < 0.5,
        rule=rule,
        weight_shift=int(rng.integers(0, 4)),
        poisson=bool(rng.integers(2)),
        steps=steps,
        events=rng.random((steps, config.inputs)) < 0.1,
    )


def everything(device: Device, network: Network) -> list[np.ndarray]:
    """Load, run, read back."""
    network.write_to(device)
    spikes = device.run(network.steps, network.events_from(0, network.steps))
    return [*spikes, *(device.read(name) for name in ("weights", "neuron_state", "traces"))]


def model_port(config: Config, to_device: Faults, to_host: Faults) -> Port:
    """The port of a model of a build."""
    return ModelPort(Model(EmulatorBus(config)), to_device, to_host)


def faulted_run(
    seed: int,
    rate: float | None = None,
    config: Config | None = None,
    port_of: Callable[[Config, Faults, Faults], Port] = model_port,
) -> Outcome:
    """One run over a line that is bad in both directions, compared with a clean one."""
    rng = np.random.default_rng(seed)
    network = random_network(rng, config or random_config(rng))
    rate = float(rng.choice(RATES)) if rate is None else rate
    kinds = tuple(rng.choice(KINDS, int(rng.integers(1, len(KINDS) + 1)), replace=False).tolist())
    clean = everything(Device(EmulatorBus(network.config)), network)
    to_device, to_host = (Faults(int(rng.integers(2**32)), rate, kinds) for _ in range(2))
    port = port_of(network.config, to_device, to_host)
    error, right = None, False
    link = Link(port, "the board", LATENCY, TIMEOUT)
    try:
        found = everything(Device(LinkBus(link)), network)
        right = all(np.array_equal(one, other) for one, other in zip(clean, found, strict=True))
    except DeviceError as failed:
        error = str(failed)
    finally:
        traffic = link.traffic
        link.close()
    injected = to_device.injected + to_host.injected
    return Outcome(rate, injected, traffic.retries, traffic.seconds, error, right)


def summarise(outcomes: list[Outcome]) -> None:
    """Print how many runs there were, what was injected, and how they ended; a wrong one is fatal."""
    print(f"{len(outcomes)} runs, {sum((one.injected for one in outcomes), Counter())}")
    for rate in RATES:
        some = [one for one in outcomes if one.rate == rate]
        ended = [one for one in some if one.error is None]
        print(
            f"{rate:g} a byte: {len(some)} runs, {sum(o.injected.total() for o in some):,} faults, "
            f"{sum(o.retries for o in some):,} retries; {sum(o.right for o in ended)} right, "
            f"{sum(not o.right for o in ended)} wrong, {len(some) - len(ended)} given up with an error; "
            f"the longest took {max((o.seconds for o in some), default=0):.1f} s"
        )
    for text, count in Counter(one.error for one in outcomes if one.error).most_common(5):
        print(f"  {count} x {text}")
    if any(one.error is None and not one.right for one in outcomes):
        sys.exit(1)


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    summarise([faulted_run(seed) for seed in range(runs)])
