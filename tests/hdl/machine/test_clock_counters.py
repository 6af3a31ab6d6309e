"""The counters of clocks are those that somebody counts who looks on, also where time stands still."""

from typing import Any

import pytest

from allspike.map import device_map as dm
from allspike.map.config import Config, Memory

from ..bench import receive, send, simulate
from .clock_watch import Watch

CONFIGS = {
    "wide": Config(neurons=8, inputs=3, lanes=1, max_delay=2, event_ring=16, spike_ring=16),
    "compact": Config(
        neurons=8, inputs=3, lanes=4, weight_bits=7, max_delay=2, memory=Memory.SINGLE_PORT, event_ring=16,
        spike_ring=16,
    ),
}  # fmt: skip
COUNTED = ("clocks", "clocks_sweep", "clocks_rows", "clocks_columns", "clocks_stalled")
STEPS, PACED = 5, 6
WAIT = 500
"""Clocks that the host lets a full ring wait."""
PACE = 650


class Host:
    """Words over the bus of a core."""

    def __init__(self, ctx: Any, bus: Any) -> None:
        self._ctx, self._bus = ctx, bus

    async def _word(self, address: int, data: int, mask: int, more: bool) -> int:
        request = {
            "address": address // 4, "write": mask > 0, "mask": mask, "data": data, "more": more,
        }  # fmt: skip
        await send(self._ctx, self._bus.request, request)
        return await receive(self._ctx, self._bus.reply)

    async def write(self, address: int, *words: int, mask: int = 15) -> None:
        """A command of whole words."""
        for k, word in enumerate(words):
            await self._word(address + 4 * k, word, mask, k < len(words) - 1)

    async def read(self, address: int) -> int:
        """A word."""
        return await self._word(address, 0, 0, False)

    async def counter(self, name: str) -> int:
        """A counter, which stays below 2**32 here."""
        return await self.read(dm.COUNTERS.address(name))

    async def run_until(self, step: int) -> None:
        """Let the core run, and wait until it stands; a full ring is emptied late, half of it at a time."""
        await self.write(dm.CONTROL.address("run_until"), step, 0)
        while (state := await self.read(dm.STATUS.address("state"))) & dm.State.RUNNING:
            if state & dm.State.STALLED:
                await self._ctx.tick().repeat(WAIT)
                head = await self.read(dm.STATUS.address("spike_head"))
                await self.write(dm.CONTROL.address("spike_ack"), head - 8)
            await self._ctx.tick().repeat(20)
        await self.write(dm.CONTROL.address("spike_ack"), await self.read(dm.STATUS.address("spike_head")))


async def prepare(host: Host, config: Config) -> None:
    """At power-on all neurons fire in every step: some rest between, one is silent, half of them learn."""
    learning = int(dm.NeuronFlag.PLASTIC_IN | dm.NeuronFlag.PLASTIC_OUT)
    for neuron in range(config.neurons):
        base = dm.NEURON_PARAMS.base + 32 * neuron
        flags = learning * (neuron % 2) | int(dm.NeuronFlag.SILENT) * (neuron == 4)
        await host.write(base + 24, (neuron % 4) << 24, flags << 8 | 1)
    await host.write(dm.LEARNING.base, 64)
    for axon in range(config.axons):
        await host.write(dm.PLASTIC.base + axon // 4 * 4, 0x5A5A5A5A)
    words = (dm.RING_MARKER | 1) | 0 << 16, (dm.RING_MARKER | 3) | 2 << 16
    await host.write(dm.EVENT_RING.base, *words)
    await host.write(dm.CONTROL.address("event_head"), 8)


@pytest.mark.parametrize("build", CONFIGS)
def test_clocks_are_counted_as_by_a_watcher(build: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CONFIGS[build]
    watch = Watch(config, monkeypatch)
    seen: dict[str, list[int]] = {}

    async def bench(ctx: Any) -> None:
        host = Host(ctx, watch.core.bus)
        await prepare(host, config)
        for pace, steps in ((0, STEPS), (PACE, STEPS + PACED)):
            first = len(watch.begins)
            await host.write(dm.CONTROL.address("pace"), pace)
            late = await host.counter("late_steps")
            await host.run_until(steps)
            for name in COUNTED:
                counted = await host.counter(name)
                assert counted == watch.counts[name], (name, pace)
                seen.setdefault(name, []).append(counted)
            begins = watch.begins[first:]
            slots = [begins[0] + k * pace + 1 for k in range(len(begins))]
            overdue = [begin > slot for begin, slot in zip(begins[1:], slots[1:], strict=True)]
            assert await host.counter("late_steps") - late == (sum(overdue) if pace else 0)
            assert not pace or 0 < sum(overdue) < len(overdue), "some are late, some are not"

    simulate(watch.core, bench, background=(watch.run,))
    assert all(0 < first < second for first, second in seen.values()), seen
