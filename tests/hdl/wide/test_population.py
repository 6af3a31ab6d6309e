"""Sweeps, lists and host accesses of the population, against phase 3 of the model."""

import pytest

from allspike.map.config import Config
from tests.examples import examples
from tests.reference.neuron import STATE

from ..neuron_records import random_state
from .population_harness import OVERHEAD, Harness, lively

SWEEPS = examples(6)


@pytest.mark.parametrize(
    ("neurons", "lanes", "neuron_lanes", "max_delay", "state_bits"),
    [
        (1, 1, 1, 16, 24), (3, 1, 1, 1, 24), (10, 2, 1, 4, 12), (10, 2, 2, 16, 16), (12, 4, 1, 128, 24),
        (12, 4, 2, 2, 24), (4, 4, 4, 16, 12), (16, 8, 1, 16, 24), (16, 8, 4, 16, 24), (16, 16, 2, 8, 24),
        (8, 8, 8, 16, 24),
    ],
)  # fmt: skip
def test_sweeps_are_the_model(neurons, lanes, neuron_lanes, max_delay, state_bits) -> None:
    config = Config(
        neurons=neurons,
        inputs=5,
        lanes=lanes,
        neuron_lanes=neuron_lanes,
        max_delay=max_delay,
        state_bits=state_bits,
    )
    harness = Harness(config, neurons * 100 + lanes * 10 + neuron_lanes)
    rng = harness.rng
    count = {"fired": 0, "arrived": 0}

    async def bench(ctx):
        t = 0
        for j in range(neurons):
            await harness.write_params(ctx, j, lively(harness, j))
            await harness.write_state(ctx, j, random_state(rng, config))
        for _ in range(SWEEPS):
            await harness.sweep(ctx, t, rng.choice([0, 0, 1, 4, 15]))
            t += 1
            count["arrived"] += len(harness.arrivals.get(t, ()))
            count["fired"] += sum(len(due) for due in harness.arrivals.values())
            if rng.random() < 0.5:
                j = rng.randrange(neurons)
                await harness.write_params(ctx, j, lively(harness, j))
                await harness.check_state(ctx, rng.randrange(neurons))
            if rng.random() < 0.2:
                await harness.write_state(ctx, rng.randrange(neurons), random_state(rng, config))
            await harness.take_arriving(ctx, t)
        for j in range(neurons):
            await harness.check_state(ctx, j)
        # Far ahead in time, every period of the adaptation takes its turn.
        harness.arrivals = {k - t + 2**33: due for k, due in harness.arrivals.items()}
        t = 2**33
        for _ in range(3):
            await harness.sweep(ctx, t, 0)
            t += 1
            await harness.take_arriving(ctx, t)
        for j in range(neurons):
            await harness.check_state(ctx, j)

    harness.run(bench)
    assert count["fired"] > 0 or neurons == 1
    assert count["arrived"] > 0 or neurons == 1


@pytest.mark.parametrize(("lanes", "neuron_lanes"), [(1, 1), (4, 2)])
@pytest.mark.parametrize("when", ["idle", "sweeping", "ending"])
def test_restart_clears_state_and_keeps_parameters(lanes: int, neuron_lanes: int, when: str) -> None:
    config = Config(neurons=12, inputs=0, lanes=lanes, neuron_lanes=neuron_lanes)
    harness = Harness(config, lanes)
    dut = harness.dut
    groups = config.neurons // neuron_lanes

    async def bench(ctx):
        for j in range(config.neurons):
            await harness.write_params(
                ctx, j, lively(harness, j) | {"threshold": 0, "bias": 50, "delay": 1 + j}
            )
        for t in range(3):
            await harness.sweep(ctx, t, 0)
            if when != "idle" or t < 2:
                await harness.take_arriving(ctx, t + 1)
        if when != "idle":
            harness.cleared.clear()
            ctx.set(dut.sweep.start, 1)
            await ctx.tick()
            ctx.set(dut.sweep.start, 0)
            await ctx.tick().repeat({"sweeping": 3, "ending": groups + OVERHEAD - 2}[when])
        ctx.set(dut.restart, 1)
        await ctx.tick()
        ctx.set(dut.restart, 0)
        clocks = 1
        while ctx.get(dut.busy):
            assert not ctx.get(dut.sweep.done)
            assert not ctx.get(dut.acc.enable)
            await ctx.tick()
            clocks += 1
        assert clocks == groups + OVERHEAD
        assert not ctx.get(dut.sweep.done)
        assert ctx.get(dut.sweep.fired_empty) and ctx.get(dut.sweep.arriving_empty)
        harness.arrivals.clear()
        for j, neuron in enumerate(harness.neurons):
            neuron.state = dict.fromkeys(STATE, 0)
            await harness.check_state(ctx, j)
        for t in range(14):
            await harness.sweep(ctx, t, 0)
            await harness.take_arriving(ctx, t + 1)

    harness.run(bench)


@pytest.mark.parametrize("neuron_lanes", [1, 4])
def test_lists_cost_their_entries(neuron_lanes: int) -> None:
    """With all neurons firing one entry a clock, with few of them no clock for those that are silent."""
    config = Config(neurons=20, inputs=0, lanes=4, neuron_lanes=neuron_lanes)
    harness = Harness(config, 1)
    dut = harness.dut

    async def clocks_of(ctx, stream, empty) -> int:
        clocks = 0
        ctx.set(stream.ready, 1)
        while not ctx.get(empty):
            await ctx.tick()
            clocks += 1
        ctx.set(stream.ready, 0)
        return clocks

    async def bench(ctx):
        for few in (False, True):
            for j in range(config.neurons):
                params = {"threshold": 1, "bias": int(not few or j in (5, 18)), "delay": 1}
                await harness.write_params(ctx, j, params)
            harness.cleared.clear()
            ctx.set(dut.sweep.start, 1)
            await ctx.tick()
            ctx.set(dut.sweep.start, 0)
            await ctx.tick().until(dut.sweep.done)
            entries = 2 if few else config.neurons
            assert await clocks_of(ctx, dut.sweep.fired, dut.sweep.fired_empty) <= entries + 3
            ctx.set(dut.sweep.arriving_enable, 1)
            assert await clocks_of(ctx, dut.sweep.arriving, dut.sweep.arriving_empty) <= entries + 3
            ctx.set(dut.sweep.arriving_enable, 0)

    harness.run(bench)
