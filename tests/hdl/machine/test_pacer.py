"""The pacer gives out a slot every so many clocks, and tells which steps begin late."""

import pytest

from allspike_hdl.machine.pacer import Pacer

from ..bench import seeded, simulate


@pytest.mark.parametrize("pace", [0, 1, 7, 100])
def test_slots_come_at_the_pace(pace: int) -> None:
    """Steps of random length: each begins in its slot or, late, as soon as it can."""
    rng = seeded(pace)
    dut = Pacer()

    async def bench(ctx):
        ctx.set(dut.pace, pace - 2)
        ctx.set(dut.standing, 1)
        await ctx.tick().repeat(20)
        ctx.set(dut.standing, 0)
        now = first = 0
        late = expected_late = 0
        for step in range(200):
            ready = now
            ctx.set(dut.waiting, 1)
            while not ctx.get(dut.due):
                await ctx.tick()
                now += 1
            ctx.set(dut.begin, 1)
            late += ctx.get(dut.late)
            if step == 0:
                first = now
            slot = first + step * pace
            assert now == (max(ready, slot + 1) if pace and step else ready), step
            expected_late += bool(pace and step and ready > slot)
            await ctx.tick()
            now += 1
            ctx.set(dut.begin, 0)
            ctx.set(dut.waiting, 0)
            busy = rng.choice((0, 3, pace // 2, pace, 2 * pace if step % 50 == 0 else 1))
            await ctx.tick().repeat(busy) if busy else None
            now += busy
        assert late == expected_late

    simulate(dut, bench)


@pytest.mark.parametrize(("missed", "caught_up"), [(3, 3), (254, 254), (255, 255), (256, 255), (600, 255)])
def test_a_core_that_falls_behind_catches_up_for_255_slots(missed: int, caught_up: int) -> None:
    """So many slots passed while it was busy; as many steps may begin at once, the next waits for a slot."""
    pace = 4
    dut = Pacer()

    async def begin(ctx) -> None:
        ctx.set(dut.begin, 1)
        await ctx.tick()
        ctx.set(dut.begin, 0)

    async def bench(ctx) -> None:
        ctx.set(dut.pace, pace - 2)
        assert ctx.get(dut.due)
        await begin(ctx)
        await ctx.tick().repeat(pace * missed + 1)
        ctx.set(dut.waiting, 1)
        at_once = 0
        while ctx.get(dut.due):
            await begin(ctx)
            at_once += 1
            assert at_once <= 2 * caught_up, "it does not end"
        # In that time come slots of its own, every fourth clock one.
        assert at_once == caught_up + (at_once + 1) // pace

    simulate(dut, bench)
