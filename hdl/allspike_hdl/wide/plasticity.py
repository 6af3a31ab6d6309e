"""From the product of trace and gain to a new weight."""

from amaranth import Cat, Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DITHER_BITS

from ..fabric.arith import saturate
from ..map.sizes import Sizes
from .multiplier import product_shape
from .operands import SCALE_STEP, SCALES

_CHANGE_UNITS = (1 << 15 - DITHER_BITS) - 1
"""CHANGE_MAX in weight units: to bound the change after rounding gives the same as before it."""


def rounded_max(sizes: Sizes) -> int:
    """Bound of a rounded change that matters: one as wide as the range of weights reaches any bound."""
    return min(_CHANGE_UNITS, (1 << sizes.config.weight_bits) - 1)


class Rounded(data.StructLayout):
    """A change in whole weight units."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"units": signed(rounded_max(sizes).bit_length() + 1), "any": 1})


class Rounding(wiring.Component):
    """`R(q, k) = (q + u_k) >> DITHER_BITS`, q the product shifted right to half, and bounded by CHANGE_MAX.

    Halves and dither enter one sum, `(product >> SCALE_STEP * (scale + 1) - 1) + (2 u_k + 1)`, of which the
    bits above DITHER_BITS + 1 are R: what the first shift drops cannot carry into it.

    Members
    -------
    products, dither : In
        Of each lane.
    scale : In
    rounded : Out
        Two clocks later.
    """

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        lanes = sizes.config.lanes
        super().__init__(
            {
                "products": In(data.ArrayLayout(product_shape(sizes), lanes)),
                "dither": In(data.ArrayLayout(unsigned(DITHER_BITS), lanes)),
                "scale": In(range(SCALES)),
                "rounded": Out(data.ArrayLayout(Rounded(sizes), lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        for lane in range(self.sizes.config.lanes):
            m.submodules[f"lane_{lane}"] = self._lane(lane)
        return m

    def _lane(self, lane: int) -> Module:
        m = Module()
        bound = rounded_max(self.sizes)
        product, rounded = self.products[lane], self.rounded[lane]
        whole = signed(_CHANGE_UNITS.bit_length() + 1)
        shifted = Signal(signed(whole.width + DITHER_BITS + 1))  # the last bit is the one below the point
        outside = Signal()
        with m.Switch(self.scale):
            for scale in range(SCALES):
                point = SCALE_STEP * (scale + 1)
                beyond = product >> point - 1 + len(shifted) - 1
                with m.Case(scale):
                    m.d.comb += [
                        shifted.eq(product >> point - 1),
                        outside.eq(beyond.any() & ~beyond.all()),
                    ]
        total = Signal(signed(len(shifted) + 1), reset_less=True)
        exceeds = Signal(reset_less=True)
        negative = Signal(reset_less=True)
        m.d.sync += [
            total.eq(Cat(1, self.dither[lane]) + shifted),
            exceeds.eq(outside),
            negative.eq(product < 0),
        ]
        units = total >> DITHER_BITS + 1
        m.d.sync += [
            rounded.units.eq(Mux(exceeds, Mux(negative, -bound, bound), saturate(units, bound))),
            rounded.any.eq(exceeds | units.any()),
        ]
        return m


class NewWeights(wiring.Component):
    """`w` where the change is 0; otherwise `min(max(w + change, w_min), w_max)`, or `w - change` to depress.

    Members
    -------
    weights, changes : In
        In bank order.
    depress : In(1)
        With them.
    w_min, w_max : In
    replace : In(1), weight : In
        All weights are `weight` instead, one clock after.
    new_weights : Out
        Two clocks later.
    """

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        weight, lanes = signed(sizes.config.weight_bits), sizes.config.lanes
        super().__init__(
            {
                "weights": In(data.ArrayLayout(weight, lanes)),
                "changes": In(data.ArrayLayout(Rounded(sizes), lanes)),
                "depress": In(1),
                "w_min": In(weight),
                "w_max": In(weight),
                "replace": In(1),
                "weight": In(weight),
                "new_weights": Out(data.ArrayLayout(weight, lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        weight = signed(self.sizes.config.weight_bits)
        # The upper bound wins where the two are crossed.
        w_min = Signal(weight, reset_less=True)
        m.d.sync += w_min.eq(Mux(self.w_min > self.w_max, self.w_max, self.w_min))
        # w + change = w - ~change - 1, the 1 as a borrow from a bit below both.
        adds = ~self.depress
        for bank in range(self.sizes.config.lanes):
            change = self.changes[bank]
            turned = change.units.as_unsigned() ^ adds.replicate(len(change.units))
            wide = max(weight.width, len(change.units)) + 1
            changed = Signal(signed(wide), reset_less=True, name=f"changed_{bank}")
            changes = Signal(reset_less=True, name=f"changes_{bank}")
            total = Cat(0, self.weights[bank]).as_signed() - Cat(adds, turned).as_signed()
            m.d.sync += [changed.eq(total >> 1), changes.eq(change.any)]
            above, below = changed > self.w_max, changed < w_min
            new = self.new_weights[bank]
            with m.If(self.replace):
                m.d.sync += new.eq(self.weight)
            with m.Elif(changes & above):
                m.d.sync += new.eq(self.w_max)
            with m.Elif(changes & below):
                m.d.sync += new.eq(w_min)
            with m.Else():
                m.d.sync += new.eq(changed)
        return m
