"""The states of the registers: what their parts do one after another."""

from dataclasses import dataclass, field

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.memory import WritePort

from . import register_file as rf
from .addressing import Addressing
from .counters import NAMES
from .limit import Limit
from .reckoner import Reckoner
from .register_file import Block
from .status_words import StatusWords
from .tally import Tally

_COUNTERS_END = rf.COUNTERS_AT + 2 * len(NAMES)


class Visit(data.StructLayout):
    """What the word at hand is visited for, a bit each.

    serving: a request, not a counter's turn or a comparison of its own. storing: a write to a register.
    of_status: a word of the status. limiting: the lower word of `run_until`, to be compared. counting: a
    counter, to be brought up to date; `upper`: its upper word. copying: an upper word goes to UPPER_AT.
    keeps: what was written is stored.
    """

    def __init__(self) -> None:
        names = ("serving", "storing", "of_status", "limiting", "counting", "upper", "copying", "keeps")
        super().__init__(dict.fromkeys(names, 1))


@dataclass
class States:
    """The machine of states in `Registers`, whose parts it drives: `add` puts it into their module.

    A word is chosen, looked at as it is now, and then compared, written or stored; a change of the epoch
    comes between, and a reply ends what is a request.
    """

    m: Module
    registers: wiring.Component
    store: WritePort
    status: StatusWords
    tally: Tally
    limit: Limit
    addressing: Addressing
    reckoner: Reckoner
    visit: data.View = field(default_factory=lambda: Signal(Visit(), name="visit"))
    short: Signal = field(init=False)
    """The complement of `further`."""
    booting: Signal = field(default_factory=lambda: Signal(init=1, name="booting"))
    """From power-on to the first restart."""
    reseed: Signal = field(default_factory=lambda: Signal(name="reseed"))
    """The generators restart at the end of this command."""
    opened: Signal = field(default_factory=lambda: Signal(name="opened"))
    """More words of this command follow."""

    def __post_init__(self) -> None:
        self.short = Signal.like(self.registers.further, reset_less=True)

    def add(self) -> None:
        """Add them to the module."""
        with self.m.FSM(init="WIPE"):
            self._choose()
            self._look()
            self._compare()
            self._write()
            self._store()
            self._reset()
            self._reply()

    def _finish(self) -> None:
        """The request is done: restart if it changed the epoch and its command ends here."""
        m = self.m
        with m.If(self.reseed & ~(self.visit.serving & self.registers.request.p.more)):
            m.d.comb += self.addressing.goes.to_seed.eq(1)
            m.next = "SEED FETCH"
        with m.Else():
            m.next = "REPLY"

    def _choose(self) -> None:
        """What is next: the comparison, a request, or a counter."""
        m, registers, visit, tally, limit = self.m, self.registers, self.visit, self.tally, self.limit
        addressing = self.addressing
        request, goes = registers.request.p, addressing.goes
        with m.State("IDLE"):
            m.d.sync += [visit.upper.eq(0), visit.copying.eq(0), visit.keeps.eq(1), visit.storing.eq(0)]
            m.next = "FETCH"
            with m.If(limit.stale):
                m.d.sync += [visit.serving.eq(0), visit.of_status.eq(0), visit.counting.eq(0)]
                m.d.sync += visit.limiting.eq(1)
                m.d.comb += goes.to_limit.eq(1)
            with m.Elif(registers.request.valid & ~tally.turn):
                of_counters, of_status = request.block == Block.COUNTERS, request.block == Block.STATUS
                m.d.sync += [
                    visit.serving.eq(1),
                    visit.storing.eq(addressing.writes),
                    visit.counting.eq(of_counters & addressing.low_half),
                    visit.of_status.eq(of_status & ~addressing.is_upper),
                ]
                m.d.comb += [goes.to_upper.eq(addressing.is_upper), goes.to_request.eq(~addressing.is_upper)]
            with m.Else():
                m.d.sync += [visit.serving.eq(0), visit.of_status.eq(0), visit.counting.eq(1)]
                m.d.comb += [tally.idle.eq(1), goes.to_counter.eq(1)]

    def _look(self) -> None:
        """The word as it is now."""
        m, visit, status, tally, reckoner = self.m, self.visit, self.status, self.tally, self.reckoner
        with m.State("FETCH"):
            m.d.comb += tally.fetch.eq(1)
            m.next = "LATCH"
        with m.State("LATCH"):
            m.d.comb += reckoner.latch.eq(1)
            m.next = "MERGE"
            with m.If(visit.counting):
                m.next = "BEHIND"
        with m.State("BEHIND"):
            m.d.comb += tally.subtract.eq(1)
            m.next = "MERGE"
        with m.State("MERGE"):
            m.d.comb += reckoner.merge.eq(1)
            with m.If(visit.counting):
                m.next = "STORE"
            with m.Elif(visit.limiting):
                m.next = "STEP"
            with m.Elif(visit.of_status & status.high_half):
                m.next = "ABOVE"
            with m.Elif(visit.storing):
                m.next = "DECIDE"
            with m.Else():
                self._finish()
        with m.State("ABOVE"):
            m.d.comb += reckoner.lifts.eq(1)
            m.next = "REPLY"

    def _compare(self) -> None:
        """The step with `run_until`, whose lower word is `fresh`."""
        m, visit, limit, reckoner = self.m, self.visit, self.limit, self.reckoner
        with m.State("STEP"):
            m.d.comb += [reckoner.latch.eq(1), reckoner.stepping.eq(1), limit.looks.eq(1)]
            m.d.sync += visit.limiting.eq(0)
            m.next = "COMPARE"
        with m.State("COMPARE"):
            m.d.comb += [reckoner.merge.eq(1), limit.adds.eq(1)]
            m.next = "COMPARED"
        with m.State("COMPARED"):  # a clock of its own: ahead of it is the adder
            m.d.comb += limit.compares.eq(1)
            m.next = "IDLE"
            with m.If(visit.serving):
                m.next = "REPLY"

    def _write(self) -> None:
        """What a write to a register does beside being stored."""
        m, registers, visit = self.m, self.registers, self.visit
        limit, addressing = self.limit, self.addressing
        reckoner, short = self.reckoner, self.short
        config, fresh, total = registers.sizes.config, reckoner.fresh, reckoner.total
        address = addressing.address
        with m.State("DECIDE"):
            m.next = "STORE"
            with m.Switch(address):
                with m.Case(rf.control_at("epoch")):
                    with m.If(~total[:32].all()):
                        m.next = "HALT"
                with m.Case(rf.control_at("event_head"), rf.control_at("spike_ack")):
                    m.d.sync += short.eq(Cat(total[: registers.reach], total[registers.reach : 32].all()))
                    m.next = "WEIGH"
                with m.Case(rf.control_at("run_until")):
                    m.d.comb += limit.written.eq(1)
                with m.Case(rf.control_at("run_until") + 1):
                    m.d.comb += [limit.written.eq(1), limit.upper_written.eq(1)]
                with m.Case(rf.control_at("pace")):
                    m.d.sync += registers.control.pace.eq(fresh - 2)
                with m.Case(rf.control_at("weight_shift")):
                    m.d.sync += registers.control.weight_shift.eq(fresh)
                    m.d.sync += registers.control.poisson.eq(fresh[rf.POISSON_BIT])
                for at in rf.learning_words(config):
                    with m.Case(at):
                        rf.load_learning(m, registers.learning, fresh, at, config)
        # What fits goes on fitting, for rings are only emptied: so it is known a clock before it is taken.
        of_events = address == rf.control_at("event_head")
        with m.State("WEIGH"):
            fits = Mux(of_events, registers.event_head_fits, registers.spike_ack_fits)
            m.d.sync += visit.keeps.eq(fits)
            m.next = "OFFSET"
        with m.State("OFFSET"):
            m.d.comb += [
                registers.take_event_head.eq(visit.keeps & of_events),
                registers.take_spike_ack.eq(visit.keeps & ~of_events),
            ]
            m.next = "STORE"

    def _store(self) -> None:
        """The word goes back; of a counter then its upper word."""
        m, visit, store, tally, reckoner = self.m, self.visit, self.store, self.tally, self.reckoner
        goes = self.addressing.goes
        with m.State("STORE"):
            m.d.comb += store.en.eq(visit.keeps)
            self._finish()
            with m.If(visit.copying):
                m.next = "IDLE"
            with m.Elif(visit.counting):
                with m.If(~visit.upper & visit.serving):
                    m.next = "REPLY"
                with m.Elif(~visit.upper & reckoner.carry):
                    m.d.sync += visit.upper.eq(1)
                    m.d.comb += goes.on.eq(1)
                    m.next = "FETCH"
                with m.Elif(visit.serving):  # once more, for the half that may be read next
                    m.d.sync += visit.copying.eq(1)
                    m.d.comb += goes.to_upper.eq(1)
                    m.next = "STORE"
                with m.Else():
                    m.d.comb += tally.visited.eq(1)
                    m.next = "IDLE"

    def _reset(self) -> None:
        """A new epoch: the core halts, registers go to 0; and with the command's end all starts again."""
        m, registers, visit = self.m, self.registers, self.visit
        store, addressing = self.store, self.addressing
        reckoner, booting, reseed = self.reckoner, self.booting, self.reseed
        address, goes = addressing.address, addressing.goes
        with m.State("HALT"):
            m.d.comb += registers.halt.eq(1)
            with m.If(registers.halted):
                m.d.comb += [registers.clear.eq(1), store.en.eq(1), goes.on.eq(1)]
                m.next = "WIPE"
        with m.State("WIPE"):  # at power-on all that can be written, at a reset what it clears
            m.d.comb += store.en.eq(1)
            with m.If((address == rf.control_at("spike_ack")) & ~booting):
                m.d.comb += goes.to_counters.eq(1)
            with m.Else():
                m.d.comb += goes.on.eq(1)
            with m.If(address == _COUNTERS_END - 1):  # one more, a word that means nothing
                m.d.sync += reseed.eq(1)
                m.next = "STORE"
        with m.State("SEED FETCH"):
            m.next = "SEED LATCH"
        with m.State("SEED LATCH"):
            m.d.comb += reckoner.latch.eq(1)
            m.next = "RESTART"
        with m.State("RESTART"):
            m.d.comb += registers.restart.eq(1)
            m.d.sync += [reseed.eq(0), booting.eq(0)]
            m.next = "RESTARTING"
        with m.State("RESTARTING"):
            with m.If(registers.restarted):
                m.next = "IDLE"
                with m.If(visit.serving):
                    m.next = "REPLY"

    def _reply(self) -> None:
        """The request is answered; what its command wrote to `run_until` holds from then on."""
        m, registers, visit, tally, limit = self.m, self.registers, self.visit, self.tally, self.limit
        addressing, reckoner, opened = self.addressing, self.reckoner, self.opened
        goes, more, reply = addressing.goes, registers.request.p.more, registers.reply
        with m.State("REPLY"):
            limits = limit.stale & addressing.writes & ~more
            m.d.comb += [
                registers.reply.valid.eq(~limits),
                registers.request.ready.eq(~limits & registers.reply.ready),
            ]
            with m.If(limits):
                m.d.comb += goes.to_limit.eq(1)
                m.d.sync += [visit.storing.eq(0), visit.limiting.eq(1)]
                m.next = "FETCH"
            with m.Elif(reply.ready):
                m.d.comb += [tally.grant.eq(1), addressing.answered.eq(1)]
                m.d.sync += opened.eq(addressing.writes & more)
                m.next = "IDLE"
                with m.If(visit.counting):
                    m.d.sync += visit.upper.eq(1)
                    m.d.comb += goes.on.eq(1)
                    m.next = "FETCH"
                with m.Elif(addressing.low_half):
                    m.d.comb += [reckoner.lifts.eq(1), goes.to_upper.eq(1)]
                    m.d.sync += visit.copying.eq(1)
                    m.next = "STORE"
