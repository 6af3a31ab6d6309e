"""Traces, and the weights that they change, are the model's, an element a clock, at the extremes of rules."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from allspike.map.config import Config, Memory
from allspike.map.device_map import SEED_LEARNING, LearnFlag, TraceKind
from allspike_hdl.compact.learner import Learner
from allspike_hdl.map.sizes import Sizes
from tests.reference.arithmetic import Generator, signed
from tests.reference.learning import Traces, change

from ..bench import pulse, simulate

NEURONS, INPUTS = 16, 6
AXONS = INPUTS + NEURONS
WIDTHS = pytest.mark.parametrize(("weight_bits", "trace_bits"), [(7, 16), (4, 11), (2, 8)])


class Bench:
    """A learner, its rule and its traces; of what it is not told in a clock it sees anything."""

    def __init__(self, weight_bits: int, trace_bits: int) -> None:
        self.config = Config(
            neurons=NEURONS, inputs=INPUTS, lanes=4, weight_bits=weight_bits, trace_bits=trace_bits,
            memory=Memory.SINGLE_PORT,
        )  # fmt: skip
        self.dut = Learner(Sizes(self.config))
        self.rng = random.Random(f"{weight_bits} {trace_bits}")
        self.rule: dict[str, int] = {}
        self.x, self.y = (Traces(size, self.config.trace_max) for size in (AXONS, NEURONS))
        self.seen: Counter[str] = Counter()

    def any_of(self, *values: int, low: int = 0, high: int) -> int:
        """One of these, an end of the range, or anything in it."""
        return self.rng.choice([*values, low, high, self.rng.randint(low, high), self.rng.randint(low, high)])

    def set_rule(self, ctx: Any, **fixed: int) -> None:
        config, top = self.config, self.config.trace_max
        rule = {
            "gain": self.any_of(1, -1, 64, low=-128, high=127) or 64,  # no walk learns with a gain of 0
            "flags": self.rng.randrange(8),
            "x_target": self.any_of(0, 1, high=top),
            "w_min": self.any_of(*[config.weight_min] * 4, low=config.weight_min, high=config.weight_max),
            "w_max": self.any_of(*[config.weight_max] * 4, low=config.weight_min, high=config.weight_max),
        }
        for sign, side, traces in (("plus", "x", self.x), ("minus", "y", self.y)):
            rule |= {
                f"{sign}_shift": self.any_of(
                    7, 8, 15, 16, 23, 24, *(self.rng.randrange(18) for _ in range(9)), high=31
                ),
                f"{side}_kind": self.rng.choice(list(TraceKind)),
                f"{side}_increment": self.any_of(1, high=top),
                f"{side}_decay": self.any_of(2**15, 2**15 - 1, self.rng.randrange(2**15), high=2**16 - 1),
                f"{side}_window": self.any_of(1, high=127),
            }
            rule |= {name: value for name, value in fixed.items() if name in rule}
            traces.kind, traces.inc = rule[f"{side}_kind"], rule[f"{side}_increment"]
            traces.factor, traces.window = rule[f"{side}_decay"], rule[f"{side}_window"]
        self.rule = rule | fixed
        ctx.set(self.dut.learning, self.rule)

    async def put(self, ctx: Any, post: int, values: Sequence[int]) -> None:
        """The host writes traces."""
        (self.x, self.y)[post].values[:] = values
        ctx.set(self.dut.at_post, post)
        for k, value in enumerate(values):
            ctx.set(self.dut.at, k)
            ctx.set(self.dut.data, value)
            await pulse(ctx, self.dut.put)
            ctx.set(self.dut.data, self.rng.randrange(self.config.trace_max))

    async def check(self, ctx: Any) -> None:
        """All traces are the model's."""
        for post, traces in enumerate((self.x, self.y)):
            ctx.set(self.dut.post, post)
            for k, expected in enumerate(traces.values):
                ctx.set(self.dut.index, k)
                await ctx.tick()
                assert ctx.get(self.dut.value) == expected, (post, k, self.rule)

    def near(self, traces: Traces, gain: int, shift: int, target: int) -> list[int]:
        """Traces whose changes are small, at both bounds, and nothing."""
        top = self.config.trace_max
        found = []
        for _ in traces.values:
            units = self.rng.choice((0.5, 1, 2, self.config.weight_max, 127)) * self.rng.choice((-1, 1))
            there = target + round(units * 256 * 2**shift / gain) + self.rng.randint(-1, 1)
            found.append(self.any_of(0, 1, min(max(there, 0), top), min(max(there, 0), top), high=top))
        return found

    async def element(self, ctx: Any, clock: int, size: int, post: int) -> tuple[int, int]:
        """What is set for the walk's elements in clocks 0 and 2, which are -1 where there is none."""
        first, third = (k if 0 <= k < size else -1 for k in (clock, clock - 2))
        ctx.set(self.dut.index, first if first >= 0 else self.rng.randrange(AXONS))
        ctx.set(self.dut.post, post if first >= 0 else self.rng.randrange(2))
        return first, third

    async def walk(self, ctx: Any, column: bool, generator: Generator) -> None:
        """A row or a column that learns; what comes of each weight."""
        dut, rule, rng, bits = self.dut, self.rule, self.rng, self.config.weight_bits
        traces, sign, post = (self.x, "plus", 0) if column else (self.y, "minus", 1)
        turned = rule["flags"] & (LearnFlag.PLUS_NEGATIVE if column else LearnFlag.MINUS_NEGATIVE)
        gain = -rule["gain"] if turned else rule["gain"]
        target = rule["x_target"] if column else 0
        await self.put(ctx, post, self.near(traces, gain, rule[f"{sign}_shift"], target))
        size = len(traces.values)
        nearest = rule["flags"] & LearnFlag.NEAREST_ROUNDING
        draw = 0 if nearest else generator.top(8)

        ctx.set(dut.column, column)
        await pulse(ctx, dut.walk)
        for _ in range(rng.randrange(2)):
            await ctx.tick()
        for clock in range(size + 3):
            _, rounds = await self.element(ctx, clock, size, post)
            ctx.set(dut.rounds, rounds >= 0)
            byte = rng.getrandbits(8)
            ctx.set(dut.weight, byte)
            k = clock - 3
            if k >= 0:
                q = change(traces.contribution(k) - target, gain, rule[f"{sign}_shift"])
                n = (q + (128 if nearest else (draw + 159 * k) % 256)) // 256
                n = n if column else -n
                w = signed(byte, bits)
                new = min(max(w + n, rule["w_min"]), rule["w_max"]) if n else w
                expected = byte >> bits << bits | new % 2**bits
                assert ctx.get(dut.changed) == expected, (column, k, w, n, traces.values[k], rule)
                kind = "none" if not n else "free" if new == w + n else "bounded"
                self.seen[f"{'column' if column else 'row'} {kind}"] += 1
            await ctx.tick()
        ctx.set(dut.rounds, 0)

    async def fade(self, ctx: Any, post: int) -> None:
        """A walk over the traces of one side, at the end of a step."""
        dut, traces = self.dut, (self.x, self.y)[post]
        ctx.set(dut.fading, 1)
        ctx.set(dut.column, 0)
        size = len(traces.values)
        for clock in range(size + 2):
            _, fades = await self.element(ctx, clock, size, post)
            ctx.set(dut.fade, fades >= 0)
            ctx.set(dut.at, max(fades, 0))
            ctx.set(dut.at_post, post)
            await ctx.tick()
        ctx.set(dut.fade, 0)
        ctx.set(dut.fading, 0)
        traces.fade()

    async def touch(self, ctx: Any, post: int, k: int) -> None:
        """A spike: the trace is read, and takes its increment."""
        dut = self.dut
        for name in ("index", "at"):
            ctx.set(getattr(dut, name), k)
        for name in ("post", "at_post"):
            ctx.set(getattr(dut, name), post)
        await ctx.tick()
        ctx.set(dut.post, self.rng.randrange(2))
        await pulse(ctx, dut.touch)
        (self.x, self.y)[post].spike(k)


