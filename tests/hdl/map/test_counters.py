"""Counters lose nothing, whenever they are read, and carry into their upper words."""

import numpy as np
import pytest

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_hdl.map import register_file as rf
from allspike_hdl.map.counters import LOCAL_BITS, NAMES

from ..bench import seeded, simulate, wait
from .register_host import CONFIGS, MODULO, Host

LOW = 1 << LOCAL_BITS


@pytest.mark.parametrize("lanes", [1, 2, 64])
def test_counters_lose_nothing(lanes: int) -> None:
    """Everything happens in every clock, then nothing, then things at random; the host keeps reading."""
    rng = seeded(lanes)
    host = Host(Config(neurons=lanes, inputs=0, lanes=lanes))
    dut = host.dut
    total = dict.fromkeys(NAMES, 0)
    share = {"always": 1.0}

    async def events(ctx):
        await wait(ctx, dut.restart)
        await ctx.tick().repeat(4)
        while True:
            for name in NAMES:
                amount = rng.random() < share["always"]
                if name == "updates":
                    amount = amount and (lanes if share["always"] == 1 else rng.randrange(lanes + 1))
                ctx.set(getattr(dut.counted, name), int(amount))
                total[name] += int(amount)
            await ctx.tick()

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        for part in (1.0, 0.0, 0.3, 0.0):
            share["always"] = part
            for _ in range(5):
                await host.read(ctx, dm.COUNTERS)
            await ctx.tick().repeat(2000)
        read = np.frombuffer(await host.read(ctx, dm.COUNTERS), dm.COUNTERS.record.dtype)[0]
        assert {name: int(read[name]) for name in NAMES} == total

    simulate(dut, bench, background=(host._core, events))


def test_counters_carry_into_their_upper_words() -> None:
    host = Host(CONFIGS[0])
    dut = host.dut

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        # A count of 2**32 takes too long: start from below it, in the memory itself.
        ctx.set(dut._memory.data[rf.COUNTERS_AT + 2 * NAMES.index("rows")], MODULO - LOW)
        ctx.set(dut.counted.rows, 1)
        await ctx.tick().repeat(LOW + 4)
        ctx.set(dut.counted.rows, 0)
        read = np.frombuffer(await host.read(ctx, dm.COUNTERS), dm.COUNTERS.record.dtype)[0]
        assert int(read["rows"]) == MODULO + 4
        assert sum(int(read[name]) for name in NAMES) == MODULO + 4

    host.run(bench)
