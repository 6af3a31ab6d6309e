"""Benches of the core that run inside the simulator; test_core.py starts them."""

import json
import os

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge

from allspike.map import device_map as dm
from allspike.map.config import Config

from ..reference.model import Model
from .bus import Bus

CONFIG = Config.from_dict(json.loads(os.environ["ALLSPIKE_BENCH_CONFIG"]))
BUILD = "bench"
STEPS = 6
RESET_CLOCKS = 16


async def started(core: SimHandleBase, **waits: float) -> Bus:
    """A core after its reset."""
    Clock(core.clk, 10, unit="ns").start()
    bus = Bus(core, seed=1, **waits)
    await reset(core)
    return bus


async def reset(core: SimHandleBase) -> None:
    core.rst.value = 1
    for _ in range(RESET_CLOCKS):
        await FallingEdge(core.clk)
    core.rst.value = 0


async def record(bus: Bus, region: dm.Region) -> np.ndarray:
    return np.frombuffer(await bus.read(region.base, region.size(CONFIG)), region.dtype(CONFIG))


async def settled(bus: Bus) -> np.void:
    """The status, once the core stands still."""
    while True:
        status = (await record(bus, dm.STATUS))[0]
        if not status["state"] & dm.State.RUNNING or status["state"] & dm.State.STALLED:
            return status


async def loaded(bus: Bus) -> Model:
    """A lively network on the core, and the model of it."""
    rng = np.random.default_rng(3)
    params = np.zeros(CONFIG.neurons, dm.NEURON_PARAMS.dtype(CONFIG))
    params["threshold"] = rng.integers(20, 120, CONFIG.neurons)
    params["bias"] = 15
    params["beta"], params["alpha"] = 30000, 20000
    params["delay"] = rng.integers(1, CONFIG.max_delay, CONFIG.neurons, endpoint=True)
    params["flags"] = dm.NeuronFlag.PLASTIC_IN | dm.NeuronFlag.PLASTIC_OUT
    weights = rng.integers(-20, 60, (CONFIG.axons, CONFIG.neurons)).astype(np.int8)
    plastic = np.ones((CONFIG.axons, CONFIG.neurons), bool)
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    for name, value in (
        ("gain", 64), ("plus_shift", 4), ("minus_shift", 4), ("x_increment", 3000), ("y_increment", 2000),
        ("x_decay", 30000), ("y_decay", 29000), ("w_min", CONFIG.weight_min), ("w_max", CONFIG.weight_max),
    ):  # fmt: skip
        rule[name] = value
    await bus.write(dm.NEURON_PARAMS.base, params.tobytes())
    await bus.write(dm.WEIGHTS.base, weights.tobytes())
    packed = np.packbits(plastic, axis=1, bitorder="little").tobytes()
    await bus.write(dm.PLASTIC.base, packed + bytes(-len(packed) % 4))
    await bus.write(dm.LEARNING.base, rule.tobytes())
    model = Model(CONFIG)
    model.write_neurons(params)
    model.write_inputs(np.zeros(CONFIG.inputs, dm.INPUT_PARAMS.record.dtype))
    model.write_weights(weights)
    model.write_plastic(plastic)
    model.write_rule(rule[0])
    return model


async def run(bus: Bus, until: int, ack: int = 0) -> np.void:
    """Let it run; the status once it stands still."""
    words = [0, until, 0, ack]
    await bus.write(dm.CONTROL.address("event_head"), np.array(words, "<u4").tobytes())
    return await settled(bus)


async def spikes_of(bus: Bus, steps: int) -> list[tuple[int, int]]:
    """Run so many steps, however often the ring fills; who fired when."""
    taken, words = 0, []
    while True:
        status = await run(bus, steps, taken)
        made = int(status["spike_head"])
        ring = np.frombuffer(await bus.read(dm.SPIKE_RING.base, CONFIG.spike_ring), "<u2")
        words += [int(ring[at // 2 % ring.size]) for at in range(taken, made, dm.RING_WORD)]
        taken = made
        if status["step"] == steps:
            break
    spikes, step = [], -1
    for word in words:
        if word & dm.RING_MARKER:
            step = word & dm.RING_STEP_MASK
        else:
            spikes.append((step, word))
    return spikes


async def assert_runs_as_the_model(bus: Bus) -> None:
    model = await loaded(bus)
    expected = [(t, j) for t in range(STEPS) for j in model.step()]
    assert expected, "the network is alive"
    assert await spikes_of(bus, STEPS) == expected
    state = await record(bus, dm.NEURON_STATE)
    assert state["v"].tolist() == model.state("v")
    assert state["i"].tolist() == model.state("i")
    assert state["y"].tolist() == model.state("y")
    weights = await bus.read(dm.WEIGHTS.base, CONFIG.synapses)
    assert np.frombuffer(weights, "i1").reshape(CONFIG.axons, -1).tolist() == model.synapses.weights


@cocotb.test()
async def identity_can_be_read_whatever_waits(core: SimHandleBase) -> None:
    bus = await started(core)
    expected = dm.encode_identity(CONFIG, BUILD).tobytes()
    for bus.idle, bus.pressure in ((0, 0), (0.7, 0), (0, 0.7), (0.5, 0.5), (0.1, 0.9)):
        assert await bus.read(dm.IDENTITY.base, len(expected)) == expected


@cocotb.test()
async def nothing_is_offered_that_was_not_asked_for(core: SimHandleBase) -> None:
    bus = await started(core)
    for _ in range(200):
        core.reply_ready.value = bus.random.random() < 0.5
        await bus.clock()


@cocotb.test()
async def a_few_steps_are_as_the_model_says(core: SimHandleBase) -> None:
    await assert_runs_as_the_model(await started(core))


@cocotb.test()
async def waits_on_the_bus_change_no_result(core: SimHandleBase) -> None:
    await assert_runs_as_the_model(await started(core, idle=0.4, pressure=0.4))


@cocotb.test()
async def a_reset_in_mid_run_is_a_power_on(core: SimHandleBase) -> None:
    """The parameters stay in their memories; time, state and registers start again."""
    bus = await started(core)
    await loaded(bus)
    await bus.write(dm.CONTROL.address("run_until"), (1000).to_bytes(8, "little"))
    for _ in range(173):
        await bus.clock()
    core.request_valid.value = core.reply_ready.value = 0
    await reset(core)
    status = await settled(bus)
    assert [int(status[name]) for name in status.dtype.names] == [0] * len(status.dtype.names)
    for region in (dm.COUNTERS, dm.CONTROL, dm.LEARNING, dm.NEURON_STATE):
        assert not any((await record(bus, region)).tobytes()), region.name
    await assert_runs_as_the_model(bus)
