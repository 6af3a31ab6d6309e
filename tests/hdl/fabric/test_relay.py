"""The relay passes everything on, once and in order, a payload a clock."""

import pytest

from allspike_hdl.fabric.relay import Relay

from ..bench import seeded, simulate


@pytest.mark.parametrize("offers", [0.3, 1.0])
@pytest.mark.parametrize("takes", [0.3, 1.0])
def test_everything_passes_in_order(offers: float, takes: float) -> None:
    rng = seeded(offers, takes)
    dut = Relay(8)
    count = 200
    clocks = 0

    async def source(ctx):
        for k in range(count):
            while rng.random() >= offers:
                await ctx.tick()
            ctx.set(dut.source.payload, k)
            ctx.set(dut.source.valid, 1)
            ready = False
            while not ready:
                _, _, ready = await ctx.tick().sample(dut.source.ready)
            ctx.set(dut.source.valid, 0)

    async def target(ctx):
        nonlocal clocks
        found, waiting = [], None
        while len(found) < count:
            ctx.set(dut.target.ready, rng.random() < takes)
            _, _, valid, ready, payload, empty = await ctx.tick().sample(
                dut.target.valid, dut.target.ready, dut.target.payload, dut.empty
            )
            assert waiting in (None, payload)  # what was offered stays
            assert empty == (not valid)
            waiting = payload if valid and not ready else None
            if valid and ready:
                found.append(payload)
            clocks += 1
        assert found == list(range(count))

    simulate(dut, source, target)
    assert offers < 1 or takes < 1 or clocks == count + 1
