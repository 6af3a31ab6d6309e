"""Whether the next step is below `run_until`."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import STEP_BITS


class Limit(wiring.Component):
    """Knows how the comparison of the step with `run_until` came out, and when it has to be made anew.

    `Reckoner` compares, once a step and after a write: `step + ~run_until + 1` carries if the step is not
    below. If a step ran then, the next one is meant, which is not below either where the difference is -1.

    Members
    -------
    begin : In(1), running : In(1)
        See `Registers`.
    written : In(1), upper_written : In(1), fresh : In
        A word of `run_until` is written; the upper one, with these low bits.
    looks : In(1)
        The step is taken to be compared.
    adds : In(1)
        The sum is made.
    compares : In(1), over : In(1), ones : In(1)
        It is made: its carry, and whether it is -1 without it.
    clear : In(1)
        `run_until` goes to 0.
    limit : Out
        The upper word of `run_until`.
    stale : Out(1)
        It has to be compared anew.
    known : Out(1), below : Out(1)
        See `Registers`.
    """

    limit: Out(STEP_BITS - 32)
    stale: Out(1)
    known: Out(1)
    below: Out(1)
    begin: In(1)
    running: In(1)
    written: In(1)
    upper_written: In(1)
    fresh: In(STEP_BITS - 32)
    looks: In(1)
    adds: In(1)
    compares: In(1)
    over: In(1)
    ones: In(1)
    clear: In(1)

    def elaborate(self, platform):
        m = Module()
        was_running = Signal()  # when the step was looked at
        m.d.comb += self.known.eq(~self.stale & ~self.adds & ~self.compares)
        with m.If(self.looks):
            m.d.sync += [self.stale.eq(0), was_running.eq(self.running)]
        with m.If(self.compares):
            m.d.sync += self.below.eq(~self.over & ~(was_running & self.ones))
        with m.If(self.upper_written):
            m.d.sync += self.limit.eq(self.fresh)
        with m.If(self.written | self.begin):
            m.d.sync += self.stale.eq(1)
        # Here, past all other assignments, it is the reset of the registers, which costs no logic.
        with m.If(self.clear):
            m.d.sync += [self.limit.eq(0), self.below.eq(0)]
        return m
