"""Spikes under way arrive after the delay that their neuron had when it fired."""

import random

import pytest
from amaranth import ClockDomain, Module
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.delays import Delays

STEPS = 60


@pytest.mark.parametrize(
    ("neurons", "lanes", "max_delay"), [(5, 1, 16), (8, 1, 1), (8, 2, 4), (4, 4, 2), (8, 4, 128), (1, 1, 8)]
)
def test_spikes_arrive_when_due(neurons: int, lanes: int, max_delay: int) -> None:
    dut = Delays(
        Sizes(Config(neurons=neurons, inputs=0, lanes=lanes, neuron_lanes=lanes, max_delay=max_delay))
    )
    rng = random.Random(neurons * max_delay)
    cleared = STEPS * 2 // 3
    arrivals: dict[int, set[int]] = {}
    groups = neurons // lanes

    async def bench(ctx):
        for step in range(STEPS):
            given = set()
            fired = [rng.random() < 0.3 for _ in range(neurons)]
            delays = [rng.choice([1, max_delay, rng.randint(1, max_delay)]) for _ in range(neurons)]
            if step == cleared:
                arrivals.clear()
            else:
                for j in range(neurons):
                    if fired[j]:
                        arrivals.setdefault(step + delays[j], set()).add(j)
            for clock in range(groups + 2):
                ctx.set(dut.read_group, min(clock, groups - 1))
                group = clock - 2
                ctx.set(dut.write, group >= 0)
                ctx.set(dut.clear, step == cleared)
                if group >= 0:
                    mine = range(group * lanes, (group + 1) * lanes)
                    ctx.set(dut.group, group)
                    ctx.set(dut.fired, sum(fired[j] << k for k, j in enumerate(mine)))
                    for k, j in enumerate(mine):
                        if max_delay > 1:
                            ctx.set(dut.delay[k], delays[j] % max_delay)
                    bits = ctx.get(dut.arrives)
                    given |= {j for k, j in enumerate(mine) if bits >> k & 1}
                await ctx.tick()
            ctx.set(dut.write, 0)
            if step != cleared:
                assert given == arrivals.pop(step + 1, set()), step

    m = Module()
    m.domains.sync = ClockDomain()  # with no delays there is no register to ask for it
    m.submodules.dut = dut
    sim = Simulator(m)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
