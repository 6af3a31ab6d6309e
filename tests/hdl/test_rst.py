"""The reset of the clock domain: all is as after power-on, whichever datapath computes."""

from typing import Any

import pytest
from amaranth.hdl import ClockDomain, Module, ResetSignal, Signal

from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config, Memory
from allspike_hdl.cores import core_of

from .bench import receive, seeded, send, simulate

CONFIGS = {
    "wide": Config(neurons=4, inputs=3, lanes=2, event_ring=16, spike_ring=16),
    "wide, static, no inputs": Config(
        neurons=3, inputs=0, lanes=1, plasticity=False, poisson=False, event_ring=16, spike_ring=16
    ),
    "compact": Config(
        neurons=8, inputs=3, weight_bits=6, lanes=4, event_ring=16, spike_ring=16, memory=Memory.SINGLE_PORT
    ),
}
WORD = 4
IN_MID_STEP = 60
"""Clocks in which a step begins and does not end."""
RINGS = (dm.EVENT_RING, dm.SPIKE_RING)
"""Between their offsets there is nothing after a reset, and what lies elsewhere means nothing."""


class Resettable:
    """A core in a clock domain with a reset, and a host on its bus."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.module = Module()
        self.module.domains.sync = ClockDomain()
        self.module.submodules.core = core = core_of(config, "reset")
        self.bus = core.bus
        self.rst = Signal()
        self.module.d.comb += ResetSignal().eq(self.rst)

    async def ask(self, ctx: Any, address: int, data: int | None = None) -> int:
        request = {
            "address": address // WORD,
            "write": data is not None,
            "mask": 15,
            "data": data or 0,
            "more": 0,
        }
        await send(ctx, self.bus.request, request)
        return await receive(ctx, self.bus.reply)

    async def read(self, ctx: Any, region: dm.Region) -> bytes:
        size = region.size(self.config)
        words = [await self.ask(ctx, at) for at in range(region.base, region.base + size, WORD)]
        return b"".join(word.to_bytes(WORD, "little") for word in words)[:size]

    async def pulse(self, ctx: Any) -> None:
        ctx.set(self.rst, 1)
        await ctx.tick()
        ctx.set(self.rst, 0)


def used(region: dm.Region) -> bool:
    return region not in (dm.IDENTITY, dm.STATUS, dm.COUNTERS, dm.CONTROL, *RINGS)


@pytest.mark.parametrize("name", CONFIGS)
def test_after_a_reset_all_is_as_after_power_on(name: str) -> None:
    config = CONFIGS[name]
    core, emulator, rng = Resettable(config), EmulatorBus(config), seeded(name)

    async def all_is_new(ctx: Any) -> None:
        for region in dm.REGIONS:
            if region is dm.IDENTITY or region in RINGS:
                continue
            assert await core.read(ctx, region) == emulator.read(region.base, region.size(config)), (
                region.name
            )

    async def bench(ctx: Any) -> None:
        for region in filter(used, dm.REGIONS):
            for at in range(region.base, region.base + region.size(config), WORD):
                await core.ask(ctx, at, rng.getrandbits(32))
        for field, value in (("seed", 0xC0FFEE), ("weight_shift", 3)):
            await core.ask(ctx, dm.CONTROL.address(field), value)
        assert any(await core.read(ctx, dm.WEIGHTS))
        await core.ask(ctx, dm.CONTROL.address("run_until"), 1)
        await ctx.tick().repeat(IN_MID_STEP)
        await core.pulse(ctx)
        await all_is_new(ctx)

    simulate(core.module, bench)
