"""Commands that are repeated: a register that is written with what it holds stays, and nothing acts."""

from typing import Any

from amaranth import Module, Mux, Signal, Value
from amaranth.lib import data

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_hdl.fabric.pipeline import DelayLine
from allspike_hdl.fabric.target import ANY
from allspike_hdl.map import register_file as rf
from allspike_hdl.map.counters import NAMES
from allspike_hdl.map.register_file import Block
from allspike_hdl.map.register_states import Visit
from allspike_hdl.map.registers import Registers
from allspike_hdl.map.sizes import Sizes

from .harness import Harness, anything, assume, claim
from .opened import Opened
from .proof import Break, Proof

_CONFIG = Config(neurons=16, inputs=2, lanes=1, event_ring=16, spike_ring=16)
_WORDS = {
    Block.IDENTITY: dm.IDENTITY.record.size // 4,
    Block.CONTROL: dm.CONTROL.record.size // 4,
    Block.LEARNING: dm.LEARNING.record.size // 4,
    Block.STATUS: dm.STATUS.record.size // 4,
    Block.COUNTERS: 2 * len(NAMES),
}


class Repeated(Harness):
    """The registers between a host that asks anything and a core that does anything.

    Of the host it is assumed that a request stands until it is taken, names a word that there is, and is the
    next word where the one before says that its command has `more`. What the registers say themselves in
    simulation, that each counter has its turn in time, is left out: that takes hundreds of clocks.
    """

    def states(self, m: Module) -> None:
        dut = Registers(Sizes(_CONFIG), "proof")
        peek = dut._memory.read_port(domain="comb")
        opened = Opened(dut, ANY)
        m.submodules.registers = opened.fragment
        self.commanded = Signal()  # the next request is a write of the same command
        asked, valid = self._around(m, dut)
        place = Mux(asked.block == Block.CONTROL, rf.CONTROL_AT, rf.LEARNING_AT) | asked.word
        m.d.comb += peek.addr.eq(place)
        held = peek.data
        written, again = Signal(32), Signal(32)
        m.d.comb += [
            written.eq(rf.kept(rf.merged(held, asked.data, asked.mask), peek.addr, _CONFIG)),
            again.eq(rf.kept(rf.merged(written, asked.data, asked.mask), peek.addr, _CONFIG)),
        ]
        of_control = asked.block == Block.CONTROL
        writes = valid & asked.write & (of_control | (asked.block == Block.LEARNING))
        same = writes & (written == held)

        at = opened.at
        visit = data.View(Visit(), opened("visit"))
        booting, reseed = opened("booting"), opened("reseed")
        address, fresh = opened("address", "addressing"), opened("fresh", "reckoner")
        stored, taken = Signal(), dut.request.ready & valid
        with m.If(at("STORE") & visit.serving & visit.storing & ~visit.copying):
            m.d.sync += stored.eq(1)
        with m.If(taken):
            m.d.sync += stored.eq(0)
        resets = sum(at(name) for name in ("WIPE", "HALT", "SEED FETCH", "SEED LATCH", "RESTART")).any()
        settled = ~(resets | (at("STORE") & ~visit.counting & ~visit.copying))
        # A command that resets is over before a counter that it put to 0 has passed 32 bits.
        assume(m, ~(reseed & visit.counting & at("STORE") & opened("carry", "reckoner")))
        answered = visit.copying | (visit.counting & visit.upper)
        before = DelayLine(m, held)[1]
        stood = DelayLine(m, same & ~booting & ~taken, resettable=True)[1]
        takes = dut.take_event_head | dut.take_spike_ack
        is_offset = (place == rf.control_at("event_head")) | (place == rf.control_at("spike_ack"))
        of_epoch = visit.serving & visit.storing & ~visit.counting & ~visit.copying & writes & of_control
        of_epoch &= place == rf.control_at("epoch")
        claim(
            m,
            twice_is_once=~writes | (again == written),
            no_reset=~dut.halt | ~same,
            no_offset_moves=~takes | ~same | (dut.further == 0),
            offset_is_what_was_written=~takes | (dut.offset == written),
            register_stays=~stood | (held == before),
            holds_what_was_written=~(taken & writes) | same | (is_offset & ~visit.keeps),
            # What an induction has to know of the inside.
            stored_before_answered=~(at("REPLY") & visit.serving & writes) | stored,
            stored_before_it_goes_on=~(at("RESTARTING") & visit.serving & writes) | stored,
            goes_on_before_it_answers=~at("RESTARTING") | ~(answered | reseed),
            storing_serves=~visit.storing | visit.serving,
            serves_a_write=~(visit.storing & ~at("IDLE")) | writes,
            a_write_is_stored=~(visit.serving & writes & ~at("IDLE") & ~answered)
            | visit.storing
            | stored,
            replies_to_one=~at("REPLY") | (visit.serving & ~answered),
            serves_what_stands=~(visit.serving & ~at("IDLE") & ~answered) | valid,
            stored_while_served=~stored | (visit.serving & ~at("IDLE") & ~answered),
            stored_is_held=~stored | (writes & (same | (is_offset & ~visit.keeps))),
            halts_for_an_epoch=~at("HALT") | (of_epoch & (address == place) & (fresh == written)),
            wipes_for_an_epoch=~at("WIPE") | booting | (of_epoch & same),
            limits_alone=~visit.limiting
            | (
                (at("FETCH") | at("LATCH") | at("MERGE") | at("STEP"))
                & ~visit.counting
                & ~visit.storing
                & ~visit.copying
            ),
            counts_counters=~(visit.counting & ~at("IDLE"))
            | visit.copying
            | ((address >= rf.COUNTERS_AT) & (address[0] == visit.upper)),
            starts_within_its_command=~reseed
            | Mux(at("IDLE") | ~visit.serving | answered, self.commanded | ~settled, writes),
            starts_at_its_end=~(at("REPLY") & reseed) | asked.more,
            boots_first=~booting
            | ((resets | at("STORE")) & ~visit.serving & ~visit.counting & ~visit.copying),
            wipes_before_it_stores=~at("WIPE") | ~stored,
            counter_asked=~(visit.counting & visit.serving & ~at("IDLE") & ~answered)
            | (asked.block == Block.COUNTERS),
            copies_to_its_place=~visit.copying | at("IDLE") | (at("STORE") & (address == rf.UPPER_AT)),
            writes_zeros=~at("WIPE") | (fresh == 0),
            wipes_no_other=~at("WIPE") | booting
            | ((address > rf.control_at("epoch")) & (address <= rf.control_at("spike_ack")))
            | ((address >= rf.COUNTERS_AT) & (address < rf.COUNTERS_AT + 2 * len(NAMES))),
        )  # fmt: skip

    def _around(self, m: Module, dut: Registers) -> tuple[Any, Value]:
        """A host and a core; the request."""
        for name in ("begin", "running", "event_head_fits", "spike_ack_fits", "halted", "restarted"):
            m.d.comb += getattr(dut, name).eq(anything(m, 1, name))
        for name in ("status", "counted"):
            signal = getattr(dut, name)
            m.d.comb += Value.cast(signal).eq(anything(m, len(Value.cast(signal)), name))
        m.d.comb += dut.reply.ready.eq(anything(m, 1, "ready"))
        valid, asked = anything(m, 1, "valid"), anything(m, dut.request.p.shape(), "asked")
        m.d.comb += [dut.request.valid.eq(valid), dut.request.p.eq(asked)]
        waits = DelayLine(m, valid & ~dut.request.ready, resettable=True)[1]
        assume(m, ~waits | (valid & (Value.cast(asked) == DelayLine(m, Value.cast(asked))[1])))
        last, follows = Signal.like(asked), Signal()
        with m.If(valid & dut.request.ready):
            m.d.sync += [last.eq(asked), follows.eq(asked.more)]
        same_command = (
            (asked.block == last.block) & (asked.write == last.write) & (asked.word == last.word + 1)
        )
        assume(m, ~(valid & follows) | same_command)
        m.d.comb += self.commanded.eq(
            follows & last.write & ((last.block == Block.CONTROL) | (last.block == Block.LEARNING))
        )
        for block, words in _WORDS.items():
            assume(m, (asked.block != block) | (asked.word < words))
        return asked, valid


PROOFS = (
    Proof(
        name="repeated writes",
        claim="A register holds what was written to it; written again it stays, an epoch resets nothing, and "
        "an offset of a ring does not move: a repeated command has the effect of one.",
        make=Repeated,
        depth=9,
        breaks=(
            Break("map/register_states.py", "with m.If(~total[:32].all()):", "with m.If(1):"),
            Break("map/register_states.py", "store.en.eq(visit.keeps)", "store.en.eq(0)"),
            Break("map/register_file.py", "old.word_select(k, 8)) for", "~old.word_select(k, 8)) for"),
            Break("map/reckoner.py", "~Cat(fresh, self.limit)", "Cat(fresh, self.limit)"),
            Break("map/addressing.py", "rf.COUNTERS_AT + Cat(0, ", "rf.LEARNING_AT + Cat(0, "),
        ),
    ),
)
