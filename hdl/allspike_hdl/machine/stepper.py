"""Emulated time: which step it is, when the next may begin, and when the datapath stands still."""

from amaranth import Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import STEP_BITS, State

from .pacer import Pacer


class Stepper(wiring.Component):
    """Lets steps begin while they are below `run_until`, at their pace, and counts them.

    Members
    -------
    below : In(1), known : In(1)
        The next step is below `run_until`, once that is `known`: see `Registers`.
    pace : In(signed(33))
        See `Pacer`.
    enable : In(1)
        A step may begin.
    step : Out
        The step that runs, or runs next.
    state : Out(State)
    running : Out(1)
        A step runs.
    idle : In(1), busy : In(1)
        No step runs; the datapath is at work, apart from steps.
    begin : Out(1)
        While idle: a step begins.
    ended : In(1)
        It ends in this clock.
    full : In(1)
        The step stands still for want of room for spikes.
    halt : In(1), halted : Out(1)
        No step is to begin; in the clock before, none was to, none ran, and the datapath was done.
    clear : In(1)
        Step 0 is next. Only while halted.
    restart : In(1), restarted : Out(1)
        The datapath was told to start again, and has done so.
    hold : In(1), held : Out(1)
        Stand still at the end of a step, or where there is no room for spikes; the memories belong to the
        host while both are high, the second a clock after it came true.
    late : Out(1)
        With `begin`: it begins late.
    """

    below: In(1)
    known: In(1)
    pace: In(signed(33))
    enable: In(1)
    step: Out(STEP_BITS)
    state: Out(max(State).bit_length())
    running: Out(1)
    idle: In(1)
    busy: In(1)
    begin: Out(1)
    ended: In(1)
    full: In(1)
    halt: In(1)
    halted: Out(1)
    clear: In(1)
    restart: In(1)
    restarted: Out(1)
    hold: In(1)
    held: Out(1)
    late: Out(1)

    def elaborate(self, platform):
        m = Module()
        m.submodules.pacer = pacer = Pacer()
        booting = Signal(init=1)  # until the first restart
        restarting = Signal(init=1)
        waits = Signal()  # a step is to begin
        m.d.sync += [
            self.halted.eq(self.halt & self.idle & ~self.busy),
            self.held.eq(self.hold & (self.idle | self.full) & ~self.busy & ~restarting),
        ]
        runs = ~self.idle | ~self.known | self.below
        m.d.comb += [
            waits.eq(
                self.idle & self.known & self.below & self.enable & ~self.halt & ~self.hold & ~restarting
            ),
            pacer.pace.eq(self.pace),
            pacer.waiting.eq(waits),
            pacer.standing.eq(self.idle & self.known & ~self.below),
            pacer.begin.eq(self.begin),
            self.begin.eq(waits & pacer.due),
            self.late.eq(pacer.late),
            self.running.eq(~self.idle),
            self.restarted.eq(~restarting),
            self.state.eq(
                Mux(runs | restarting, int(State.RUNNING), 0) | Mux(self.full, int(State.STALLED), 0)
            ),
        ]
        with m.If(self.restart):
            m.d.sync += [restarting.eq(1), booting.eq(0)]
        with m.Elif(~self.busy & ~booting):
            m.d.sync += restarting.eq(0)
        with m.If(self.ended):
            m.d.sync += self.step.eq(self.step + 1)
        with m.If(self.clear):
            m.d.sync += self.step.eq(0)
        return m
