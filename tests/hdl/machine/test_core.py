"""The whole core, simulated, against the emulator: the same commands, the same bytes."""

from functools import cache

import numpy as np
import pytest

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config, Memory
from allspike_sim.rtl import RtlBus
from tests.host.networks import FLAVOURS, Network, _filled

from ..bench import seeded

CONFIGS = {
    "learns": Config(neurons=12, inputs=5, lanes=4, neuron_lanes=2, event_ring=32, spike_ring=16),
    "odd": Config(
        neurons=6, inputs=3, lanes=2, weight_bits=5, state_bits=14, trace_bits=9, max_delay=2, event_ring=16,
        spike_ring=16,
    ),
    "static": Config(
        neurons=8, inputs=0, lanes=1, plasticity=False, poisson=False, event_ring=16, spike_ring=16
    ),
    "compact": Config(
        neurons=8, inputs=5, weight_bits=6, state_bits=15, trace_bits=10, max_delay=4, lanes=4, event_ring=32,
        spike_ring=16, memory=Memory.SINGLE_PORT,
    ),
    "compact, static": Config(
        neurons=8, inputs=0, state_bits=20, lanes=8, plasticity=False, poisson=False, event_ring=16,
        spike_ring=16, memory=Memory.SINGLE_PORT,
    ),
}  # fmt: skip
TIMES = ("late_steps", "clocks", "clocks_sweep", "clocks_rows", "clocks_columns", "clocks_stalled")
MEMORIES = ("neuron_params", "neuron_state", "input_params", "traces", "weights", "plastic")
PLACE = dm.CONTROL.record.offset


@cache
def core_of(name: str) -> RtlBus:
    return RtlBus(CONFIGS[name])


def pair_of(name: str) -> list[EmulatorBus | RtlBus]:
    """An emulator just made, and a simulated core that has served other tests before."""
    buses = [EmulatorBus(CONFIGS[name]), core_of(name)]
    for bus in buses:
        Device(bus)
        bus.write(dm.CONTROL.base + 4, bytes(dm.CONTROL.record.size - 4))
        bus.write(dm.EVENT_RING.base, bytes(dm.EVENT_RING.size(bus.config)))
    return buses


