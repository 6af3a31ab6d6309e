"""The arithmetic of the compact core's neuron: one adder with one multiplier before it."""

from amaranth import C, Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DECAY_BITS

from ..fabric.decay import FACTOR_BITS, Decay
from ..fabric.product import shifted_left
from ..fabric.target import Target
from ..map.sizes import Sizes
from .store import STORE_WORD

_ACC_SHIFTS = 16
_GUARD = 2
"""Bits of the sum above those of a state: it holds three states, or one and a shifted accumulator."""


class SerialSum(wiring.Component):
    """A sum of states, to which one operand a clock is added.

    Members
    -------
    word : In(32), unsigned : In(1)
        The word that was read, and that it has no sign: the first operand.
    factor : In(16)
        What it is multiplied by, for the next clock.
    is_decay : In(1)
        The operand is the product of the clock before: `fabric.decay.Decay` of the word.
    is_acc : In(1), acc : In(signed(acc_bits)), weight_shift : In(4)
        It is `acc << weight_shift`.
    subtract : In(1)
        The word is subtracted.
    keeps : In(1)
        What is added stays in the sum, from the next clock on.
    anew : In(1)
        The sum was 0.
    saturates : In(1)
        It was saturated before it.
    below : Out(1), ends_below : Out(1)
        The sum is below 0; with what is added it is.
    state : Out(32)
        The sum, saturated to a state.
    exact : In(1)
        The sum is a state; -2**(state_bits - 1) stays what it is.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._bits = sizes.config.state_bits
        flags = ("unsigned", "is_decay", "is_acc", "subtract", "keeps", "anew", "saturates", "exact")
        super().__init__(
            dict.fromkeys(flags, In(1))
            | {
                "word": In(STORE_WORD),
                "factor": In(FACTOR_BITS),
                "acc": In(signed(sizes.acc_bits)),
                "weight_shift": In(4),
                "below": Out(1),
                "ends_below": Out(1),
                "state": Out(signed(STORE_WORD)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        bits = self._bits
        total = Signal(signed(bits + _GUARD), reset_less=True)
        word = Cat(self.word[: bits - 1], self.word[bits - 1] & ~self.unsigned).as_signed()
        operand, carry = self._operand(m, Target.of(platform), word)

        over, lowest = _outside(total, bits)
        before = Mux(self.anew, 0, _saturated(total, bits, over & self.saturates, lowest & self.saturates))
        summed = ((Cat(C(1, 1), before).as_signed() + Cat(carry, operand).as_signed()) >> 1)[: len(total)]
        with m.If(self.keeps):
            m.d.sync += total.eq(summed)
        m.d.comb += [
            self.below.eq(total[-1]),
            self.ends_below.eq(summed[-1]),
            self.state.eq(_saturated(total, bits, over, lowest & ~self.exact)),
        ]
        return m

    def _operand(self, m: Module, target: Target, word: Value) -> tuple[Value, Value]:
        """What is added, and its carry."""
        bits = self._bits
        width = bits + _GUARD
        decay = Decay(bits)
        product = Signal(decay.product_shape, reset_less=True)
        whole = Signal(signed(bits), reset_less=True)
        negate = Signal(reset_less=True)
        one = self.factor[DECAY_BITS]
        fraction = self.factor[:DECAY_BITS] & (~one).replicate(DECAY_BITS)
        m.d.sync += [product.eq(word * Cat(fraction, one).as_signed()), whole.eq(word), negate.eq(one)]
        rounds = decay.rounds(product, whole)

        # The accumulator, shifted, and cut to +-2**bits, which saturates any sum with a state.
        shifted = Signal(signed(max(len(self.acc) + _ACC_SHIFTS, width)))
        moved, negated = shifted_left(target, self.acc, self.weight_shift)
        m.d.comb += shifted.eq(moved)
        beyond = shifted[bits:]
        cut = beyond.any() & ~beyond.all()
        acc = Cat(shifted[:bits] & (~cut).replicate(bits), shifted[bits] | cut, shifted[-1])

        operand = Signal(signed(width))
        m.d.comb += operand.eq(
            Mux(self.is_acc, acc.as_signed(), Mux(self.is_decay, product >> DECAY_BITS, word))
        )
        turned = (self.is_acc & int(negated)) | Mux(self.is_decay, negate, self.subtract)
        return operand.as_unsigned() ^ turned.replicate(width), Mux(self.is_decay, negate | rounds, turned)


def _outside(total: Value, bits: int) -> tuple[Value, Value]:
    """`total` has overflowed `bits`; it is -2**(bits - 1), the one value of that width beyond the bounds."""
    top = total[bits - 1 :]
    return top.any() & ~top.all(), top.all() & ~total[: bits - 1].any()


def _saturated(total: Value, bits: int, over: Value, lowest: Value) -> Value:
    """`total` held within +-(2**(bits - 1) - 1), where `over` or `lowest` tell that it is not."""
    sign = total[-1]
    low = [Mux(over, ~sign, bit) for bit in total[: bits - 1]]
    top = [Mux(over, sign, bit) for bit in total[bits - 1 :]]
    return Cat(low[0] | over | lowest, *low[1:], *top).as_signed()
