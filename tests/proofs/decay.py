"""Decay towards zero: the formula of docs/model.md for all states and factors."""

from amaranth import Module, Mux, Signal, Value, signed

from allspike.map.device_map import DECAY_BITS
from allspike_hdl.fabric.decay import FACTOR_BITS, Decay
from allspike_hdl.fabric.pipeline import DelayLine

from .harness import Harness, Together, anything, assume, claim
from .opened import Opened
from .proof import Break, Proof

ONE = 1 << DECAY_BITS
"""The factor 1."""
_LATENCY = 2


class Decays(Harness):
    """A decay of `width` bits, of another state by another factor in each clock.

    A product of many bits is more than a solver can follow. So where `drawn`, it is any number that a product
    can be, and what is made of it is claimed; a decay of few bits has its own product.
    """

    def __init__(self, width: int, *, drawn: bool) -> None:
        self._width, self._drawn = width, drawn

    def states(self, m: Module) -> None:
        dut = Decay(self._width).create()
        opened = Opened(dut)
        m.submodules.dut = opened.fragment
        z, factor = anything(m, signed(self._width), "z"), anything(m, FACTOR_BITS, "factor")
        m.d.comb += [dut.z.eq(z), dut.factor.eq(factor)]
        z, factor = DelayLine(m, z)[_LATENCY], DelayLine(m, factor)[_LATENCY]
        product = opened("product")
        if self._drawn:
            opened.draw("product")
            assume_product(m, product, z, factor[-1])
        else:
            least = Signal(FACTOR_BITS)
            m.d.comb += least.eq(Mux(factor[-1], ONE, factor))
            real = Signal(product.shape())
            m.d.comb += real.eq(z * least)
            claim(m, product_of_the_operands=product == Mux(factor[-1], -real, real))
        given = Mux(dut.negate, -dut.floor, dut.floor + dut.round)
        magnitude = decayed(m, z, factor, abs(product))
        claim(
            m,
            is_the_formula=given == Mux(z < 0, -magnitude, magnitude),
            not_both=~(dut.round & dut.negate),
        )


def assume_product(m: Module, product: Value, z: Value, one: Value) -> None:
    """What is known of `z` times a factor without forming it: a fraction of z, towards zero; or all of it,
    which comes negated, if the factor is `one` or more."""
    whole = abs(z) << DECAY_BITS
    fraction = (product == 0) | (((product < 0) == (z < 0)) & (abs(product) <= whole - abs(z)))
    assume(m, Mux(one, product == -(z << DECAY_BITS), fraction))


def decayed(m: Module, z: Value, factor: Value, product: Value) -> Signal:
    """The magnitude of a decayed z, of `product` = |z| * min(factor, 1)."""
    magnitude = (product + ONE // 2) >> DECAY_BITS
    stuck = (magnitude == abs(z)) & (magnitude != 0) & (factor < ONE)
    found = Signal(len(z), name="decayed")
    m.d.comb += found.eq(magnitude - stuck)
    return found


_LINES = (
    Break("fabric/decay.py", "stuck | (half & rest.any())", "stuck | half"),
    Break("fabric/decay.py", "half & ~stuck)", "half)"),
    Break("fabric/decay.py", "differ & ~b)", "differ & b)"),
)

PROOFS = (
    Proof(
        name="decay",
        claim="A state of 12 or 24 bits becomes the nearest to |z| times its factor, halves up, but less "
        "than it was where the factor is below 1: with any number that such a product can be.",
        make=lambda: Together(Decays(12, drawn=True), Decays(24, drawn=True)),
        depth=3,
        breaks=_LINES,
    ),
    Proof(
        name="decay of 5 bits",
        claim="The same of a state of 5 bits with the product that the gateware forms, which is that of the "
        "state and its factor, at most 1.",
        make=lambda: Decays(5, drawn=False),
        depth=3,
        breaks=(
            *_LINES[:1],
            Break("fabric/decay.py", "fraction.eq(0)", "fraction.eq(1)"),
            Break("fabric/decay.py", "one.eq(self.factor[-1])", "one.eq(0)"),
        ),
    ),
)
