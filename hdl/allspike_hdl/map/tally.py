"""The counters' turns: which of them is brought up to date next, and how far its word is behind."""

from typing import Any

from amaranth import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..fabric.holds import holds
from ..fabric.target import Target
from .counters import NAMES, Counted, Counters
from .sizes import Sizes, bits_for


class Tally(wiring.Component):
    """Visits one counter after the other; after each request up to four of them have their turn.

    Members
    -------
    counted : In(Counted), clear : In(1)
        See `Counters`.
    serving : In(1), word : In
        The counter is that of the request, `word` of the counters, instead of the one whose turn it is.
    grant : In(1)
        The counters are next.
    idle : In(1)
        There is time for the one whose turn it is.
    visited : In(1)
        It has been brought up to date: on to the next.
    fetch : In(1)
        Take the low bits of the counter.
    subtract : In(1), old : In(32)
        Take its distance from the word instead.
    turn : Out(1)
        The counters are next.
    visit : Out
        The one whose turn it is.
    behind : Out
        What was taken.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._counters = Counters(sizes)
        bits = bits_for(len(NAMES))
        super().__init__(
            {
                "counted": In(Counted(sizes)),
                "clear": In(1),
                "serving": In(1),
                "word": In(bits),
                "grant": In(1),
                "idle": In(1),
                "visited": In(1),
                "fetch": In(1),
                "subtract": In(1),
                "old": In(32),
                "turn": Out(1),
                "visit": Out(bits),
                "behind": Out(len(self._counters.now)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.counters = counters = self._counters
        updates = Signal()
        m.d.comb += [
            counters.counted.eq(self.counted),
            counters.clear.eq(self.clear),
            counters.select.eq(Mux(self.serving, self.word, self.visit)),
        ]
        with m.If(self.grant):
            m.d.sync += self.turn.eq(1)
        with m.If(self.idle):
            m.d.sync += self.turn.eq(self.turn & ~self.visit[:2].all())
        with m.If(self.visited):
            m.d.sync += self.visit.eq(Mux(self.visit == len(NAMES) - 1, 0, self.visit + 1))
        with m.If(self.fetch):
            m.d.sync += [self.behind.eq(counters.now), updates.eq(counters.updates)]
        with m.If(self.subtract):  # a clock of its own: behind this subtraction is the adder
            m.d.sync += self.behind.eq(counters.behind(self.old, self.behind, updates))
        if Target.of(platform).simulated:
            self._margins(m, platform)
        return m

    def _margins(self, m: Module, platform: Any) -> None:
        """No counter has turned round since its word was brought up to date.

        Claimed when that is done again: a counter that waits for a reset, behind a step that has to end,
        starts at 0 whatever it was.
        """
        for k, (name, width) in enumerate(zip(NAMES, self._counters.widths, strict=True)):
            happens = self.counted[name]
            pending = Signal(width + 1, name=f"pending_{name}")
            visits = self.subtract & (self._counters.select == k)
            m.d.sync += pending.eq(Mux(pending[-1], pending, pending + happens))
            with m.If(visits):
                m.d.sync += pending.eq(happens)
            with m.If(self.clear):
                m.d.sync += pending.eq(0)
            holds(m, platform, **{f"counter of {name} is visited in time": ~visits | ~pending[-1]})
