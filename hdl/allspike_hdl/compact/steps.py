"""The step of a compact core: arrivals and rows, neurons and columns, traces; one thing after another."""

from amaranth import Module, Mux, Signal
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes


class Walking(enum.Enum, shape=2):
    """What the elements of a walk are."""

    ROW = 0
    """Synapses of a row."""
    COLUMN = 1
    """Synapses of a column."""
    FADE = 2
    """Traces that fade."""
    WIPE = 3
    """Lines of the store that go to 0."""


CLEAR_STAGES = 3
"""A neuron has so many words of state on the left side."""


class Steps(wiring.Component):
    """Runs a step: each input and neuron in turn is looked at for a spike that arrives, and its row walked;
    then each neuron is computed, and when it fires, its column is walked at once.

    A column changes no neuron of the step, and so phases 3 and 4 of the model can be one: that spares a list
    of those that fired.

    Members
    -------
    begin : In(1)
        A step begins. Only while idle.
    advance : Out(1)
        It ends in this clock.
    restart : In(1)
        Clear what a reset clears. Only while idle; power-on does so by itself, and wipes the store.
    idle : Out(1), clearing : Out(1)
        Neither runs a step nor clears; clears.
    take_events : Out(1), events_taken : In(1)
        The events of the step are to be taken, and are.
    index : Out, post : Out(1)
        The input, or with `post` the neuron, at hand.
    looked : Out
        Which one is read ahead: `index` or the next.
    scan : Out(1)
        The one at hand is looked at.
    arrives : In(1), learns : In(1)
        While `scan`: a spike of it arrives; its walk learns.
    computing : Out(1), compute : Out(1), computed : In(1), fired : In(1)
        The neuron at hand is computed: from the next clock on; it is done, and fired.
    plastic : In(1), silent : In(1)
        It walks a column; it is not reported.
    report : Out(1), reported : In(1)
        It is a word for the spike ring; that is taken.
    finish : Out(1), finished : In(1)
        The step ends, if the spike ring agrees.
    walking : Out(Walking), learning : Out(1)
        What the walk is, or was last; and whether its synapses learn.
    walk : Out(1), row : Out(1), column : Out(1), draws : Out(1)
        A walk begins; of a row; of a column; one that learns.
    clear : Out(1), stage : Out(2)
        What is held of the one at hand goes to 0, in stages: of an input all in stage 0.
    last : In(1), moving : In(1)
        Of `Walk`: its last element is in clock 0; there is one in clocks 1 to 3.
    touch : Out(1)
        The trace of the one at hand, which was looked at in the clock before, takes its increment.
    """

    def __init__(self, sizes: Sizes, index_bits: int) -> None:
        self._config = sizes.config
        flags_in = ("begin", "restart", "events_taken", "arrives", "learns", "computed", "fired", "plastic",
                    "silent", "reported", "finished", "last", "moving")  # fmt: skip
        flags_out = ("advance", "idle", "take_events", "post", "scan", "computing", "compute", "report",
                     "finish", "walk", "learning", "touch", "row", "column", "draws", "clearing",
                     "clear")  # fmt: skip
        super().__init__(
            dict.fromkeys(flags_in, In(1))
            | dict.fromkeys(flags_out, Out(1))
            | {
                "index": Out(index_bits),
                "looked": Out(index_bits),
                "walking": Out(Walking, init=Walking.WIPE),
                "stage": Out(2),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        index, post = self.index, self.post
        ends = Signal()
        m.d.comb += [
            self.looked.eq(index + self.scan),
            ends.eq(index == Mux(post, config.neurons - 1, max(config.inputs - 1, 0))),
        ]

        def begins(walking: Walking) -> None:
            m.d.comb += self.walk.eq(1)
            m.d.sync += self.walking.eq(walking)

        def next_neuron() -> None:
            """On to the next neuron, or to what follows them."""
            m.d.sync += index.eq(index + 1)
            m.d.comb += self.compute.eq(~ends)
            m.next = "NEURON"
            with m.If(ends):
                m.next = "FADE" if config.plasticity else "FINISH"

        with m.FSM(init="WIPE"):
            with m.State("WIPE"):  # for every axon, and for what lies behind them
                m.d.comb += self.clearing.eq(1)
                begins(Walking.WIPE)
                m.next = "WIPING"
            with m.State("WIPING"):
                m.d.comb += self.clearing.eq(1)
                with m.If(self.last):
                    m.d.sync += index.eq(index + 1)
                    m.next = "WIPE"
                    with m.If(index.all()):
                        m.d.sync += post.eq(config.inputs == 0)
                        m.next = "CLEAR"
            with m.State("IDLE"):
                m.d.comb += self.idle.eq(1)
                m.d.sync += [index.eq(0), post.eq(config.inputs == 0)]
                with m.If(self.restart):
                    m.next = "CLEAR"
                with m.Elif(self.begin):
                    m.d.comb += self.take_events.eq(1)
                    m.next = "EVENTS"
            with m.State("CLEAR"):
                m.d.comb += [self.clearing.eq(1), self.clear.eq(1)]
                m.d.sync += index.eq(index + 1)
                with m.If(ends):
                    m.d.sync += [index.eq(0), post.eq(1), self.stage.eq(self.stage + post)]
                    with m.If(self.stage == CLEAR_STAGES - 1):
                        m.d.sync += self.stage.eq(0)
                        m.next = "IDLE"
            with m.State("EVENTS"):
                with m.If(self.events_taken):
                    m.next = "LOOK"
            with m.State("LOOK"):
                m.next = "SCAN"
            with m.State("SCAN"):
                m.d.comb += self.scan.eq(1)
                with m.If(self.arrives):
                    begins(Walking.ROW)
                    m.d.comb += [self.row.eq(1), self.draws.eq(self.learns)]
                    m.d.sync += self.learning.eq(self.learns)
                    m.next = "ROW"
                with m.Elif(ends):
                    m.next = "NEXT"
                with m.Else():
                    m.d.sync += index.eq(self.looked)
            with m.State("NEXT"):
                m.d.sync += index.eq(index + 1)
                m.next = "LOOK"
                with m.If(ends):
                    m.d.sync += [index.eq(0), post.eq(1)]
                    with m.If(post):
                        m.d.comb += self.compute.eq(1)
                        m.next = "NEURON"
            with m.State("ROW"):
                with m.If(self.last):
                    m.next = "TOUCH" if config.plasticity else "NEXT"
            with m.State("NEURON"):
                m.d.comb += self.computing.eq(1)
                with m.If(self.computed):
                    with m.If(self.fired):
                        m.next = "REPORT"
                    with m.Else():
                        next_neuron()
            with m.State("REPORT"):
                m.d.comb += self.report.eq(~self.silent)
                with m.If(self.silent | self.reported):
                    m.next = "FIRED"
            with m.State("FIRED"):
                if config.plasticity:
                    m.d.sync += [self.learning.eq(1), self.walking.eq(Walking.COLUMN)]
                    m.next = "TOUCH"
                    with m.If(self.plastic):
                        m.d.comb += [self.walk.eq(1), self.column.eq(1), self.draws.eq(1)]
                        m.next = "COLUMN"
                else:
                    next_neuron()
            if config.plasticity:
                self._learn(m, begins, next_neuron)
            with m.State("FINISH"):
                m.d.comb += self.finish.eq(1)
                with m.If(self.finished):
                    m.d.comb += self.advance.eq(1)
                    m.next = "IDLE"
        return m

    def _learn(self, m: Module, begins, next_neuron) -> None:
        """After a walk the trace of its source; at the end of the step all traces."""
        with m.State("COLUMN"):
            with m.If(self.last):
                m.next = "TOUCH"
        with m.State("TOUCH"):  # the trace is read
            m.next = "TOUCHED"
        with m.State("TOUCHED"):
            m.d.comb += self.touch.eq(1)
            m.next = "SETTLE"
        with m.State("SETTLE"):  # the last synapse is written
            with m.If(self.walking == Walking.ROW):
                m.next = "NEXT"
            with m.Else():
                next_neuron()
        with m.State("FADE"):
            begins(Walking.FADE)
            m.d.sync += [self.learning.eq(0), self.post.eq(0)]
            m.next = "FADING"
        with m.State("FADING"):
            with m.If(self.last):
                m.next = "FADED"
        with m.State("FADED"):
            with m.If(~self.moving):
                m.next = "FINISH"
                with m.If(~self.post):
                    begins(Walking.FADE)
                    m.d.sync += self.post.eq(1)
                    m.next = "FADING"
