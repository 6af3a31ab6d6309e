"""The status record, word by word."""

from amaranth import Module, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm

from . import register_file as rf
from .regions import WORD
from .register_file import Status
from .rings import WORD_SHIFT
from .sizes import Sizes, bits_for

_OFFSETS = {"event_tail": "event_head", "spike_head": "spike_ack"}
"""Offsets that are kept as what lies between them and one of the control record."""
_WORDS = dm.STATUS.record.size // WORD


class StatusWords(wiring.Component):
    """Finds a word of the status record: from the step, or from a word in memory, and something to add.

    No latency.

    Members
    -------
    status : In(Status)
    select : In(range(words))
    low_half, high_half : Out(1)
        The word is the lower half of a u8, the upper, which follows from the step.
    base : Out
        Otherwise: the place of the word from which it follows.
    between : Out(signed), one : Out(1)
        What to add to either.
    """

    def __init__(self, sizes: Sizes) -> None:
        status = Status(sizes.config)
        distance = max(status[name].width for name in _OFFSETS)
        super().__init__(
            {
                "status": In(status),
                "select": In(bits_for(_WORDS)),
                "low_half": Out(1),
                "high_half": Out(1),
                "base": Out(range(rf.FILE_WORDS)),
                "between": Out(signed(max(distance + 1 + WORD_SHIFT, status["marker"].width))),
                "one": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        status = self.status
        pair, upper = self.select[1:], self.select[0]
        of_marker = pair == rf.status_word("marker") // 2
        of_u8 = of_marker | (pair == rf.status_word("step") // 2)
        m.d.comb += [
            self.low_half.eq(~upper & of_u8),
            self.high_half.eq(upper & of_u8),
            self.base.eq(rf.control_at("epoch")),
            self.one.eq(of_marker),
        ]
        with m.If(of_marker):
            m.d.comb += self.between.eq(status.marker)
        with m.If(self.select == rf.status_word("state")):
            m.d.comb += [self.base.eq(rf.ZERO_AT), self.between.eq(status.state)]
        for name, base in _OFFSETS.items():
            with m.If(self.select == rf.status_word(name)):
                m.d.comb += [
                    self.base.eq(rf.control_at(base)),
                    self.between.eq(status[name] << WORD_SHIFT),
                ]
        return m
