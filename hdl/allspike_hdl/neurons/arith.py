"""The arithmetic of the neuron: shifted weights, saturation."""

from amaranth import C, Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

_NIBBLE = 4


def saturate_state(value: Value, bits: int) -> Value:
    """`value`, wider than `bits`, held within -(2**(bits-1) - 1) to 2**(bits-1) - 1.

    The bounds are odd and nearly each other's complement, so no comparison is needed: the bits above tell an
    overflow, and the one value within the width but past the bound, -2**(bits-1), lacks only its last bit.
    """
    top = value[bits - 1 :]
    sign, low = value[-1], value[: bits - 1]
    over = top.any() & ~top.all()
    lowest = sign & ~low.any()
    return Cat(
        over | lowest | value[0], Mux(over, (~sign).replicate(bits - 2), value[1 : bits - 1]), sign
    ).as_signed()


def shifted_sum(a: Value, b: Value, carry: Value) -> Value:
    """`a + b + carry` on one carry chain."""
    return ((Cat(C(1, 1), a).as_signed() + Cat(carry, b).as_signed()) >> 1).as_signed()


def complement_if(condition: Value, value: Value) -> Value:
    """`~value` or `value`, as wide as it was."""
    return (value ^ condition.replicate(len(value)))[: len(value)].as_signed()


def low_zeros(value: Value) -> Value:
    """How many bits of the 32-bit `value` are 0 below the first 1, at most 31."""
    nibbles = [value[k : k + _NIBBLE] for k in range(0, len(value), _NIBBLE)]
    place, nibble = C(len(nibbles) - 1, 3), nibbles[-1]
    for k in reversed(range(len(nibbles) - 1)):
        place, nibble = Mux(nibbles[k].any(), k, place), Mux(nibbles[k].any(), nibbles[k], nibble)
    within = Mux(nibble[0], 0, Mux(nibble[1], 1, Mux(nibble[2], 2, 3)))
    return Cat(within[:2], place[:3])


class WeightShift(wiring.Component):
    """`acc << shift`, cut to +-2**bits where it goes beyond them: no sum with a state tells the difference.

    Members
    -------
    acc : In(signed(acc_bits))
        Latency to `shifted`: 2 clocks.
    shift : In(4)
        Stands still meanwhile.
    shifted : Out(signed(bits + 2))
    """

    def __init__(self, acc_bits: int, bits: int) -> None:
        self._acc_bits, self._bits = acc_bits, bits
        super().__init__({"acc": In(signed(acc_bits)), "shift": In(4), "shifted": Out(signed(bits + 2))})

    def elaborate(self, platform):
        m = Module()
        bits = self._bits
        fine, coarse = self.shift[:2], self.shift[2:]
        half = Signal(signed(self._acc_bits + 3), reset_less=True)
        m.d.sync += half.eq(self.acc << fine)

        low = Signal(bits, reset_less=True)
        over, sign, guard = Signal(), Signal(reset_less=True), Signal(reset_less=True)
        chosen = Signal(bits)
        with m.Switch(coarse):
            for step in range(4):
                with m.Case(step):
                    above = half[min(max(bits - 4 * step, 0), len(half) - 1) :]
                    m.d.comb += [
                        chosen.eq(half << 4 * step),
                        over.eq(above.any() & ~above.all()),
                    ]
        # Cut by the reset of the register, which costs no logic.
        with m.If(over):
            m.d.sync += low.eq(0)
        with m.Else():
            m.d.sync += low.eq(chosen)
        m.d.sync += [sign.eq(half[-1]), guard.eq(over | half[-1])]
        m.d.comb += self.shifted.eq(Cat(low, guard, sign).as_signed())
        return m
