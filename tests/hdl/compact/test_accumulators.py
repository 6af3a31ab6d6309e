"""Rows add up, whatever lies beside the weights; a neuron sees its sum in time, and the next step is at 0."""

import pytest

from allspike.map.config import Config
from allspike_hdl.compact.accumulators import Accumulators
from allspike_hdl.compact.interfaces import Walking
from allspike_hdl.map.sizes import Sizes

from ..bench import seeded, simulate
from .plain_store import WORD, build

STEPS = 12
SETTLED = 2
"""Clocks after which the sum of the neuron at hand is there."""
BETWEEN = 3
"""The fewest clocks from the last element of a walk to the first of the next."""


@pytest.mark.parametrize(
    "config", [build(8, 3), build(16, 5), build(8, 2, plasticity=False), build(16, 1, plasticity=False)],
    ids=lambda config: f"{config.neurons}+{config.inputs}{'' if config.plasticity else ' static'}",
)  # fmt: skip
def test_a_neuron_gets_the_sum_of_its_rows(config: Config) -> None:
    rng = seeded(config)
    dut = Accumulators(Sizes(config))
    elements, at = dut.elements, dut.at
    top = 1 << len(elements.index[0])
    acc = [0] * config.neurons

    def weights(same: int | None) -> list[int]:
        """Any, or all the same, which fills the sums if all axons arrive."""
        low, high = config.weight_min, config.weight_max
        drawn = [rng.choice((low, high, rng.randint(low, high))) for _ in range(config.neurons)]
        return drawn if same is None else [same] * config.neurons

    def word(row: list[int], first: int) -> int:
        """Four weights, and anything in the other bits of their bytes."""
        bits = config.weight_bits
        noise = rng.getrandbits(WORD)
        for k in range(4):
            noise &= ~(((1 << bits) - 1) << 8 * k)
            noise |= row[(first + k) % len(row)] % (1 << bits) << 8 * k
        return noise

    async def clock(ctx, first: int | None, second: int | None, row: list[int]) -> None:
        """Elements in clocks 0 and 1 of their way; what nobody asked for is anything."""
        there = (first, second)
        for k, element in enumerate(there):
            ctx.set(elements.index[k], rng.randrange(top) if element is None else element)
        ctx.set(elements.valid, sum((element is not None) << k for k, element in enumerate(there)))
        block = None if second is None else second // config.lanes * config.lanes
        values = [
            rng.getrandbits(WORD) if block is None else word(row, block + 4 * side) for side in range(2)
        ]
        whole = second is not None and second % config.lanes == 0
        ctx.set(dut.value, values[0] if whole or second is None else rng.getrandbits(WORD))
        for side, value in enumerate(values):
            ctx.set(dut.values[side], value if whole else rng.getrandbits(WORD))
        ctx.set(at.index, rng.randrange(config.neurons))
        await ctx.tick()

    async def walk(ctx, kind: Walking, by: int, row: list[int]) -> None:
        ctx.set(elements.kind, kind)
        passing = [*range(0, config.neurons, by), None, *[None] * rng.randint(BETWEEN - 1, 5)]
        for first, second in zip(passing, [None, *passing], strict=False):
            await clock(ctx, first, second, row)
        if kind is Walking.ROW:
            acc[:] = [old + new for old, new in zip(acc, row, strict=True)]

    async def clear(ctx) -> None:
        """As a restart does, of inputs and of neurons."""
        ctx.set(at.clear, 1)
        for post, count in ((0, config.inputs), (1, config.neurons)):
            ctx.set(at.post, post)
            for index in range(count):
                ctx.set(at.index, index)
                await ctx.tick()
        ctx.set(at.clear, 0)
        acc[:] = [0] * config.neurons

    async def compute(ctx) -> None:
        ctx.set(at.computing, 1)
        ctx.set(at.post, 1)
        for j in range(config.neurons):
            ctx.set(at.index, j)
            clocks = rng.randint(SETTLED + 1, 6)
            for spent in range(clocks):
                ctx.set(dut.used, spent == clocks - 1)
                if spent >= SETTLED:
                    assert ctx.get(dut.acc) == acc[j], j
                await ctx.tick()
        ctx.set(dut.used, 0)
        ctx.set(at.computing, 0)
        acc[:] = [0] * config.neurons

    async def bench(ctx) -> None:
        ctx.set(at.post, 1)
        for step in range(STEPS):
            if step in (0, STEPS // 2):
                await clear(ctx)
            same = {3: config.weight_min, 7: config.weight_max}.get(step)
            for _ in range(rng.randrange(4) if same is None else config.axons):
                learns = config.plasticity and rng.random() < 0.5
                await walk(ctx, Walking.ROW, 1 if learns else config.lanes, weights(same))
                if rng.random() < 0.4:
                    await walk(ctx, rng.choice((Walking.COLUMN, Walking.FADE)), 1, weights(None))
            await compute(ctx)

    simulate(dut, bench)