def contents(bus: EmulatorBus | RtlBus, *, memories: bool = True) -> dict[str, list]:
    """Everything that can be read and is no matter of time, field by field."""
    found = {}
    for region in dm.REGIONS:
        size = region.size(bus.config)
        if not size or region is dm.IDENTITY or (region.name in MEMORIES and not memories):
            continue
        values = np.frombuffer(bus.read(region.base, size), region.dtype(bus.config))
        for field in region.names(bus.config) or ("",):
            if field not in TIMES and field != "epoch":
                found[f"{region.name}.{field}"] = (values[field] if field else values).tolist()
    # Of the spike ring only what is valid: a reset leaves the old words in it.
    ack, head = found["control.spike_ack"][0], found["status.spike_head"][0]
    words = found.pop("spike_ring.")
    found["spikes"] = [words[place // 2 % len(words)] for place in range(ack, head, 2)]
    if not memories:  # a step is half done
        for field in dm.COUNTERS.record.fields:
            found.pop(f"counters.{field.name}", None)
    return found


def network_of(config: Config, seed: int, how: str = "typical") -> Network:
    rng = np.random.default_rng(seed)
    steps = 30

    def records(region: dm.Region) -> np.ndarray:
        filled = np.zeros(region.shape(config), region.dtype(config))
        for name in region.names(config):
            filled[name] = _filled(rng, region.dtype(config).fields[name][0], filled.shape, name, how)
        return filled

    rule = np.zeros(1, dm.LEARNING.record.dtype)
    if how == "typical":
        typical = {
            "gain": 64, "plus_shift": 4, "minus_shift": 5, "x_increment": 900, "y_increment": 700,
            "x_window": 9,
            "x_decay": 30000, "y_decay": 31000, "x_target": 20, "w_min": -100, "w_max": 100,
            "x_kind": rng.integers(3), "y_kind": rng.integers(3), "flags": rng.integers(8),
        }  # fmt: skip
        for name, value in typical.items():
            rule[name] = value
    else:
        for name in rule.dtype.names:
            rule[name] = _filled(rng, rule.dtype.fields[name][0], (1,), name, "any bits")
    return Network(
        config=config,
        seed=seed,
        params=records(dm.NEURON_PARAMS),
        inputs=records(dm.INPUT_PARAMS),
        state=records(dm.NEURON_STATE),
        traces=_filled(rng, np.dtype("<u2"), (config.axons,), "x", how),
        weights=_filled(rng, np.dtype("i1"), (config.axons, config.neurons), "w", how),
        plastic=rng.random((config.axons, config.neurons)) < 0.7,
        rule=rule,
        weight_shift=2,
        poisson=bool(seed % 2),
        steps=steps,
        events=rng.random((steps, config.inputs)) < 0.3,
    )


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("how", FLAVOURS)
def test_networks_run_as_in_the_emulator(name: str, how: str) -> None:
    for seed in range(3):
        network = network_of(CONFIGS[name], seed, how)
        buses = pair_of(name)
        devices = [Device(bus) for bus in buses]
        for device in devices:
            network.write_to(device)
        assert contents(buses[0]) == contents(buses[1])
        for start, stop in ((0, 1), (1, 3), (3, 12), (12, 30)):
            spikes = [device.run(stop - start, network.events_from(start, stop)) for device in devices]
            assert [part.tolist() for part in spikes[0]] == [part.tolist() for part in spikes[1]]
            assert contents(buses[0]) == contents(buses[1]), (seed, stop)


@pytest.mark.parametrize("name", CONFIGS)
def test_any_bytes_of_any_region_are_kept_as_in_the_emulator(name: str) -> None:
    rng = seeded(name)
    buses = pair_of(name)
    config = CONFIGS[name]
    network = network_of(config, 1)
    for bus in buses:
        network.write_to(Device(bus))
    for _ in range(60):
        region = rng.choice([region for region in dm.REGIONS if region.writable and region is not dm.CONTROL])
        if not region.size(config):
            continue
        start = rng.randrange(region.size(config))
        size = rng.randrange(1, min(40, region.size(config) - start) + 1)
        data = rng.randbytes(size)
        for bus in buses:
            bus.write(region.base + start, data)
        assert buses[0].read(region.base + start, size) == buses[1].read(region.base + start, size), (
            region.name
        )
    assert contents(buses[0]) == contents(buses[1])


@pytest.mark.parametrize("name", CONFIGS)
def test_any_command_to_the_control_record_acts_as_in_the_emulator(name: str) -> None:
    """Resets, runs, offsets that are true, stale or impossible, in one command; also while it stalls."""
    rng = seeded(name, "control")
    buses = pair_of(name)
    config = CONFIGS[name]
    network = network_of(config, 3)
    for bus in buses:
        network.write_to(Device(bus))
    epoch = [int.from_bytes(bus.read(dm.CONTROL.base, 4), "little") for bus in buses]
    seen = set()
    for _ in range(150):
        status = np.frombuffer(buses[0].read(dm.STATUS.base, dm.STATUS.record.size), dm.STATUS.record.dtype)[
            0
        ]
        control = np.frombuffer(
            buses[0].read(dm.CONTROL.base, dm.CONTROL.record.size), dm.CONTROL.record.dtype
        ).copy()
        seen.add(int(status["state"]))
        resets = rng.random() < 0.1
        epoch = [value + resets for value in epoch]
        step = 0 if resets else int(status["step"])
        head, made = int(control["event_head"][0]), int(status["spike_head"])
        control["run_until"] = rng.choice((step + rng.randrange(12), step + rng.randrange(3), 0))
        control["event_head"] = (head + rng.choice((0, 2, 4, 6, 8, 3, -2, 400))) % (1 << 32)
        control["spike_ack"] = (made + rng.choice((0, 0, 0, -2, -4, -16, 2, 1))) % (1 << 32)
        if resets:
            control["event_head"], control["spike_ack"] = rng.choice((0, 4)), 0
            control["seed"] = rng.getrandbits(32)
        shift = rng.randrange(6)
        # The compact datapath waits for room within its sweep, where the shift acts.
        if not (status["state"] & dm.State.STALLED and config.memory is Memory.SINGLE_PORT):
            control["weight_shift"] = shift
        control["flags"] = rng.randrange(2)
        words = np.array(rng.choices((dm.RING_MARKER | step, dm.RING_MARKER | step + 2, 0, 1, 2), k=4), "<u2")
        start, stop = (0, 32) if resets else sorted(rng.sample((0, 4, 6, 8, 12, 15, 16, 20, 29, 32), 2))
        for bus, own in zip(buses, epoch, strict=True):
            control["epoch"] = own
            for k, word in enumerate(words):
                bus.write(dm.EVENT_RING.base + (head + 2 * k) % config.event_ring, word.tobytes())
            bus.write(dm.CONTROL.base + start, control.tobytes()[start:stop])
        stalled = bool(buses[0].read(dm.STATUS.address("state"), 1)[0] & dm.State.STALLED)
        expected, found = (contents(bus, memories=not stalled) for bus in buses)
        assert expected == found
    assert seen == {0, int(dm.State.RUNNING | dm.State.STALLED)}


def test_what_is_written_after_a_run_acts_from_the_next_step_on() -> None:
    """Walks of the last step may be under way when the host goes on: rule and counters wait for them."""
    network = network_of(CONFIGS["learns"], 5)
    network.params["flags"] |= int(dm.NeuronFlag.SILENT)  # nobody empties the ring here
    buses = pair_of("learns")
    for bus in buses:
        device = Device(bus)
        network.write_to(device)
        device.run(4, network.events_from(0, 4))
    run = np.array([5], "<u8").tobytes()
    rule = network.rule.copy()
    rule["gain"], rule["x_decay"], rule["y_decay"], rule["w_max"] = -30, 4000, 5000, 3
    for region, data in ((dm.LEARNING, rule.tobytes()), (dm.COUNTERS, None)):
        found = []
        for bus in buses:
            bus.write(dm.CONTROL.address("run_until"), run)
            if data:
                bus.write(region.base, data)
            else:
                counters = np.frombuffer(bus.read(region.base, region.record.size), region.record.dtype)[0]
                found.append([int(counters[name]) for name in region.record.names if name not in TIMES])
        assert contents(buses[0]) == contents(buses[1])
        assert data or found[0] == found[1]
        run = np.array([9], "<u8").tobytes()


def test_memories_can_be_read_while_it_runs_and_while_it_waits() -> None:
    """The core stands still for them: between two steps, or where it waits for room."""
    config = CONFIGS["learns"]
    bus = core_of("learns")
    device = Device(bus)
    network = network_of(config, 1)
    network.write_to(device)
    simulation = bus._simulation
    base = dm.CONTROL.address("run_until") // 4
    ones = np.full(1, 15, np.uint8)
    simulation.write(base, np.array([1000], np.uint32), ones)
    for region in (dm.NEURON_PARAMS, dm.NEURON_STATE, dm.WEIGHTS, dm.PLASTIC, dm.TRACES):
        before = device.step
        held = device.read_region(region)
        assert held.shape == region.shape(config)
        if region is dm.NEURON_PARAMS:
            device.write("pace", 0)
        assert device.step >= before
    device.reset()
    assert device.step == 0
    assert not int(device.status()["state"])
    assert not device.read("v").any()
    assert np.array_equal(device.read("threshold"), network_kept(network, config))


def network_kept(network: Network, config: Config) -> np.ndarray:
    emulator = EmulatorBus(config)
    network.write_to(Device(emulator))
    return Device(emulator).read("threshold")


def test_a_reset_in_mid_run_leaves_the_core_as_new() -> None:
    config = CONFIGS["learns"]
    bus = core_of("learns")
    network = network_of(config, 1)
    results = []
    for clocks in (None, 3, 50, 333, 1000):
        device = Device(bus)
        network.write_to(device)
        if clocks is not None:
            bus._simulation.write(
                PLACE("run_until") // 4 + dm.CONTROL.base // 4, np.array([99]), np.array([15])
            )
            bus._simulation.run(clocks)
            device.reset()
            for region in (dm.NEURON_STATE, dm.TRACES, dm.COUNTERS):
                assert not any(bus.read(region.base, region.size(config)))
            network.write_to(device)
        when, who = device.run(network.steps, network.events_from(0, network.steps))
        left = contents(bus)
        left.pop("event_ring.")
        results.append((when.tolist(), who.tolist(), left))
    assert all(result == results[0] for result in results[1:])


def test_real_time_keeps_the_pace_and_counts_what_is_late() -> None:
    device = Device(core_of("odd"))
    network_of(CONFIGS["odd"], 1).write_to(device)
    bus = core_of("odd")
    for pace, late in ((2000, False), (10, True)):
        device.write("pace", pace)
        device.reset()
        before = bus.clocks
        device.run(40)
        spent = bus.clocks - before
        assert bool(device.counters()["late_steps"]) == late
        if not late:
            assert 39 * pace <= spent < 60 * pace
    device.write("pace", 0)
