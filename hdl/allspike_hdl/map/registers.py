"""The registers: identity, control, learning, status and counters."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm

from ..fabric.read_port import ATTRIBUTES, read_port
from ..fabric.target import Target
from . import register_file as rf
from .addressing import Addressing
from .counters import NAMES, Counted
from .limit import Limit
from .reckoner import Reckoner
from .register_file import Block, Control, Learning, RegisterRequest, Status
from .register_states import States
from .rings import WORD_SHIFT, offset_bits
from .sizes import Sizes
from .status_words import StatusWords
from .tally import Tally

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

    `Addressing` points at the word, `Reckoner` is the adder that all have in common, `Limit` knows whether
    the next step is below `run_until`, `Tally` whose turn the counters have; `States` is what they do one
    after another.

    Members
    -------
    request : In(stream of RegisterRequest), reply : Out(stream of 32 bits)
        A request is taken when its reply is. Latency 2 to 8 clocks, and up to 29 more if counters have
        just their turn or a step has just begun; 7 more at the end of a command that writes to `run_until`; a
        change of the epoch takes a step, and what starting again takes.
    control : Out(Control), learning : Out(Learning)
        What the core watches.
    closed : Out(1)
        No command that writes to the control record is half done.
    status : In(Status)
    begin : In(1), running : In(1)
        A step begins in this clock; it has begun and not yet made way for the next.
    known : Out(1), below : Out(1)
        The step that may begin next is below `run_until`, once that is `known`. Takes up to 26 clocks from
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
        self.sizes = sizes
        rings = (sizes.config.event_ring, sizes.config.spike_ring)
        self.reach = max(offset_bits(size // dm.RING_WORD) for size in rings) + WORD_SHIFT
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
                "control": Out(Control(sizes.config), init={"pace": -(1 << 32)}),
                "learning": Out(Learning(sizes.config)),
                "closed": Out(1),
                "status": In(Status(sizes.config)),
                "begin": In(1),
                "running": In(1),
                "known": Out(1),
                "below": Out(1),
                "offset": Out(32),
                "further": Out(self.reach + 1),
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
        config, request = self.sizes.config, self.request.p
        m.submodules.memory = memory = self._memory
        store = memory.write_port()
        read = read_port(m, memory, store, "file", Target.of(platform))  # no state reads and writes
        m.submodules.status = status = StatusWords(self.sizes)
        m.submodules.tally = tally = Tally(self.sizes)
        m.submodules.limit = limit = Limit()
        m.submodules.addressing = addressing = Addressing(config)
        m.submodules.reckoner = reckoner = Reckoner(
            between_bits=len(status.between), behind_bits=len(tally.behind)
        )
        states = States(m, self, store, status, tally, limit, addressing, reckoner)
        visit = states.visit
        address, fresh = addressing.address, reckoner.fresh

        m.d.comb += [
            status.status.eq(self.status),
            status.select.eq(request.word),
            tally.counted.eq(self.counted),
            tally.clear.eq(self.clear),
            tally.serving.eq(visit.serving),
            tally.word.eq(request.word[1:]),
            tally.old.eq(reckoner.old),
            limit.begin.eq(self.begin),
            limit.running.eq(self.running),
            limit.fresh.eq(fresh),
            limit.over.eq(reckoner.over),
            limit.ones.eq(reckoner.ones),
            limit.clear.eq(self.clear),
            addressing.request.eq(request),
            addressing.base.eq(status.base),
            addressing.status_low.eq(status.low_half),
            addressing.counter.eq(tally.visit),
            reckoner.word.eq(read.data),
            reckoner.step.eq(self.status.step),
            reckoner.between.eq(status.between),
            reckoner.one.eq(status.one),
            reckoner.of_status.eq(visit.of_status),
            reckoner.of_step.eq(visit.of_status & (status.low_half | status.high_half)),
            reckoner.storing.eq(visit.storing),
            reckoner.kept.eq(rf.kept(rf.merged(reckoner.old, request.data, request.mask), address, config)),
            reckoner.clear.eq(self.clear),
            reckoner.tally.eq(visit.counting),
            reckoner.upper.eq(visit.upper),
            reckoner.behind.eq(tally.behind),
            reckoner.limit.eq(limit.limit),
            read.addr.eq(address),
            store.addr.eq(address),
            store.data.eq(fresh),
            self.offset.eq(fresh),
            self.further.eq(~states.short),
            self.seed.eq(reckoner.old),
            self.reply.p.eq(fresh),
            self.known.eq(limit.known),
            self.below.eq(limit.below),
            self.closed.eq(
                ~states.opened & ~(self.request.valid & addressing.writes & (request.block == Block.CONTROL))
            ),
        ]
        states.add()
        return m
