"""The arithmetic of the neuron: decay, shifted weights, saturation."""

from amaranth import C, Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DECAY_BITS

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


def is_less_by(a: Value, b: Value, one: Value) -> Value:
    """`a == b - one`, for `one` of a single bit and b no wider than a: a table for two bits, and no carries.

    To take 1 from b turns its bits up to the lowest 1. So a and b differ in bit 0 if `one` is set, and in
    each other bit if they differ in the one below, and b is 0 there.
    """
    a, b = a.as_unsigned(), Cat(b, b[-1].replicate(len(a) - len(b)))
    differ = a ^ b
    return differ == Cat(one, differ & ~b)[: len(a)]


def low_zeros(value: Value) -> Value:
    """How many bits of the 32-bit `value` are 0 below the first 1, at most 31."""
    nibbles = [value[k : k + _NIBBLE] for k in range(0, len(value), _NIBBLE)]
    place, nibble = C(len(nibbles) - 1, 3), nibbles[-1]
    for k in reversed(range(len(nibbles) - 1)):
        place, nibble = Mux(nibbles[k].any(), k, place), Mux(nibbles[k].any(), nibbles[k], nibble)
    within = Mux(nibble[0], 0, Mux(nibble[1], 1, Mux(nibble[2], 2, 3)))
    return Cat(within[:2], place[:3])


class Decay(wiring.Component):
    """The product of a decay: `sgn(z) * m`, for a magnitude m.

    m is the nearest to `|z| * min(factor, 1)`, halves upwards, but below |z| for a factor below 1.

    A factor of 1 and above is taken as -1, the one of the two that 16 signed bits hold, and the product is
    rounded by a carry. So the result is spread over three members, for the adder that follows:

        decay(z, factor) = -floor                 if negate
                           floor + round          otherwise

    Members
    -------
    z : In(signed(width))
    factor : In(16)
        Latency to the outputs: 2 clocks.
    floor : Out(signed(width + 1))
    round : Out(1)
        Never with `negate`.
    negate : Out(1)
    """

    def __init__(self, width: int) -> None:
        self._width = width
        super().__init__(
            {
                "z": In(signed(width)),
                "factor": In(DECAY_BITS + 1),
                "floor": Out(signed(width + 1)),
                "round": Out(1),
                "negate": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        z = Signal(signed(self._width), reset_less=True)
        fraction = Signal(DECAY_BITS, reset_less=True)
        one = Signal(reset_less=True)
        product = Signal(signed(self._width + DECAY_BITS + 1), reset_less=True)
        whole = Signal(signed(self._width), reset_less=True)

        m.d.sync += [
            z.eq(self.z),
            one.eq(self.factor[-1]),
            product.eq(z * Cat(fraction, one).as_signed()),
            whole.eq(z),
            self.negate.eq(one),
        ]
        with m.If(self.factor[-1]):
            m.d.sync += fraction.eq(0)
        with m.Else():
            m.d.sync += fraction.eq(self.factor)
        # Away from zero a half goes up in magnitude. A product that would come back to z is not rounded to
        # it: its floor is z below zero, and z - 1 above.
        below, half, rest = product[-1], product[DECAY_BITS - 1], product[: DECAY_BITS - 1]
        stuck = is_less_by(self.floor, whole, ~below)
        m.d.comb += [
            self.floor.eq(product >> DECAY_BITS),
            self.round.eq(Mux(below, stuck | (half & rest.any()), half & ~stuck)),
        ]
        return m


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
