"""From the product of trace and gain to a new weight."""

from amaranth import Cat, Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DITHER_BITS

from ..fabric.change import SCALES, Change, Rounded
from ..map.sizes import Sizes
from .multiplier import product_shape


class Rounding(wiring.Component):
    """What the products change, in whole weight units: `Change`, a lane each.

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
                "rounded": Out(data.ArrayLayout(Rounded(Change(sizes.config.weight_bits)), lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        change = Change(self.sizes.config.weight_bits)
        for lane in range(self.sizes.config.lanes):
            m.submodules[f"lane_{lane}"] = rounding = change.create(len(self.products[lane]))
            m.d.comb += [
                rounding.product.eq(self.products[lane]),
                rounding.dither.eq(self.dither[lane]),
                rounding.scale.eq(self.scale),
                self.rounded[lane].eq(rounding.rounded),
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
                "changes": In(data.ArrayLayout(Rounded(Change(sizes.config.weight_bits)), lanes)),
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
