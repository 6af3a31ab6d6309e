"""Decay towards zero: parameters that compute in software and create the hardware."""

from dataclasses import dataclass

from amaranth import Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DECAY_BITS

FACTOR_BITS = DECAY_BITS + 1


@dataclass(frozen=True)
class Decay:
    """`sgn(z) * m`: m is the nearest to `|z| * min(factor, 1)`, halves upwards, but below |z| if factor < 1.

    A factor has DECAY_BITS bits below its point. One of 1 and above is taken as -1, the one of the two that
    `FACTOR_BITS` signed bits hold, and the product is rounded by a carry. So in hardware the result is spread
    over three values, for the adder that follows:

        decay(z, factor) = -floor                 if negate
                           floor + rounds         otherwise

    The emulator and the tests' model write the same independently, on purpose: their equality is the proof.

    Parameters
    ----------
    width : int
        Of z, signed.
    """

    width: int

    def compute(self, z: int, factor: int) -> int:
        """The decayed z."""
        one = 1 << DECAY_BITS
        magnitude = abs(z) * min(factor, one) + one // 2 >> DECAY_BITS
        stuck = magnitude == abs(z) > 0 and factor < one
        return (magnitude - stuck) * (-1 if z < 0 else 1)

    def create(self) -> "Decayed":
        """The hardware, two clocks long."""
        return Decayed(self)

    @property
    def product_shape(self):
        """Of a product of z and a factor."""
        return signed(self.width + FACTOR_BITS)

    def rounds(self, product: Value, whole: Value) -> Value:
        """Whether a product of `whole` is rounded up from its floor, `product >> DECAY_BITS`; never if it is
        negated.

        Away from zero a half goes up in magnitude. A product that would come back to z is not rounded to it:
        its floor is z below zero, and z - 1 above.
        """
        floor, below = product >> DECAY_BITS, product[-1]
        half, rest = product[DECAY_BITS - 1], product[: DECAY_BITS - 1]
        stuck = is_less_by(floor, whole, ~below)
        return Mux(below, stuck | (half & rest.any()), half & ~stuck)


def is_less_by(a: Value, b: Value, one: Value) -> Value:
    """`a == b - one`, for `one` of a single bit and b no wider than a: a table for two bits, and no carries.

    To take 1 from b turns its bits up to the lowest 1. So a and b differ in bit 0 if `one` is set, and in
    each other bit if they differ in the one below, and b is 0 there.
    """
    a, b = a.as_unsigned(), Cat(b, b[-1].replicate(len(a) - len(b)))
    differ = a ^ b
    return differ == Cat(one, differ & ~b)[: len(a)]


class Decayed(wiring.Component):
    """A `Decay`, one a clock.

    Members
    -------
    z : In(signed(width))
    factor : In(FACTOR_BITS)
        Latency to the outputs: 2 clocks.
    floor : Out(signed(width + 1))
    round : Out(1)
        Never with `negate`.
    negate : Out(1)
    """

    def __init__(self, decay: Decay) -> None:
        self._decay = decay
        super().__init__(
            {
                "z": In(signed(decay.width)),
                "factor": In(FACTOR_BITS),
                "floor": Out(signed(decay.width + 1)),
                "round": Out(1),
                "negate": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        z = Signal(self.z.shape(), reset_less=True)
        fraction = Signal(DECAY_BITS, reset_less=True)
        one = Signal(reset_less=True)
        product = Signal(self._decay.product_shape, reset_less=True)
        whole = Signal(self.z.shape(), reset_less=True)
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
        m.d.comb += [
            self.floor.eq(product >> DECAY_BITS),
            self.round.eq(self._decay.rounds(product, whole)),
        ]
        return m
