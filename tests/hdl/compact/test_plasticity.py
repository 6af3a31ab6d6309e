"""Walks that learn change the store as the model does, and traces follow; nothing else of it changes."""

import random

import pytest
from amaranth.hdl import Elaboratable, Module
from amaranth.lib import wiring

from allspike.map.config import Config
from allspike.map.device_map import LEARNING, SEED_LEARNING
from allspike_hdl.compact.interfaces import Walking
from allspike_hdl.compact.layout import StoreLayout
from allspike_hdl.compact.plasticity import Plasticity
from allspike_hdl.compact.shared_store import SharedStore
from allspike_hdl.compact.walk import Walk
from allspike_hdl.map.sizes import Sizes
from tests.reference.learning import Synapses

from ..bench import pulse, seeded, simulate
from ..wide.walker_model import random_rule
from .plain_store import build, place

PLASTIC_BIT = 7
"""Of a synapse's byte; below it lies the weight."""
STEPS = 10


class Learning(Elaboratable):
    """Plasticity with what it learns by: the walk, and the store."""

    def __init__(self, config: Config) -> None:
        sizes = Sizes(config)
        self.plasticity, self.walk = Plasticity(sizes), Walk(sizes)
        self.store = SharedStore(StoreLayout(config))

    def elaborate(self, platform):
        m = Module()
        m.submodules.plasticity, m.submodules.walk = self.plasticity, self.walk
        m.submodules.store = self.store
        wiring.connect(m, self.walk.elements, self.plasticity.elements)
        m.d.comb += [
            self.store.walk.eq(self.walk.asks),
            self.store.learned.eq(self.plasticity.asks),
            self.plasticity.value.eq(self.store.value),
        ]
        return m


class Bench:
    """The model beside the parts, and the orders that both get."""

    def __init__(self, config: Config) -> None:
        self.config, self.rng = config, seeded(config)
        self.dut = Learning(config)
        self.parts = (self.dut.plasticity, self.dut.walk)
        self.model = Synapses(config)
        self.model.restart(SEED_LEARNING)
        self.bytes: dict[tuple[int, int], int] = {}
        self.updates = 0

    def set(self, ctx, name: str, value) -> None:
        """Of what both the walk and plasticity hear."""
        group, member = name.split(".")
        for part in self.parts:
            ctx.set(getattr(getattr(part, group), member), value)

    async def tick(self, ctx) -> None:
        self.updates += ctx.get(self.dut.plasticity.asks.valid)
        await ctx.tick()

    async def fill(self, ctx) -> None:
        """Weights at the bounds and between, many of them plastic."""
        config, rng, model = self.config, self.rng, self.model
        low, high = config.weight_min, config.weight_max
        words: dict[tuple[int, int], int] = {}
        for i in range(config.axons):
            for j in range(config.neurons):
                w = rng.choice((low, high, rng.randint(low, high)))
                model.weights[i][j], model.plastic[i][j] = w, int(rng.random() < 0.7)
                byte = self.byte(i, j) | rng.getrandbits(7 - config.weight_bits) << config.weight_bits
                self.bytes[i, j] = byte
                at = place(config, i, j)
                words[at] = words.get(at, 0) | byte << 8 * (j % 4)
        for (entry, side), word in words.items():
            ctx.set(
                self.dut.store.host,
                {"valid": 1, "entries": [entry] * 2, "write": 1 << side, "mask": 15, "data": word},
            )
            await ctx.tick()
        ctx.set(self.dut.store.host, {"valid": 0})

    def byte(self, i: int, j: int) -> int:
        """That of a synapse, but for what no weight needs."""
        model = self.model
        return model.plastic[i][j] << PLASTIC_BIT | model.weights[i][j] % (1 << self.config.weight_bits)

    async def check(self, ctx) -> None:
        """Every synapse with all bits of its byte, every trace, and what was counted."""
        config, store, port = self.config, self.dut.store, self.dut.plasticity.traces
        spare = ~((1 << config.weight_bits) - 1) & 0x7F
        for i in range(config.axons):
            for first in range(0, config.neurons, 4):
                entry, side = place(config, i, first)
                ctx.set(store.host, {"valid": 1, "entries": [entry] * 2, "side": side})
                await ctx.tick()
                word = ctx.get(store.value)
                for j in range(first, first + 4):
                    byte = word >> 8 * (j - first) & 0xFF
                    assert byte == self.byte(i, j) | self.bytes[i, j] & spare, (i, j, self.model.rule)
        ctx.set(store.host, {"valid": 0})
        ctx.set(port.valid, 1)
        for post, traces in enumerate((self.model.x, self.model.y)):
            for k, expected in enumerate(traces.values):
                ctx.set(port.post, post)
                ctx.set(port.index, k)
                await ctx.tick()
                assert ctx.get(port.value) == expected, (post, k, self.model.rule)
        ctx.set(port.valid, 0)
        assert self.updates == self.model.updates

    async def write_traces(self, ctx) -> None:
        """As the host does, some of them."""
        port, rng, top = self.dut.plasticity.traces, self.rng, self.config.trace_max
        ctx.set(port.valid, 1)
        for post, traces in enumerate((self.model.x, self.model.y)):
            for k in range(len(traces.values)):
                if rng.random() < 0.5:
                    traces.values[k] = rng.choice((0, 1, top, rng.randint(0, top)))
                    ctx.set(port.post, post)
                    ctx.set(port.index, k)
                    ctx.set(port.data, traces.values[k])
                    await pulse(ctx, port.write)
        ctx.set(port.valid, 0)

    async def walk(self, ctx, kind: Walking, learns: bool = True) -> None:
        """From its start to its last element; of what it was before nothing more is under way."""
        self.set(ctx, "order.start", 1)
        self.set(ctx, "order.row", kind is Walking.ROW)
        self.set(ctx, "order.column", kind is Walking.COLUMN)
        ctx.set(self.dut.plasticity.learns, learns)
        await self.tick(ctx)
        for name in ("start", "row", "column"):
            self.set(ctx, f"order.{name}", 0)
        ctx.set(self.dut.plasticity.learns, self.rng.randrange(2))
        self.set(ctx, "order.kind", kind)
        self.set(ctx, "order.learning", learns and kind is not Walking.FADE)
        while not ctx.get(self.dut.walk.elements.last):
            await self.tick(ctx)
        await self.tick(ctx)

    async def touch(self, ctx) -> None:
        """The trace of the one at hand is read, takes its increment, and the last synapse is written."""
        await self.tick(ctx)
        self.set(ctx, "order.touch", 1)
        await self.tick(ctx)
        self.set(ctx, "order.touch", 0)
        for _ in range(self.rng.randint(1, 4)):
            await self.tick(ctx)

    def at(self, ctx, post: int, index: int) -> None:
        self.set(ctx, "at.post", post)
        self.set(ctx, "at.index", index)
        self.set(ctx, "at.axon", index + post * self.config.inputs)

    async def arrive(self, ctx, axon: int, learns: bool) -> None:
        post = axon >= self.config.inputs
        self.at(ctx, post, axon - post * self.config.inputs)
        await self.walk(ctx, Walking.ROW, learns)
        await self.touch(ctx)
        if learns:
            self.model.depress(axon)
        self.model.x.spike(axon)

    async def fire(self, ctx, j: int, learns: bool) -> None:
        self.at(ctx, 1, j)
        self.set(ctx, "order.kind", Walking.COLUMN)
        self.set(ctx, "order.learning", 1)
        if learns:
            await self.walk(ctx, Walking.COLUMN)
            self.model.potentiate(j)
        else:
            await self.tick(ctx)
        await self.touch(ctx)
        self.model.y.spike(j)

    async def fade(self, ctx) -> None:
        for post in (0, 1):
            self.at(ctx, post, 0)
            await self.walk(ctx, Walking.FADE, learns=False)
            while ctx.get(self.dut.walk.elements.valid):
                await self.tick(ctx)
        self.model.fade()

    async def restart(self, ctx) -> None:
        """The dither begins again, and traces are cleared: in stage 0 x of inputs, then a neuron's two."""
        seed = self.rng.choice((SEED_LEARNING, self.rng.getrandbits(32)))
        ctx.set(self.dut.plasticity.seed, seed)
        await pulse(ctx, self.dut.plasticity.restart)
        self.set(ctx, "at.clear", 1)
        for post, stage, count in (
            (0, 0, self.config.inputs), *((1, k, self.config.neurons) for k in range(3)),
        ):  # fmt: skip
            self.set(ctx, "at.stage", stage)
            for index in range(count):
                self.at(ctx, post, index)
                await ctx.tick()
        self.set(ctx, "at.clear", 0)
        self.set(ctx, "at.stage", 0)
        updates = self.model.updates
        self.model.restart(seed)
        self.model.updates = updates


