"""The step of a compact datapath: arrivals and rows, neurons and columns, traces; one thing after another."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..machine.spike_ring import SpikeWord
from ..map.sizes import Sizes
from .interfaces import CLEAR_STAGES, AtHand, Elements, NeuronOrder, Walking, WalkOrder


class Steps(wiring.Component):
    """Runs a step: each input and neuron in turn is looked at for a spike that arrives, and its row walked;
    then each neuron is computed, and when it fires, its column is walked at once.

    A column changes no neuron of the step, and so phases 3 and 4 of the model can be one: that spares a list
    of those that fired.

    How many clocks that takes is in `clocks.py`.

    Members
    -------
    begin : In(1)
        A step begins. Only while idle.
    events_done : In(1)
        Its events have been marked as arriving.
    restart : In(1)
        Clear what a restart clears. Only while idle; power-on does so by itself, and wipes the store.
    idle : Out(1), busy : Out(1)
        Neither runs a step nor is busy; wipes or clears.
    at : Out(AtHand)
    order : Out(WalkOrder), elements : In(Elements)
        A walk, and how far it is.
    arrives : In(1), learns : In(1)
        While `at.scan`: a spike of it arrives; its row learns.
    neuron : Out(NeuronOrder)
    words : Out(stream of SpikeWord)
        The neurons that fired, and the step's end.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._config = sizes.config
        super().__init__(
            {
                "begin": In(1),
                "events_done": In(1),
                "restart": In(1),
                "idle": Out(1),
                "busy": Out(1),
                "at": Out(AtHand(sizes)),
                "order": Out(WalkOrder()),
                "elements": In(Elements(sizes)),
                "arrives": In(1),
                "learns": In(1),
                "neuron": Out(NeuronOrder()),
                "words": Out(stream.Signature(SpikeWord(sizes))),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, order, neuron, words = self._config, self.order, self.neuron, self.words
        index, post, stage = self.at.index, self.at.post, self.at.stage
        ends = Signal()
        m.d.comb += [
            self.at.axon.eq(Mux(post, config.inputs + index, index)),
            self.at.looked.eq(index + self.at.scan),
            ends.eq(index == Mux(post, config.neurons - 1, max(config.inputs - 1, 0))),
            words.p.neuron.eq(index),
        ]
        with m.FSM(init="WIPE"):
            with m.State("WIPE"):  # row by row, until all entries are covered
                m.d.comb += self.busy.eq(1)
                self._walk(m, Walking.WIPE)
                m.next = "WIPING"
            with m.State("WIPING"):
                m.d.comb += self.busy.eq(1)
                with m.If(self.elements.last):
                    m.d.sync += index.eq(index + 1)
                    m.next = "WIPE"
                    with m.If(index.all()):
                        m.d.sync += post.eq(config.inputs == 0)
                        m.next = "CLEAR"
            with m.State("CLEAR"):
                m.d.comb += [self.busy.eq(1), self.at.clear.eq(1)]
                m.d.sync += index.eq(index + 1)
                with m.If(ends):
                    m.d.sync += [index.eq(0), post.eq(1), stage.eq(stage + post)]
                    with m.If(stage == CLEAR_STAGES - 1):
                        m.d.sync += stage.eq(0)
                        m.next = "IDLE"
            with m.State("IDLE"):
                m.d.comb += self.idle.eq(1)
                m.d.sync += [index.eq(0), post.eq(config.inputs == 0)]
                with m.If(self.restart):
                    m.next = "CLEAR"
                with m.Elif(self.begin):
                    m.next = "EVENTS"
            with m.State("EVENTS"):
                with m.If(self.events_done):
                    m.next = "LOOK"
            with m.State("LOOK"):
                m.next = "SCAN"
            with m.State("SCAN"):
                m.d.comb += self.at.scan.eq(1)
                with m.If(self.arrives):
                    self._walk(m, Walking.ROW)
                    m.d.comb += order.row.eq(1)
                    m.d.sync += order.learning.eq(self.learns)
                    m.next = "ROW"
                with m.Elif(ends):
                    m.next = "NEXT"
                with m.Else():
                    m.d.sync += index.eq(self.at.looked)
            with m.State("NEXT"):
                m.d.sync += index.eq(index + 1)
                m.next = "LOOK"
                with m.If(ends):
                    m.d.sync += [index.eq(0), post.eq(1)]
                    with m.If(post):
                        m.d.comb += neuron.start.eq(1)
                        m.next = "NEURON"
            with m.State("ROW"):
                with m.If(self.elements.last):
                    m.next = "TOUCH" if config.plasticity else "NEXT"
            with m.State("NEURON"):
                m.d.comb += self.at.computing.eq(1)
                with m.If(neuron.last):
                    with m.If(neuron.fired):
                        m.next = "REPORT"
                    with m.Else():
                        self._next_neuron(m, ends)
            with m.State("REPORT"):
                m.d.comb += words.valid.eq(~neuron.silent)
                with m.If(neuron.silent | words.ready):
                    m.next = "FIRED"
            with m.State("FIRED"):
                if config.plasticity:
                    m.d.sync += [order.learning.eq(1), order.kind.eq(Walking.COLUMN)]
                    m.next = "TOUCH"
                    with m.If(neuron.plastic):
                        m.d.comb += [order.start.eq(1), order.column.eq(1)]
                        m.next = "COLUMN"
                else:
                    self._next_neuron(m, ends)
            if config.plasticity:
                self._learn(m, ends)
            with m.State("FINISH"):
                m.d.comb += [words.valid.eq(1), words.p.end.eq(1)]
                with m.If(words.ready):
                    m.next = "IDLE"
        return m

    def _walk(self, m: Module, kind: Walking) -> None:
        m.d.comb += self.order.start.eq(1)
        m.d.sync += self.order.kind.eq(kind)

    def _next_neuron(self, m: Module, ends: Signal) -> None:
        """On to the next neuron, or to what follows them."""
        m.d.sync += self.at.index.eq(self.at.index + 1)
        m.d.comb += self.neuron.start.eq(~ends)
        m.next = "NEURON"
        with m.If(ends):
            m.next = "FADE" if self._config.plasticity else "FINISH"

    def _learn(self, m: Module, ends: Signal) -> None:
        """After a walk the trace of its source; at the end of the step all traces."""
        post = self.at.post
        with m.State("COLUMN"):
            with m.If(self.elements.last):
                m.next = "TOUCH"
        with m.State("TOUCH"):  # the trace is read
            m.next = "TOUCHED"
        with m.State("TOUCHED"):
            m.d.comb += self.order.touch.eq(1)
            m.next = "SETTLE"
        with m.State("SETTLE"):  # the last synapse is written
            with m.If(self.order.kind == Walking.ROW):
                m.next = "NEXT"
            with m.Else():
                self._next_neuron(m, ends)
        with m.State("FADE"):
            self._walk(m, Walking.FADE)
            m.d.sync += [self.order.learning.eq(0), post.eq(0)]
            m.next = "FADING"
        with m.State("FADING"):
            with m.If(self.elements.last):
                m.next = "FADED"
        with m.State("FADED"):
            with m.If(~self.elements.valid[1:].any()):
                m.next = "FINISH"
                with m.If(~post):
                    self._walk(m, Walking.FADE)
                    m.d.sync += post.eq(1)
                    m.next = "FADING"
