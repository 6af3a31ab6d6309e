"""The self-test of a device: its line, its memories, and a network that learns, against the emulator."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..device.device import Device
from ..device.running import Progress
from ..emulator.bus import EmulatorBus
from ..errors import DeviceError, ParameterError
from ..link.bus import LinkBus
from ..map import device_map as dm
from ..map.config import Config

RATES = (115_200, 460_800, 1_000_000, 2_000_000, 3_000_000, 4_000_000)
"""Rates that the line is tried at, bits a second."""
_LINE_BYTES = 2048
_STEPS = 200
_FAN_IN = 16
"""Synapses of a neuron of the test network, about."""
_SETTINGS = ("weight_shift", "control.flags", "seed")


@dataclass(frozen=True)
class Part:
    """How one part of the test went."""

    name: str
    passed: bool
    says: str


def selftest(device: Device, progress: Progress | None = None) -> list[Part]:
    """Test a device; afterwards it holds what it held, and is reset.

    Raises
    ------
    LinkError
        If the line fails for good.
    """
    device.keep_weights()
    device.reset()
    before = [(base, device.bus.read(base, size)) for base, size in _places(device.config)]
    settings = {name: device.read(name) for name in _SETTINGS}
    tests = [_memories, _network]
    if isinstance(device.bus, LinkBus):
        tests.insert(0, _line)
    parts = []
    try:
        for k, test in enumerate(tests):
            if progress is not None:
                progress(k, len(tests))
            parts.append(test(device))
    finally:
        device.bus.store(before)
        for name, value in settings.items():
            device.write(name, value)
        device.reset()
    return parts


def _places(config: Config) -> list[tuple[int, int]]:
    """Address and size of every memory that can be written."""
    return [
        (region.base, region.size(config))
        for region in dm.REGIONS
        if region.writable and region is not dm.CONTROL and region.size(config)
    ]


# The line


def _line(device: Device) -> Part:
    """Random bytes to and fro at every rate that both ends can have, and back to the first."""
    bus = device.bus
    assert isinstance(bus, LinkBus)
    first, clean, says = bus.link.baud, [], []
    for rate in sorted({*RATES, first}):
        before, counted = bus.traffic, bus.counts()
        try:
            bus.set_rate(rate, device.config.clock_hz)
            right = _exchange(device)
        except ParameterError:
            continue  # not from this clock
        except DeviceError as error:
            if rate == first:
                raise
            says.append(f"none at {rate:,} baud ({error})")
            break
        errors = bus.traffic - before
        damaged = bus.counts()["damaged"] + bus.counts()["framing"] - counted["damaged"] - counted["framing"]
        if not right or errors.retries or errors.damaged or damaged:
            says.append(
                f"at {rate:,} baud {errors.retries} repeated, {errors.damaged} damaged answers, {damaged} "
                f"damaged requests{'' if right else ', wrong data'}"
            )
        else:
            clean.append(rate)
    bus.set_rate(first, device.config.clock_hz)
    good = ", ".join(f"{rate:,}" for rate in clean) or "no"
    return Part("line", first in clean, "; ".join([f"no error at {good} baud", *says]))


def _exchange(device: Device) -> bool:
    """Whether random bytes come back from the event ring as they were sent."""
    size = min(dm.EVENT_RING.size(device.config), _LINE_BYTES)
    data = np.random.default_rng(device.bus.counts()["frames"]).bytes(size)
    device.bus.write(dm.EVENT_RING.base, data)
    return device.bus.read(dm.EVENT_RING.base, size) == data


# Memories


def _memories(device: Device) -> Part:
    """Patterns in every memory that can be written; the emulator tells which bits a build keeps."""
    model = EmulatorBus(device.config)
    wrong, size = [], 0
    for pattern, parts in _patterns(device.config):
        size = sum(len(data) for _, data in parts)
        for address, data in parts:
            model.write(address, data)
        held = [model.read(address, len(data)) for address, data in parts]
        right = device.bus.store(parts, held)
        for (address, _), expected, good in zip(parts, held, right, strict=True):
            if not good:
                wrong.append(_difference(device, address, expected, pattern))
    if wrong:
        return Part("memories", False, "; ".join(wrong[:4]))
    return Part("memories", True, f"{size:,} bytes hold zeros, ones, stripes and noise")


def _patterns(config: Config) -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
    """Name, and (address, data) of each memory."""
    places = _places(config)
    for name, byte in (("ones", 0xFF), ("stripes", 0xAA), ("other stripes", 0x55)):
        yield name, [(base, bytes((byte,)) * size) for base, size in places]
    for name, turn in (("noise", 0x00), ("other noise", 0xFF)):
        yield (
            name,
            [
                (base, bytes(np.random.default_rng(base).integers(0, 256, size, np.uint8) ^ turn))
                for base, size in places
            ],
        )
    yield "zeros", [(base, bytes(size)) for base, size in places]


def _difference(device: Device, address: int, expected: bytes, pattern: str) -> str:
    held = np.frombuffer(device.bus.read(address, len(expected)), np.uint8)
    wanted = np.frombuffer(expected, np.uint8)
    name = next(region.name for region in dm.REGIONS if region.base == address)
    places = np.flatnonzero(held != wanted)
    if not places.size:
        return f"{name} is read differently at each time ({pattern})"
    k = int(places[0])
    return (
        f"{name} holds {places.size:,} wrong bytes of {pattern}, the first at 0x{address + k:08X}: "
        f"0x{held[k]:02X} instead of 0x{wanted[k]:02X}"
    )


# A network


def _network(device: Device) -> Part:
    """The same network on the device and in the emulator: every spike, every weight and all state."""
    ran = [_run(each) for each in (Device(EmulatorBus(device.config)), device)]
    (spikes, memories), (its_spikes, its_memories) = ran
    before = [memories.pop("before"), its_memories.pop("before")]
    learned = int(np.count_nonzero(before[0] != memories["weights"]))
    wrong = [name for name in memories if not np.array_equal(memories[name], its_memories[name])]
    if not np.array_equal(spikes, its_spikes):
        both = [{*zip(*(part.tolist() for part in each), strict=True)} for each in (spikes, its_spikes)]
        other = min(both[0] ^ both[1], default=(0, 0))
        wrong.insert(0, f"spikes, from step {other[0]} on")
    if wrong:
        return Part("network", False, f"other than in the emulator: {', '.join(wrong)}")
    says = f"{spikes[0].size:,} spikes in {_STEPS} steps and {learned:,} changed weights equal the emulator's"
    return Part("network", True, says)


def _run(device: Device) -> tuple[tuple[np.ndarray, np.ndarray], dict[str, np.ndarray]]:
    """Load and run the test network; spikes, and what the memories hold then (`before`: first weights)."""
    config = device.config
    rng = np.random.default_rng(config.neurons)
    params = np.zeros(config.neurons, dm.NEURON_PARAMS.dtype(config))
    for name, low, high in (
        ("threshold", 60, 300), ("bias", 0, 12), ("beta", 28_000, 32_600), ("alpha", 0, 24_000),
        ("refractory", 0, 3), ("delay", 1, config.max_delay),
    ):  # fmt: skip
        params[name] = rng.integers(low, high, config.neurons, endpoint=True)
    params["flags"] = dm.NeuronFlag.PLASTIC_IN | dm.NeuronFlag.PLASTIC_OUT
    inputs = np.zeros(config.inputs, dm.INPUT_PARAMS.record.dtype)
    inputs["rate"] = 1000 if config.poisson else 0
    inputs["flags"] = dm.InputFlag.PLASTIC_OUT
    shape = dm.WEIGHTS.shape(config)
    low, high = config.weight_min, config.weight_max
    present = rng.random(shape) < _FAN_IN / config.axons
    weights = np.where(present, rng.integers(low // 4, high, shape, endpoint=True), 0).astype(np.int8)
    plastic = np.packbits(present & (rng.random(shape) < 0.7), axis=1, bitorder="little")
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    if config.plasticity:
        for name, value in (
            ("gain", dm.GAIN_ONE), ("x_decay", 31_000), ("y_decay", 30_000), ("plus_shift", 5),
            ("minus_shift", 5), ("x_increment", config.trace_max // 4),
            ("y_increment", config.trace_max // 4), ("w_min", low), ("w_max", high),
        ):  # fmt: skip
            rule[name] = value
    contents = (
        (dm.NEURON_PARAMS, params), (dm.INPUT_PARAMS, inputs), (dm.WEIGHTS, weights), (dm.PLASTIC, plastic),
        (dm.LEARNING, rule),
    )  # fmt: skip
    for region, values in contents:
        device.write_region(region, values)
    device.write("weight_shift", 2)
    device.write("control.flags", int(dm.ControlFlag.POISSON) if config.poisson else 0)
    device.reset(seed=1)
    when, who = np.nonzero(rng.random((_STEPS, config.inputs)) < 0.02)
    spikes = device.run(_STEPS, (when, who))
    held = {name: device.read(name) for name in ("weights", "neuron_state", "traces")}
    return spikes, held | {"before": weights}
