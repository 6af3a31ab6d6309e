"""Counters: small ones that see every clock, from which words in memory are brought up to date."""

from functools import reduce
from operator import or_

from amaranth import Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import COUNTERS

from .sizes import Sizes, bits_for

NAMES = tuple(field.name for field in COUNTERS.record.fields)
"""The counters in the order of the memory map."""

LOCAL_BITS = 8
"""Clocks between two visits to a counter must stay below 2**LOCAL_BITS: see `Registers`, where a visit takes
6 clocks, at most one request, of up to 14, comes to four of them, and short steps are compared in between."""


class Counted(data.StructLayout):
    """What happened in this clock: how much to add to each counter, a bit but for `updates`."""

    def __init__(self, sizes: Sizes) -> None:
        widths = dict.fromkeys(NAMES, 1) | {"updates": sizes.config.lanes.bit_length()}
        super().__init__(widths)


class Counters(wiring.Component):
    """How far a word in memory is behind its counter.

    Wide counters would cost more logic than the rest of the control, so that these hold the low bits of each
    counter alone; `Registers` visits one after the other and adds `behind` to its word.

    Members
    -------
    counted : In(Counted)
        What happens in this clock.
    select : In
        A counter.
    now : Out
        Its low bits; no latency.
    updates : Out(1)
        It is the one that has more of them.
    clear : In(1)
        All go to 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        layout = Counted(sizes)
        self.widths = [LOCAL_BITS - 1 + layout[name].width for name in NAMES]
        super().__init__(
            {
                "counted": In(layout),
                "select": In(bits_for(len(NAMES))),
                "now": Out(max(self.widths)),
                "updates": Out(1),
                "clear": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        counts = [Signal(width, name=name) for name, width in zip(NAMES, self.widths, strict=True)]
        for name, count in zip(NAMES, counts, strict=True):
            m.d.sync += count.eq(count + self.counted[name])
            with m.If(self.clear):
                m.d.sync += count.eq(0)
        chosen = [count & (self.select == k).replicate(len(count)) for k, count in enumerate(counts)]
        m.d.comb += [
            self.now.eq(reduce(or_, chosen)),
            self.updates.eq(self.select == NAMES.index("updates")),
        ]
        return m

    @staticmethod
    def behind(word, now, updates):
        """How much to add to `word`, whose counter's low bits are `now`."""
        distance = (now - word[: len(now)])[: len(now)]
        return Mux(updates, distance, distance[:LOCAL_BITS])