@WIDTHS
def test_walks_change_weights_as_the_model(weight_bits: int, trace_bits: int) -> None:
    bench = Bench(weight_bits, trace_bits)
    seed = 0xC0FFEE

    async def testbench(ctx: Any) -> None:
        generator = Generator(seed ^ SEED_LEARNING)
        ctx.set(bench.dut.seed, seed)
        await pulse(ctx, bench.dut.restart)
        for k in range(150):
            bench.set_rule(ctx)
            if k == 100:  # a reset starts the dither again
                await pulse(ctx, bench.dut.restart)
                generator = Generator(seed ^ SEED_LEARNING)
            await bench.walk(ctx, bool(bench.rng.randrange(2)), generator)

    simulate(bench.dut, testbench)
    assert len(bench.seen) == 6 and min(bench.seen.values()) > 30, bench.seen


@WIDTHS
def test_traces_rise_and_fade_as_the_model(weight_bits: int, trace_bits: int) -> None:
    bench = Bench(weight_bits, trace_bits)

    async def testbench(ctx: Any) -> None:
        for kind in (*TraceKind,) * 3:
            bench.set_rule(ctx, x_kind=kind, y_kind=bench.rng.choice(list(TraceKind)))
            for post, traces in enumerate((bench.x, bench.y)):
                high = bench.config.trace_max
                await bench.put(ctx, post, [bench.any_of(0, 1, 2, high=high) for _ in traces.values])
            await bench.check(ctx)
            for _ in range(3):
                for post in (0, 1):
                    for k in bench.rng.sample(range((AXONS, NEURONS)[post]), 6):
                        await bench.touch(ctx, post, k)
                for post in (0, 1):
                    await bench.fade(ctx, post)
                await bench.check(ctx)

    simulate(bench.dut, testbench)