def random_step(bench: Bench) -> tuple[list[tuple[int, bool]], list[tuple[int, bool]]]:
    """Axons that arrive and neurons that fire, ascending, and whether each learns."""
    rng: random.Random = bench.rng

    def some(count: int) -> list[tuple[int, bool]]:
        return [(k, rng.random() < 0.7) for k in range(count) if rng.random() < 0.3]

    return some(bench.config.axons), some(bench.config.neurons)


@pytest.mark.parametrize(
    "config", [build(8, 3, trace_bits=11, weight_bits=4), build(16, 1), build(8, 0, trace_bits=8)],
    ids=["8+3", "16+1", "8+0"],
)  # fmt: skip
def test_what_is_learned_is_the_model(config: Config) -> None:
    bench = Bench(config)
    rng, rule_names = bench.rng, {field.name for field in LEARNING.record.fields}

    async def steps(ctx) -> None:
        await bench.fill(ctx)
        for step in range(STEPS):
            if step in (0, STEPS // 2):
                await bench.restart(ctx)
            rule = random_rule(rng, config)
            rule["gain"] = rule["gain"] or 64  # no walk learns with a gain of 0
            assert set(rule) == rule_names
            bench.model.take(rule)
            ctx.set(bench.dut.plasticity.learning, rule)
            await bench.write_traces(ctx)
            arriving, firing = random_step(bench)
            for axon, learns in arriving:
                await bench.arrive(ctx, axon, learns)
            for j, learns in firing:
                await bench.fire(ctx, j, learns)
            await bench.fade(ctx)
            await bench.check(ctx)

    simulate(bench.dut, steps)
    weight = (1 << config.weight_bits) - 1
    changed = [at for at, byte in bench.bytes.items() if (byte ^ bench.byte(*at)) & weight]
    assert bench.updates > 100 and len(changed) > len(bench.bytes) // 8
