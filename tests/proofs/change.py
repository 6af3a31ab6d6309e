"""The change of a weight: the formula of docs/model.md for all products, shifts and dithers."""

from amaranth import Module, Signal, Value, signed

from allspike.map.device_map import CHANGE_MAX, DITHER_BITS
from allspike_hdl.fabric.change import SCALES, STEP, Change
from allspike_hdl.fabric.pipeline import DelayLine

from .harness import Harness, Together, anything, claim, within
from .proof import Break, Proof

_LATENCY = 2
_PRODUCT_BITS = 24
"""Of e times a gain: 2**16 - 1 times 128 at most, of either sign."""


class Changes(Harness):
    """Scaling and rounding of a change, with another one in each clock.

    What is scaled in the gateware is a gain, before it is multiplied by e. Here it is their product, which
    may be anything: to shift the one or the other to the left is the same, and solvers cannot multiply.
    """

    def __init__(self, weight_bits: int, point: int) -> None:
        self._change = Change(weight_bits, point)

    def states(self, m: Module) -> None:
        change = self._change
        whole = anything(m, signed(_PRODUCT_BITS), "whole")
        shift, dither = anything(m, 5, "shift"), anything(m, DITHER_BITS, "dither")
        scaled, scale = change.scaled(whole, shift)
        product = Signal(signed(_PRODUCT_BITS + STEP))
        with m.If(scale < SCALES):
            m.d.comb += product.eq(scaled)
        m.submodules.rounding = rounding = change.create(len(product))
        m.d.comb += [
            rounding.product.eq(product),
            rounding.dither.eq(dither),
            rounding.scale.eq(scale),
        ]
        moved = _held(m, (whole + ((1 << shift) >> 1) >> shift).as_signed())
        units = _held(m, (within(moved, -CHANGE_MAX, CHANGE_MAX) + dither) >> DITHER_BITS)
        wanted = _held(m, within(units, -change.bound, change.bound))
        given = rounding.rounded
        claim(
            m,
            is_the_formula=given.units == DelayLine(m, wanted)[_LATENCY],
            any_tells=given.any == (given.units != 0),
        )


def _held(m: Module, value: Value) -> Signal:
    signal = Signal(value.shape())
    m.d.comb += signal.eq(value)
    return signal


PROOFS = (
    Proof(
        name="change",
        claim="The change of a weight is that of docs/model.md for every product of trace and gain, every "
        "shift and every dither; of weights of 8 and 4 bits.",
        make=lambda: Together(Changes(8, STEP), Changes(4, STEP - 1)),
        depth=3,
        breaks=(
            Break("fabric/change.py", "above.any() & ~above.all()", "above.any()"),
            Break("fabric/change.py", "total.eq(Cat(1, self.dither)", "total.eq(Cat(0, self.dither)"),
            Break("fabric/change.py", "gain << ~shift[:low]", "gain << shift[:low]"),
            Break("fabric/change.py", "Mux(negative, -bound, bound)", "Mux(negative, bound, bound)"),
            Break("fabric/change.py", "beyond | whole.any()", "beyond"),
        ),
    ),
)
