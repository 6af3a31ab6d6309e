"""Real time: when a step may begin, and whether it is late."""

from amaranth import Cat, Module, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..fabric.counting import minus_one_if

_OWED_BITS = 8


class Pacer(wiring.Component):
    """Gives out a slot every `pace` clocks; a step takes one.

    The first step after the core stood still begins at once, and slot k comes `k * pace` clocks after it. A
    core that falls behind catches up, for at most 255 slots.

    Members
    -------
    pace : In(signed(33))
        2 less than the clocks a step; even and below 0: steps may always begin, and none is late.
    waiting : In(1)
        A step would begin now.
    standing : In(1)
        There is no step to begin: the schedule starts anew.
    begin : In(1)
        It begins.
    due : Out(1)
        It may.
    late : Out(1)
        With `begin`: its slot came while the core was busy.
    """

    pace: In(signed(33))
    waiting: In(1)
    standing: In(1)
    begin: In(1)
    due: Out(1)
    late: Out(1)

    def elaborate(self, platform):
        m = Module()
        left = Signal(signed(33))  # down to -1, in the clock before a slot
        owed = Signal(_OWED_BITS)
        waited = Signal()
        started = Signal()
        tick = Signal()
        paced = ~self.pace[-1] | self.pace[0]
        counts = Signal()
        more = Signal()
        less = Signal()
        m.d.comb += [
            tick.eq(started & left[-1]),
            counts.eq(started & ~left[-1]),
            more.eq(tick & ~(self.begin & owed.any()) & ~owed.all()),
            less.eq(self.begin & ~tick & owed.any()),
            self.due.eq(~paced | ~started | owed.any()),
            self.late.eq(self.begin & paced & started & ~waited),
        ]
        m.d.sync += waited.eq(self.waiting & ~self.begin)
        with m.If(counts):
            m.d.sync += left.eq(minus_one_if(counts, left))
        with m.Else():
            m.d.sync += left.eq(self.pace)
        with m.If(more | less):
            m.d.sync += owed.eq(owed + Cat(1, less.replicate(_OWED_BITS - 1)))
        with m.If(self.begin):
            m.d.sync += started.eq(1)
        with m.If(self.standing | ~paced):
            m.d.sync += [started.eq(0), owed.eq(0)]
        return m
