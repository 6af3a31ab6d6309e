"""Small arithmetic that components share."""

from amaranth import Cat, Const, Module, Mux, Signal, Value, signed, unsigned
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


def saturate(value: Value, bound: int) -> Value:
    """`value` held within -bound to bound; as wide as a signed number of that range."""
    shape = signed(bound.bit_length() + 1)
    low, high = value < -bound, value > bound
    return Mux(high, Const(bound, shape), Mux(low, Const(-bound, shape), value))[: shape.width].as_signed()


def clamp_unsigned(value: Value, width: int) -> Value:
    """The non-negative `value` held below 2**width."""
    top = (1 << width) - 1
    return Mux(value > top, Const(top, unsigned(width)), value)[:width]


class Xorshift32(wiring.Component):
    """Marsaglia's 32-bit generator, shifts 13, 17, 5 (J. Stat. Softw. 8(14), 2003).

    Members
    -------
    seed : In(32)
    restart : In(1)
        Start again from `seed`, or from 1 where that is 0.
    advance : In(1)
        Take the next number at the end of this clock.
    value : Out(32)
        The number that `advance` takes: the generator after one more step. No latency.
    """

    seed: In(32)
    restart: In(1)
    advance: In(1)
    value: Out(32)

    def elaborate(self, platform):
        m = Module()
        state = Signal(32, init=1)
        first = Signal(32)
        second = Signal(32)
        m.d.comb += [
            first.eq(state ^ Cat(Const(0, 13), state[:19])),
            second.eq(first ^ first[17:]),
            self.value.eq(second ^ Cat(Const(0, 5), second[:27])),
        ]
        with m.If(self.restart):
            m.d.sync += state.eq(Mux(self.seed == 0, 1, self.seed))
        with m.Elif(self.advance):
            m.d.sync += state.eq(self.value)
        return m
