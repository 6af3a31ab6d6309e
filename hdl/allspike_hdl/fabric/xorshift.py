"""Random numbers: parameters of a generator, which compute in software and create the hardware."""

from dataclasses import dataclass

from amaranth import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


@dataclass(frozen=True)
class Xorshift:
    """Marsaglia's generator `z ^= z << left; z ^= z >> right; z ^= z << again` (J. Stat. Softw. 8(14), 2003).

    The emulator and the tests' model write the same independently, on purpose: their equality is the proof.

    Examples
    --------
    >>> XORSHIFT32.compute(XORSHIFT32.first(0))
    270369
    """

    bits: int
    left: int
    right: int
    again: int

    def first(self, seed: int) -> int:
        """What it starts from."""
        return seed or 1

    def compute(self, z: int) -> int:
        """The number after `z`."""
        top = (1 << self.bits) - 1
        z ^= z << self.left & top
        z ^= z >> self.right
        return z ^ z << self.again & top

    def create(self) -> "Generator":
        """The hardware."""
        return Generator(self)


XORSHIFT32 = Xorshift(32, 13, 17, 5)
"""That of the model."""


class Generator(wiring.Component):
    """An `Xorshift`, a number a clock.

    Members
    -------
    seed : In(bits)
    restart : In(1)
        Start again from `seed`, or from 1 where that is 0.
    advance : In(1)
        Take the next number at the end of this clock.
    value : Out(bits)
        The number that `advance` takes: the generator after one more step. No latency.
    """

    def __init__(self, parameters: Xorshift) -> None:
        self._parameters = parameters
        bits = parameters.bits
        super().__init__({"seed": In(bits), "restart": In(1), "advance": In(1), "value": Out(bits)})

    def elaborate(self, platform):
        m = Module()
        p = self._parameters
        state = Signal(p.bits, init=p.first(0))
        first = Signal(p.bits)
        second = Signal(p.bits)
        m.d.comb += [
            first.eq(state ^ state[: -p.left].shift_left(p.left)),
            second.eq(first ^ first[p.right :]),
            self.value.eq(second ^ second[: -p.again].shift_left(p.again)),
        ]
        with m.If(self.restart):
            m.d.sync += state.eq(Mux(self.seed == 0, p.first(0), self.seed))
        with m.Elif(self.advance):
            m.d.sync += state.eq(self.value)
        return m
