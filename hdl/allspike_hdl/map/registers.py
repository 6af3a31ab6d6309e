"""The registers: identity, control, learning, status and counters."""

from amaranth import Cat, Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm

from ..fabric.read_port import ATTRIBUTES, read_port
from . import register_file as rf
from .counters import NAMES, Counted, Counters
from .register_file import Block, Control, Learning, RegisterRequest, Status
from .rings import WORD_SHIFT, offset_bits
from .sizes import Sizes
from .status_words import StatusWords

_COUNTERS_END = rf.COUNTERS_AT + 2 * len(NAMES)


class Registers(wiring.Component):
    """Reads and writes the registers, word by word.

    All that can be read lies in one memory of 32-bit words, what is written in the form in which it is kept:
    registers that the core watches are copies of it. Between requests the words of one counter after the
    other take what `Counters` has for them, so that a counter is as wide as the map says.

    A write to the control record acts with the last word of its command (`more` low). When it changes the
    epoch, the core finishes its step, its words discarded; then time, offsets, `run_until` and counters go to
    0, the other words of the command are taken, and the generators start from the seed that stands there
    then. The upper half of a u8 of status or counters that is read directly after the lower half belongs to
    it.

    One adder brings counters up to date, finds the rings' own offsets from those of the host, the marker from
    the step, and how far the host moves an offset: `old + ~fresh` is the complement of `fresh - old`. Once a
    step, and after a write to `run_until`, it compares the two: `step + ~run_until + 1` carries if the step
    is not below.

    Members
    -------
    request : In(stream of RegisterRequest), reply : Out(stream of 32 bits)
        A request is taken when its reply is. Latency 2 to 7 clocks, and up to 29 more if counters have
        just their turn or a step has just begun; 6 more at the end of a command that writes to `run_until`; a
        change of the epoch takes a step, and what starting again takes.
    control : Out(Control), learning : Out(Learning)
        What the core watches.
    closed : Out(1)
        No command that writes to the control record is half done.
    status : In(Status)
    begin : In(1), running : In(1)
        A step begins in this clock; it has begun and not yet made way for the next.
    known : Out(1), below : Out(1)
        The step that may begin next is below `run_until`, once that is `known`. Takes up to 25 clocks from
        `begin`.
    offset : Out(32), further : Out(32), take_event_head, take_spike_ack : Out(1), event_head_fits,
    spike_ack_fits : In(1)
        A new offset for a ring, and how far it lies past the one before (the highest bit stands for all bits
        beyond the others); the ring takes it if it says that it can be true.
    halt : Out(1), halted : In(1)
        The epoch changes: the core is to end its step, and stands still.
    clear : Out(1)
        Time, offsets and counters go to 0 in this clock.
    restart : Out(1), seed : Out(32), restarted : In(1)
        State and generators start again, from the seed, which stays until they have.
    counted : In(Counted)
        What happens in this clock.
    """

    def __init__(self, sizes: Sizes, build: str) -> None:
        self._sizes = sizes
        rings = (sizes.config.event_ring, sizes.config.spike_ring)
        self._reach = max(offset_bits(size // dm.RING_WORD) for size in rings) + WORD_SHIFT
        self._memory = Memory(
            shape=32,
            depth=rf.FILE_WORDS,
            init=rf.identity_words(sizes.config, build),
            attrs=ATTRIBUTES,
        )
        super().__init__(
            {
                "request": In(stream.Signature(RegisterRequest())),
                "reply": Out(stream.Signature(32)),
                "control": Out(Control(), init={"pace": -(1 << 32)}),
                "learning": Out(Learning(sizes.config)),
                "closed": Out(1),
                "status": In(Status(sizes.config)),
                "begin": In(1),
                "running": In(1),
                "known": Out(1),
                "below": Out(1),
                "offset": Out(32),
                "further": Out(self._reach + 1),
                "take_event_head": Out(1),
                "take_spike_ack": Out(1),
                "event_head_fits": In(1),
                "spike_ack_fits": In(1),
                "halt": Out(1),
                "halted": In(1),
                "clear": Out(1),
                "restart": Out(1),
                "seed": Out(32),
                "restarted": In(1),
                "counted": In(Counted(sizes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._sizes.config
        request = self.request.p
        m.submodules.memory = memory = self._memory
        read, store = read_port(m, memory, "file"), memory.write_port()  # no state reads and writes
        m.submodules.counters = counters = Counters(self._sizes)
        m.submodules.status = status = StatusWords(self._sizes)

        address = Signal(range(rf.FILE_WORDS), init=rf.CONTROL_AT)
        old = Signal(32)
        fresh = Signal(32)
        carry = Signal()
        of_status = Signal()
        of_step = Signal()  # a u8 of the status
        between = Signal.like(status.between)  # to add for a word of the status
        one = Signal()  # the same
        short = Signal.like(self.further, reset_less=True)  # its complement
        measuring = Signal()  # how far an offset moves, or the step is from `run_until`
        limit = Signal(dm.STEP_BITS - 32)  # the upper half of `run_until`
        limiting = Signal()  # the lower half is fetched
        was_running = Signal()  # when the step was looked at
        stale = Signal()  # `below` has to be found anew
        now = Signal.like(counters.now)
        updates = Signal()
        above = Signal(dm.STEP_BITS - 32)  # the upper half of a u8 of the status
        booting = Signal(init=1)  # from power-on to the first restart
        reseed = Signal()  # the generators restart at the end of this command
        opened = Signal()  # more words of this command follow
        serving = Signal()  # a request, not a counter's turn
        storing = Signal()  # a write to a register
        lifts = Signal()  # `above` becomes `fresh`
        keeps = Signal()  # what was written is stored
        tally = Signal()  # add to a counter
        upper = Signal()  # its upper half
        copying = Signal()  # to UPPER_AT
        turn = Signal()  # counters are next, up to four
        visit = Signal(range(len(NAMES)))
        paired = Signal()  # UPPER_AT belongs to the u8 at `half`
        half = Signal(Cat(request.block, request.word[1:]).shape())

        place = Signal.like(address)
        # Where the address goes, if anywhere.
        to_place, to_limit, to_visit, to_copy, to_seed, to_counters, on = (
            Signal(name=name)
            for name in ("to_place", "to_limit", "to_visit", "to_copy", "to_seed", "to_counters", "on")
        )
        low_half = Signal()
        with m.Switch(request.block):
            with m.Case(Block.IDENTITY):
                m.d.comb += place.eq(rf.IDENTITY_AT | request.word)
            with m.Case(Block.CONTROL):
                m.d.comb += place.eq(rf.CONTROL_AT | request.word)
            with m.Case(Block.LEARNING):
                m.d.comb += place.eq(rf.LEARNING_AT | request.word)
            with m.Case(Block.STATUS):
                m.d.comb += [place.eq(status.base), low_half.eq(status.low_half & ~request.write)]
            with m.Case(Block.COUNTERS):
                m.d.comb += place.eq(rf.COUNTERS_AT | request.word)
                m.d.comb += low_half.eq(~request.word[0] & ~request.write)
        writes = request.block == Block.CONTROL
        if config.plasticity:
            writes |= request.block == Block.LEARNING
        writes &= request.write
        is_upper = paired & ~request.write & request.word[0]
        is_upper &= half == Cat(request.block, request.word[1:])

        normal = Signal(32)
        m.d.comb += normal.eq(rf.kept(rf.merged(old, request.data, request.mask), address, config))

        behind = Mux(upper, carry, now)
        addend = Signal(signed(dm.STEP_BITS))
        m.d.comb += addend.eq(Mux(measuring, ~Cat(fresh, limit), Mux(tally, behind, between)))
        total = (Cat(one, old, above) + Cat(one, addend.as_unsigned()))[1:]
        m.d.comb += [
            read.addr.eq(address),
            store.addr.eq(address),
            store.data.eq(fresh),
            status.status.eq(self.status),
            status.select.eq(request.word),
            counters.counted.eq(self.counted),
            counters.clear.eq(self.clear),
            counters.select.eq(Mux(serving, request.word[1:], visit)),
            self.offset.eq(fresh),
            self.further.eq(~short),
            self.seed.eq(old),
            self.reply.p.eq(fresh),
            of_step.eq(of_status & (status.low_half | status.high_half)),
            self.closed.eq(~opened & ~(self.request.valid & writes & (request.block == Block.CONTROL))),
        ]

        def finish() -> None:
            """The request is done: restart if it changed the epoch and its command ends here."""
            with m.If(reseed & ~(serving & request.more)):
                m.d.comb += to_seed.eq(1)
                m.next = "SEED FETCH"
            with m.Else():
                m.next = "REPLY"

        with m.FSM(init="WIPE") as fsm:
            with m.State("IDLE"):
                m.d.sync += [upper.eq(0), copying.eq(0), keeps.eq(1)]
                m.d.sync += storing.eq(0)
                with m.If(stale):
                    m.d.sync += [serving.eq(0), of_status.eq(0), tally.eq(0), limiting.eq(1)]
                    m.d.comb += to_limit.eq(1)
                    m.next = "FETCH"
                with m.Elif(self.request.valid & ~turn):
                    m.d.sync += [serving.eq(1), storing.eq(writes)]
                    m.d.comb += [to_copy.eq(is_upper), to_place.eq(~is_upper)]
                    m.d.sync += tally.eq((request.block == Block.COUNTERS) & low_half)
                    m.next = "FETCH"
                    m.d.sync += of_status.eq((request.block == Block.STATUS) & ~is_upper)
                with m.Else():
                    m.d.sync += [serving.eq(0), of_status.eq(0), tally.eq(1)]
                    m.d.sync += turn.eq(turn & ~visit[:2].all())
                    m.d.comb += to_visit.eq(1)
                    m.next = "FETCH"
            with m.State("FETCH"):
                m.d.sync += [now.eq(counters.now), updates.eq(counters.updates)]
                m.next = "LATCH"
            with m.State("LATCH"):
                m.next = "MERGE"
                with m.If(tally):
                    m.next = "BEHIND"
            with m.State("BEHIND"):  # a clock of its own: behind this subtraction is the adder
                m.d.sync += now.eq(counters.behind(old, now, updates))
                m.next = "MERGE"
            with m.State("MERGE"):
                with m.If(tally):
                    m.next = "STORE"
                with m.Elif(limiting):
                    m.next = "STEP"
                with m.Elif(of_status & status.high_half):
                    m.next = "ABOVE"
                with m.Elif(storing):
                    m.next = "DECIDE"
                with m.Else():
                    finish()
            with m.State("ABOVE"):
                m.d.comb += lifts.eq(1)
                m.next = "REPLY"
            with m.State("STEP"):
                m.d.sync += [limiting.eq(0), stale.eq(0)]
                m.next = "COMPARE"
            with m.State("COMPARE"):
                m.d.comb += measuring.eq(1)
                last = was_running & total[:-1].all()  # the difference is -1
                m.d.sync += self.below.eq(~total[-1] & ~last)
                m.next = "IDLE"
                with m.If(serving):
                    m.next = "REPLY"
            with m.State("DECIDE"):
                m.next = "STORE"
                with m.Switch(address):
                    with m.Case(rf.control_at("epoch")):
                        m.d.comb += measuring.eq(1)
                        with m.If(~total[:32].all()):
                            m.next = "HALT"
                    with m.Case(rf.control_at("event_head"), rf.control_at("spike_ack")):
                        m.d.comb += measuring.eq(1)
                        m.d.sync += short.eq(Cat(total[: self._reach], total[self._reach : 32].all()))
                        m.next = "OFFSET"
                    with m.Case(rf.control_at("run_until")):
                        m.d.sync += stale.eq(1)
                    with m.Case(rf.control_at("run_until") + 1):
                        m.d.sync += [stale.eq(1), limit.eq(fresh)]
                    with m.Case(rf.control_at("pace")):
                        m.d.sync += self.control.pace.eq(fresh - 2)
                    with m.Case(rf.control_at("weight_shift")):
                        m.d.sync += self.control.weight_shift.eq(fresh)
                        m.d.sync += self.control.poisson.eq(fresh[rf.POISSON_BIT])
                    for at in rf.learning_words(config):
                        with m.Case(at):
                            rf.load_learning(m, self.learning, fresh, at, config)
            with m.State("OFFSET"):
                with m.If(address == rf.control_at("event_head")):
                    m.d.comb += self.take_event_head.eq(self.event_head_fits)
                    m.d.sync += keeps.eq(self.event_head_fits)
                with m.Else():
                    m.d.comb += self.take_spike_ack.eq(self.spike_ack_fits)
                    m.d.sync += keeps.eq(self.spike_ack_fits)
                m.next = "STORE"
            with m.State("STORE"):
                m.d.comb += store.en.eq(keeps)
                finish()
                with m.If(copying):
                    m.next = "IDLE"
                with m.Elif(tally):
                    with m.If(~upper & serving):
                        m.next = "REPLY"
                    with m.Elif(~upper & carry):
                        m.d.sync += upper.eq(1)
                        m.d.comb += on.eq(1)
                        m.next = "FETCH"
                    with m.Elif(serving):  # once more, for the half that may be read next
                        m.d.sync += copying.eq(1)
                        m.d.comb += to_copy.eq(1)
                        m.next = "STORE"
                    with m.Else():
                        m.d.sync += visit.eq(Mux(visit == len(NAMES) - 1, 0, visit + 1))
                        m.next = "IDLE"
            with m.State("HALT"):
                m.d.comb += self.halt.eq(1)
                with m.If(self.halted):
                    m.d.comb += [self.clear.eq(1), store.en.eq(1), on.eq(1)]
                    m.next = "WIPE"
            with m.State("WIPE"):  # at power-on all that can be written, at a reset what it clears
                m.d.comb += store.en.eq(1)
                with m.If((address == rf.control_at("spike_ack")) & ~booting):
                    m.d.comb += to_counters.eq(1)
                with m.Else():
                    m.d.comb += on.eq(1)
                with m.If(address == _COUNTERS_END - 1):  # one more, a word that means nothing
                    m.d.sync += reseed.eq(1)
                    m.next = "STORE"
            with m.State("SEED FETCH"):
                m.next = "SEED LATCH"
            with m.State("SEED LATCH"):
                m.next = "RESTART"
            with m.State("RESTART"):
                m.d.comb += self.restart.eq(1)
                m.d.sync += [reseed.eq(0), booting.eq(0)]
                m.next = "RESTARTING"
            with m.State("RESTARTING"):
                with m.If(self.restarted):
                    m.next = "IDLE"
                    with m.If(serving):
                        m.next = "REPLY"
            with m.State("REPLY"):
                limits = stale & writes & ~request.more  # what the command wrote holds from its reply on
                m.d.comb += [self.reply.valid.eq(~limits), self.request.ready.eq(~limits & self.reply.ready)]
                with m.If(limits):
                    m.d.comb += to_limit.eq(1)
                    m.d.sync += [storing.eq(0), limiting.eq(1)]
                    m.next = "FETCH"
                with m.Elif(self.reply.ready):
                    m.d.sync += [turn.eq(1), opened.eq(writes & request.more)]
                    m.d.sync += [paired.eq(low_half), half.eq(Cat(request.block, request.word[1:]))]
                    m.next = "IDLE"
                    with m.If(tally):
                        m.d.sync += upper.eq(1)
                        m.d.comb += on.eq(1)
                        m.next = "FETCH"
                    with m.Elif(low_half):
                        m.d.comb += [lifts.eq(1), to_copy.eq(1)]
                        m.d.sync += copying.eq(1)
                        m.next = "STORE"
        # Address and words apart from the states: so each bit has the lookup tables that it needs.
        for goes, where in (
            (on, address + 1),
            (to_place, place),
            (to_visit, rf.COUNTERS_AT + Cat(0, visit)),
            (to_limit, rf.control_at("run_until")),
            (to_copy, rf.UPPER_AT),
            (to_seed, rf.control_at("seed")),
            (to_counters, rf.COUNTERS_AT),
        ):
            with m.If(goes):
                m.d.sync += address.eq(where)
        stepping = fsm.ongoing("STEP")
        with m.If(fsm.ongoing("LATCH") | fsm.ongoing("SEED LATCH") | stepping):
            m.d.sync += [
                Cat(old, above).eq(Mux(stepping | of_step, self.status.step, read.data)),
                between.eq(Mux(of_status, status.between, 0)),
                one.eq(stepping | (of_status & status.one)),
                was_running.eq(self.running),
            ]
        with m.If(fsm.ongoing("MERGE")):
            m.d.sync += [Cat(fresh, above).eq(total), carry.eq(total[32])]
            with m.If(storing):
                m.d.sync += fresh.eq(normal)
        with m.Elif(lifts):
            m.d.sync += fresh.eq(above)
        m.d.comb += self.known.eq(~stale & ~fsm.ongoing("COMPARE"))
        with m.If(self.begin):
            m.d.sync += stale.eq(1)
        # Here, past all other assignments, it is the reset of the registers, which costs no logic.
        with m.If(self.clear):
            m.d.sync += [fresh.eq(0), limit.eq(0), self.below.eq(0)]
        return m
