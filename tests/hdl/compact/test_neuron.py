"""The neuron of a compact core: how its accumulator is shifted changes nothing."""

from random import Random
from types import SimpleNamespace

import pytest
from amaranth import Elaboratable, Fragment, Module

from allspike.config import Config, Memory
from allspike_hdl.compact.neuron import SerialNeuron
from allspike_hdl.core.sizes import Sizes

from ..bench import simulate

RUNS = 150
SHOWN = ("left", "right", "write", "mask", "data", "fires", "fired", "last")


class Both(Elaboratable):
    """A neuron with multipliers beside one on a platform that has none."""

    def __init__(self, config: Config) -> None:
        self.multiplies, self.shifts = (SerialNeuron(Sizes(config)) for _ in range(2))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.multiplies = self.multiplies
        m.submodules.shifts = Fragment.get(self.shifts, SimpleNamespace(device="iCE40HX8K"))
        return m


@pytest.mark.parametrize("state_bits", [12, 16, 24])
def test_the_accumulator_is_shifted_alike_with_and_without_multipliers(state_bits: int) -> None:
    config = Config(
        neurons=16, inputs=7, weight_bits=7, state_bits=state_bits, lanes=4, memory=Memory.SINGLE_PORT
    )
    both = Both(config)
    random = Random(state_bits)

    async def bench(ctx) -> None:
        neurons = both.multiplies, both.shifts
        bits = Sizes(config).acc_bits
        for _ in range(RUNS):
            lowest = -(1 << (bits - 1))
            acc = random.choice([0, -1, 1, lowest, lowest + random.getrandbits(bits), random.getrandbits(3)])
            shift = random.randrange(16)
            for neuron in neurons:
                ctx.set(neuron.start, 1)
                ctx.set(neuron.acc, acc)
                ctx.set(neuron.weight_shift, shift)
            await ctx.tick()
            for neuron in neurons:
                ctx.set(neuron.start, 0)
            while not ctx.get(both.multiplies.last):
                words = [random.getrandbits(32) for _ in range(2)]
                for neuron in neurons:
                    for side, word in enumerate(words):
                        ctx.set(neuron.values[side], word)
                seen, other = ([ctx.get(getattr(one, name)) for name in SHOWN] for one in neurons)
                assert seen == other
                await ctx.tick()
            assert ctx.get(both.shifts.last)
            assert ctx.get(both.shifts.data) == ctx.get(both.multiplies.data)

    simulate(both, bench)
