"""The status record, word by word."""

from amaranth import Module, Mux, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike import device_map as dm

from . import register_file as rf
from .event_ring import WORD_SHIFT
from .register_file import Status
from .sizes import Sizes, bits_for

_OFFSETS = {"event_tail": "event_head", "spike_head": "spike_ack"}
"""Offsets that are kept as what lies between them and one of the control record."""
_WORDS = dm.STATUS_LAYOUT.size // rf.WORD


class StatusWords(wiring.Component):
    """Finds a word of the status record: as it is now, or from a register of the control record.

    No latency.

    Members
    -------
    status : In(Status)
    select : In(range(words))
    watched : Out(1)
        The word is `word`, and is in no memory.
    word : Out(32)
    above : Out
        Of a u8, the upper word.
    low_half : Out(1)
        The word is the lower half of a u8.
    base : Out, between : Out(signed)
        Of a word that is not watched: the register from which it follows, and what to add to it.
    """

    def __init__(self, sizes: Sizes) -> None:
        status = Status(sizes.config)
        distance = max(status[name].width for name in _OFFSETS)
        super().__init__(
            {
                "status": In(status),
                "select": In(bits_for(_WORDS)),
                "watched": Out(1),
                "word": Out(32),
                "above": Out(dm.STEP_BITS - 32),
                "low_half": Out(1),
                "base": Out(range(rf.FILE_WORDS)),
                "between": Out(signed(distance + 1 + WORD_SHIFT)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        status = self.status
        # Beside what is watched lies the state, at the place of an upper half, ahead of the others.
        pair, upper = self.select[1:], self.select[0]
        of_marker = pair >= rf.status_word("marker") // 2
        of_step = pair >= rf.status_word("step") // 2
        both = Mux(of_marker, status.marker, status.step)
        m.d.comb += [
            self.watched.eq(1),
            self.above.eq(both[32:]),
            self.word.eq(Mux(upper, Mux(of_step, both[32:], status.state), both[:32])),
            self.low_half.eq(~upper & self.watched),
            self.base.eq(rf.control_at("epoch")),
        ]
        with m.If(self.select == rf.status_word("epoch")):
            m.d.comb += self.watched.eq(0)
        for name, base in _OFFSETS.items():
            with m.If(self.select == rf.status_word(name)):
                m.d.comb += [
                    self.watched.eq(0),
                    self.base.eq(rf.control_at(base)),
                    self.between.eq(status[name] << WORD_SHIFT),
                ]
        return m
