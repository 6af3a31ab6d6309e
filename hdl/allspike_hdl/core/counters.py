"""Counters: small ones that see every clock, added now and then to words in memory."""

from amaranth import Cat, Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.device_map import COUNTERS_LAYOUT

from .sizes import Sizes, bits_for

NAMES = tuple(field.name for field in COUNTERS_LAYOUT.fields)
"""The counters in the order of the memory map."""

LOCAL_BITS = 8
"""Clocks between two visits to a counter must stay below 2**LOCAL_BITS: see `Registers`."""


class Counted(data.StructLayout):
    """What happened in this clock: how much to add to each counter, a bit but for `updates`."""

    def __init__(self, sizes: Sizes) -> None:
        widths = dict.fromkeys(NAMES, 1) | {"updates": sizes.config.lanes.bit_length()}
        super().__init__(widths)


class Counters(wiring.Component):
    """What was counted since it was last taken, for each counter of the map.

    Wide counters would cost more logic than the rest of the control, so that these are narrow, and
    `Registers` visits one after the other and adds what it takes to a word in memory.

    Members
    -------
    counted : In(Counted)
        What happens in this clock.
    select : In
        A counter.
    amount : Out
        What the selected counter holds; no latency.
    take : In(1)
        The selected counter goes back to 0; what happens in this clock is not lost.
    clear : In(1)
        All go back to 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        layout = Counted(sizes)
        self._widths = [LOCAL_BITS - 1 + layout[name].width for name in NAMES]
        super().__init__(
            {
                "counted": In(layout),
                "select": In(bits_for(len(NAMES))),
                "amount": Out(max(self._widths)),
                "take": In(1),
                "clear": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        counts = [Signal(width, name=name) for name, width in zip(NAMES, self._widths, strict=True)]
        for k, (name, count) in enumerate(zip(NAMES, counts, strict=True)):
            taken = Signal(name=f"taken_{name}")
            m.d.comb += taken.eq(self.take & (self.select == k))
            kept = count & ~taken.replicate(count.shape().width)
            m.d.sync += count.eq(kept + self.counted[name])
        with m.If(self.clear):
            m.d.sync += Cat(counts).eq(0)
        with m.Switch(self.select):
            for k, count in enumerate(counts):
                with m.Case(k):
                    m.d.comb += self.amount.eq(count)
        return m
