"""The way of a trace to a new weight, and the dither, at their extremes."""

from random import Random

import pytest
from amaranth import Module
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.dither import Dither
from allspike_hdl.wide.interfaces import WalkKind
from allspike_hdl.wide.multiplier import Multiplier
from allspike_hdl.wide.operands import Operands
from allspike_hdl.wide.plasticity import NewWeights, Rounding
from tests.reference.arithmetic import Generator
from tests.reference.learning import change

LANES = 8


def run(top, testbench) -> None:
    simulator = Simulator(top)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()


@pytest.mark.parametrize("weight_bits, trace_bits", [(8, 16), (8, 8), (7, 13), (2, 16)])
def test_a_change_is_rounded_as_in_the_model(weight_bits, trace_bits):
    config = Config(neurons=LANES, lanes=LANES, weight_bits=weight_bits, trace_bits=trace_bits)
    sizes = Sizes(config)
    m = Module()
    m.submodules.operands = operands = Operands(sizes)
    m.submodules.multiplier = multiplier = Multiplier(sizes)
    m.submodules.rounding = rounding = Rounding(sizes)
    m.d.comb += [
        multiplier.contribution.eq(operands.contribution),
        multiplier.factor.eq(operands.factor),
        rounding.products.eq(multiplier.products),
        rounding.scale.eq(operands.scale),
    ]
    random = Random(weight_bits + trace_bits)
    top = config.trace_max
    bound = 2**weight_bits - 1  # as wide as all weights: a greater change does nothing more

    async def testbench(ctx) -> None:
        ctx.set(operands.kind, WalkKind.COLUMN)
        for gain in (-128, -127, -1, 1, 64, 127, random.randint(-128, 127)):
            for shift in range(32):
                target = random.choice([0, 1, top, random.randint(0, top)])
                flags = random.choice([0, 2])
                rule = {"gain": gain, "plus_shift": shift, "x_target": target, "flags": flags}
                ctx.set(operands.learning, rule)
                near = min(top, max(0, target + 127 * 2**shift // gain // 2))
                traces = [random.choice([0, 1, top, near, random.randint(0, top)]) for _ in range(LANES)]
                dither = [random.choice([0, 1, 128, 254, 255]) for _ in range(LANES)]
                ctx.set(multiplier.traces, traces)
                ctx.set(rounding.dither, dither)
                await ctx.tick().repeat(8)
                for lane, (z, u) in enumerate(zip(traces, dither, strict=True)):
                    q = change(z - target, -gain if flags else gain, shift)
                    expected = min(max((q + u) // 256, -bound), bound)
                    found = ctx.get(rounding.rounded[lane])
                    assert found["units"] == expected, (gain, shift, target, z, u)
                    assert found["any"] == (expected != 0)

    run(m, testbench)


@pytest.mark.parametrize("weight_bits", [2, 5, 8])
def test_new_weights_stay_within_their_bounds(weight_bits):
    config = Config(neurons=LANES, lanes=LANES, weight_bits=weight_bits)
    stage = NewWeights(Sizes(config))
    random = Random(weight_bits)
    low, high = config.weight_min, config.weight_max
    reach = min(127, 2**weight_bits - 1)

    def weight() -> int:
        return random.choice([low, high, random.randint(low, high)])

    async def testbench(ctx) -> None:
        for _ in range(300):
            w_min, w_max, depress = weight(), weight(), random.randrange(2)
            ctx.set(stage.w_min, w_min)
            ctx.set(stage.w_max, w_max)
            ctx.set(stage.depress, depress)
            weights = [weight() for _ in range(LANES)]
            units = [random.choice([0, 1, -1, reach, -reach]) for _ in range(LANES)]
            ctx.set(stage.weights, weights)
            ctx.set(stage.changes, [{"units": n, "any": n != 0} for n in units])
            await ctx.tick().repeat(2)
            for bank, (w, n) in enumerate(zip(weights, units, strict=True)):
                new = min(max(w - n if depress else w + n, w_min), w_max) if n else w
                assert ctx.get(stage.new_weights[bank]) == new

    run(stage, testbench)


@pytest.mark.parametrize("lanes", [1, 4, 16])
def test_the_dither_is_one_draw_a_walk(lanes):
    dither = Dither(Sizes(Config(neurons=16, lanes=lanes)))
    seed = 12345

    async def testbench(ctx) -> None:
        model = Generator(seed ^ 0x9E3779B9)
        ctx.set(dither.seed, seed)
        ctx.set(dither.restart, 1)
        await ctx.tick()
        ctx.set(dither.restart, 0)
        blocks = 16 // lanes
        found = []
        for _ in range(6):
            for block in range(blocks):
                ctx.set(dither.walk, block == 0)
                await ctx.tick()
                found.append(list(ctx.get(dither.dither)))
        await ctx.tick()
        found.append(list(ctx.get(dither.dither)))
        drawn = [model.top(8) for _ in range(6)]
        expected = [(r + 159 * k) % 256 for r in drawn for k in range(16)]
        assert [u for block in found[1:] for u in block] == expected
        ctx.set(dither.nearest, 1)
        await ctx.tick().repeat(2)
        assert list(ctx.get(dither.dither)) == [128] * lanes

    run(dither, testbench)
