"""The change of a weight: parameters that compute in software and create the hardware."""

from dataclasses import dataclass

from amaranth import Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DITHER_BITS

from .arith import saturate

STEP = 8
SCALES = 3
"""A product is shifted right by `point` and one of few multiples of STEP, from 0 on: a shift beyond them
leaves nothing of any change."""
_CHANGE_BITS = 16
"""Width of a change in 1/256 units that is no more than CHANGE_MAX."""
_CHANGE_UNITS = (1 << _CHANGE_BITS - 1 - DITHER_BITS) - 1
"""CHANGE_MAX in weight units: to bound the change after rounding gives the same as before it."""


@dataclass(frozen=True)
class Change:
    """`R = (q + u) >> DITHER_BITS` with `q = (e * gain + half) >> shift` held within +-CHANGE_MAX, u the
    dither.

    half = 2**(shift - 1), or 0 without a shift. With shift = STEP * scale + r,
    `(e * gain + half) >> shift` is `(e * (gain << point - r) + h) >> point + STEP * scale`, h being half of
    that last power: so hardware multiplies by a `factor` and shifts by few distances, not 32. That half and
    the dither enter one sum, `(product >> point + STEP * scale - 1) + (2 u + 1)`, of which the bits above
    DITHER_BITS + 1 are R: what the first shift drops cannot carry into it.

    The emulator and the tests' model write the same independently, on purpose: their equality is the proof.

    Parameters
    ----------
    weight_bits : int
    point : int
        STEP, or STEP - 1 where the factor has to be a bit narrower.
    """

    weight_bits: int
    point: int = STEP

    @property
    def bound(self) -> int:
        """Of R: one as wide as the range of weights reaches any bound."""
        return min(_CHANGE_UNITS, (1 << self.weight_bits) - 1)

    def compute(self, e: int, gain: int, shift: int, dither: int) -> int:
        """R, in weight units."""
        half = 1 << shift >> 1
        most = _CHANGE_UNITS << DITHER_BITS
        change = min(max(e * gain + half >> shift, -most), most)
        return min(max(change + dither >> DITHER_BITS, -self.bound), self.bound)

    def create(self, product_bits: int) -> "Rounding":
        """The hardware behind the product of `product_bits`."""
        return Rounding(self, product_bits)

    def scaled(self, gain: Value, shift: Value) -> tuple[Value, Value]:
        """The factor of a product, and its `scale`: the factor is to be 0 if that is SCALES or more."""
        low = STEP.bit_length() - 1
        return (gain << ~shift[:low]) << self.point - (STEP - 1), shift[low:]

    def aligned(self, m: Module, product: Value, scale: Value) -> tuple[Value, Value]:
        """A product in half units of q, and whether it lies beyond CHANGE_MAX by far."""
        shifted = Signal(signed(_CHANGE_BITS + 1))  # the last bit is the one below the point
        beyond = Signal()
        with m.Switch(scale):
            for k in range(SCALES):
                moved = product >> self.point + STEP * k - 1
                above = moved >> len(shifted) - 1
                with m.Case(k):
                    m.d.comb += [shifted.eq(moved), beyond.eq(above.any() & ~above.all())]
        return shifted, beyond

    def rounded(self, total: Value, beyond: Value, negative: Value) -> tuple[Value, Value]:
        """R, and whether it is any, of `total`: what `aligned` gives and `Cat(1, dither)`."""
        whole = total >> DITHER_BITS + 1
        bound = self.bound
        return (
            Mux(beyond, Mux(negative, -bound, bound), saturate(whole, bound)),
            beyond | whole.any(),
        )


class Rounded(data.StructLayout):
    """A change in whole weight units."""

    def __init__(self, change: Change) -> None:
        super().__init__({"units": signed(change.bound.bit_length() + 1), "any": 1})


class Rounding(wiring.Component):
    """From `e * factor` to R: see `Change`. A product a clock.

    Members
    -------
    product : In, dither : In(DITHER_BITS)
    scale : In
    rounded : Out(Rounded)
        Two clocks later.
    """

    def __init__(self, change: Change, product_bits: int) -> None:
        self._change = change
        super().__init__(
            {
                "product": In(signed(product_bits)),
                "dither": In(DITHER_BITS),
                "scale": In(range(SCALES)),
                "rounded": Out(Rounded(change)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        shifted, outside = self._change.aligned(m, self.product, self.scale)
        total = Signal(signed(len(shifted) + 1), reset_less=True)
        beyond = Signal(reset_less=True)
        negative = Signal(reset_less=True)
        m.d.sync += [
            total.eq(Cat(1, self.dither) + shifted),
            beyond.eq(outside),
            negative.eq(self.product < 0),
        ]
        units, changes = self._change.rounded(total, beyond, negative)
        m.d.sync += [self.rounded.units.eq(units), self.rounded.any.eq(changes)]
        return m
