"""Arithmetic: what is saturated or rounded is what plain formulas give, and nothing wraps."""

from amaranth import Module, Mux, Signal, Value, signed

from allspike.map.config import Config
from allspike_hdl.fabric.arith import clamp_unsigned, saturate
from allspike_hdl.fabric.pipeline import DelayLine
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.neurons.arith import WeightShift, low_zeros, saturate_state
from allspike_hdl.wide.plasticity import NewWeights

from .harness import Harness, Together, anything, claim, least, within
from .proof import Break, Proof


class Saturation(Harness):
    """All that saturates without a clock, at the widths that builds have."""

    def states(self, m: Module) -> None:
        for width, bound in ((12, 7), (20, 127), (20, 255), (9, 255)):
            value = anything(m, signed(width), "value")
            claim(m, saturate=saturate(value, bound) == within(value, -bound, bound))
        for width in (8, 16):
            total = anything(m, width + 1, "total")
            claim(m, clamp=clamp_unsigned(total, width) == least(total, (1 << width) - 1))
        for bits in (12, 16, 24):
            top = (1 << bits - 1) - 1
            for further in (1, 2):
                value = anything(m, signed(bits + further), "value")
                claim(m, saturate_state=saturate_state(value, bits) == within(value, -top, top))
        word = anything(m, 32, "word")
        zeros = low_zeros(word)
        claim(
            m,
            zeros_below=(word & ((1 << zeros) - 1)[:32]) == 0,
            one_above=(word == 0) | word.bit_select(zeros, 1),
            most=(word != 0) | (zeros == 31),
        )


class Shifted(Harness):
    """A shifted accumulator, which is cut: in a sum with any state that is saturated nobody can tell."""

    def __init__(self, acc_bits: int, bits: int) -> None:
        self._acc_bits, self._bits = acc_bits, bits

    def states(self, m: Module) -> None:
        m.submodules.shift = shift = WeightShift(self._acc_bits, self._bits)
        top = (1 << self._bits - 1) - 1
        acc = anything(m, signed(self._acc_bits), "acc")
        state = anything(m, signed(self._bits), "state")
        by = Signal(4)
        m.d.comb += [shift.acc.eq(acc), by.eq(anything(m, 4, "by"))]
        m.d.sync += shift.shift.eq(by)
        # The shift stands still: two neighbours in time that differ are no case of it.
        stood = DelayLine(m, shift.shift)[1] == shift.shift
        whole = (DelayLine(m, acc)[2] << shift.shift).as_signed()
        claim(
            m,
            sum_is_that_of_the_whole=~stood
            | ~(DelayLine(m, stood)[1])
            | (within(shift.shifted + state, -top, top) == within(whole + state, -top, top)),
        )


def _held(m: Module, value: Value) -> Signal:
    signal = Signal(value.shape())
    m.d.comb += signal.eq(value)
    return signal


class Learned(Harness):
    """A new weight is the old one and its change, within the rule's bounds; it stays where there is none."""

    def states(self, m: Module) -> None:
        config = Config(neurons=2, inputs=0, lanes=2, weight_bits=8)
        m.submodules.dut = dut = NewWeights(Sizes(config))
        weights, changes = anything(m, signed(8), "weight"), anything(m, dut.changes[0].shape(), "change")
        depress = anything(m, 1, "depress")
        w_min, w_max = anything(m, signed(8), "w_min"), anything(m, signed(8), "w_max")
        m.d.comb += [dut.weights[0].eq(weights), dut.changes[0].eq(changes), dut.depress.eq(depress)]
        m.d.comb += [dut.w_min.eq(w_min), dut.w_max.eq(w_max)]
        stands = (DelayLine(m, w_min)[1] == w_min) & (DelayLine(m, w_max)[1] == w_max)
        moved = Mux(depress, weights - changes.units, weights + changes.units)
        wanted = Mux(changes.any, within(moved, w_min, w_max), weights)
        sound = changes.any | (changes.units == 0)
        sure = DelayLine(m, stands)[1] & DelayLine(m, sound)[2]
        claim(m, is_the_formula=~sure | (dut.new_weights[0] == DelayLine(m, _held(m, wanted))[2]))


PROOFS = (
    Proof(
        name="saturation",
        claim="Whatever is saturated or clamped is its value, or the bound that it lies beyond; a shifted "
        "accumulator adds up as if it had not been cut; a learned weight stays within its bounds.",
        make=lambda: Together(Saturation(), Shifted(17, 24), Shifted(14, 12), Learned()),
        depth=4,
        breaks=(
            Break("fabric/arith.py", "value < -bound, value > bound", "value < -bound - 1, value > bound"),
            Break("fabric/arith.py", "Mux(value > top,", "Mux(value > top + 1,"),
            Break("neurons/arith.py", "lowest = sign & ~low.any()", "lowest = sign & low.any()"),
            Break("neurons/arith.py", "over.eq(above.any() & ~above.all())", "over.eq(above.all())"),
            Break("neurons/arith.py", "Mux(nibble[1], 1,", "Mux(nibble[1], 2,"),
            Break("wide/plasticity.py", "changed > self.w_max,", "changed >= self.w_max - 1,"),
        ),
    ),
)
