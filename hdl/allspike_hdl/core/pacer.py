"""Real time: when a step may begin, and whether it is late."""

from amaranth import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

_OWED_BITS = 8


class Pacer(wiring.Component):
    """Gives out a slot every `pace` clocks; a step takes one.

    The first step after the core stood still begins at once, and slot k comes `k * pace` clocks after it. A
    core that falls behind catches up, for at most 255 slots.

    Members
    -------
    pace : In(32)
        Clocks a step; 0: steps may always begin, and none is late.
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

    pace: In(32)
    waiting: In(1)
    standing: In(1)
    begin: In(1)
    due: Out(1)
    late: Out(1)

    def elaborate(self, platform):
        m = Module()
        # The complement of the clocks to the next slot, less one: to count up costs no logic.
        passed = Signal(32)
        owed = Signal(_OWED_BITS)
        waited = Signal()
        started = Signal()
        tick = Signal()
        paced = self.pace != 0
        m.d.comb += [
            tick.eq(started & passed.all()),
            self.due.eq(~paced | ~started | owed.any()),
            self.late.eq(self.begin & paced & started & ~waited),
        ]
        m.d.sync += waited.eq(self.waiting & ~self.begin)
        m.d.sync += passed.eq(Mux(tick | ~started, ~self.pace, passed) + 1)
        with m.If(tick & ~(self.begin & owed.any()) & ~owed.all()):
            m.d.sync += owed.eq(owed + 1)
        with m.Elif(self.begin & ~tick & owed.any()):
            m.d.sync += owed.eq(owed - 1)
        with m.If(self.begin):
            m.d.sync += started.eq(1)
        with m.If(self.standing | ~paced):
            m.d.sync += [started.eq(0), owed.eq(0)]
        return m
