"""The step: arrivals, rows, neurons, columns, traces, in this order."""

from amaranth import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..fabric.relay import Relay
from ..machine.spike_ring import SpikeWord
from ..map.sizes import Sizes
from .interfaces import Listing, Sweep, WalkCommand, WalkKind, Walks


class Scheduler(wiring.Component):
    """Runs a step, one phase after the other.

    1. Events and draws mark inputs. 2. Each arriving input, then each arriving neuron, is a row. 3. When all
    rows are done, the neurons are swept. 4. Each neuron that fired is a word for the spike ring, a column and
    a post trace. 5. Traces fade, and the step ends when the spike ring has all its words.

    A row, column or trace is a command to the walker, which passes registers on its way. It need not have
    ended for the next phase to begin, but rows before the sweep. Between the phases pass at most 3 clocks.

    Members
    -------
    begin : In(1), idle : Out(1), events_done : In(1), words : Out(stream of SpikeWord)
        See `Datapath`.
    learns : In(1)
        Rows and columns learn: the gain is not 0.
    inputs : Out(Listing)
        The inputs that spike, of which each is a row.
    population : Out(Sweep)
        The neurons, of which some arrive and each is a row, and some fire and each is a column.
    walker : Out(Walks)
    waiting : Out(1)
        A command was not yet given to the walker.
    firing, row, column, sweeping : Out(1)
        What is to be counted in this clock.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(
            {
                "begin": In(1),
                "idle": Out(1),
                "events_done": In(1),
                "words": Out(stream.Signature(SpikeWord(sizes))),
                "learns": In(1),
                "inputs": Out(Listing(sizes)),
                "population": Out(Sweep(sizes)),
                "walker": Out(Walks(sizes)),
                "waiting": Out(1),
                "firing": Out(1),
                "row": Out(1),
                "column": Out(1),
                "sweeping": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        inputs, population = self.inputs, self.population
        arriving, fired, word = population.arriving, population.fired, self.words
        m.submodules.relay = relay = Relay(WalkCommand(self._sizes))
        wiring.connect(m, relay.target, wiring.flipped(self.walker.commands))
        walks = relay.source

        rowed = Signal()  # the step has a row
        m.d.comb += [
            self.waiting.eq(~relay.empty),
            self.row.eq(walks.valid & walks.ready & (walks.p.kind == WalkKind.ROW)),
            self.column.eq(walks.valid & walks.ready & (walks.p.kind == WalkKind.COLUMN)),
            self.firing.eq(fired.valid & fired.ready),
            word.p.neuron.eq(fired.p.neuron),
        ]
        with m.If(self.row):
            m.d.sync += rowed.eq(1)
        with m.Elif(self.idle):
            m.d.sync += rowed.eq(0)
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += self.idle.eq(1)
                with m.If(self.begin):
                    m.next = "EVENTS"
            with m.State("EVENTS"):
                with m.If(self.events_done):
                    m.d.comb += inputs.start.eq(1)
                    m.next = "INPUTS"
            with m.State("INPUTS"):
                m.d.comb += [
                    walks.valid.eq(inputs.arriving.valid),
                    walks.p.kind.eq(WalkKind.ROW),
                    walks.p.index.eq(inputs.arriving.p.input),
                    walks.p.learn.eq(inputs.arriving.p.plastic_out & self.learns),
                    inputs.arriving.ready.eq(walks.ready),
                ]
                with m.If(~inputs.busy):
                    m.next = "NEURONS"
            with m.State("NEURONS"):
                m.d.comb += [
                    population.arriving_enable.eq(1),
                    walks.valid.eq(arriving.valid),
                    walks.p.kind.eq(WalkKind.ROW),
                    walks.p.index.eq(self._sizes.config.inputs + arriving.p.neuron),
                    walks.p.learn.eq(arriving.p.plastic_out & self.learns),
                    arriving.ready.eq(walks.ready),
                ]
                with m.If(population.arriving_empty):
                    m.next = "ROWS END"
            with m.State("ROWS END"):
                # Without rows the sweep need not wait for traces that still fade.
                with m.If((~self.walker.busy & relay.empty) | ~rowed):
                    m.d.comb += population.start.eq(1)
                    m.next = "SWEEP"
            with m.State("SWEEP"):
                m.d.comb += self.sweeping.eq(1)
                with m.If(population.done):
                    m.next = "WORD"
            with m.State("WORD"):
                self._word(m)
            if self._sizes.config.plasticity:
                self._columns(m, walks)
            with m.State("END"):
                m.d.comb += [word.valid.eq(1), word.p.end.eq(1)]
                with m.If(word.ready):
                    m.next = "IDLE"
        return m

    def _word(self, m: Module) -> None:
        """The word of the next neuron that fired, or the end of them."""
        fired, word = self.population.fired, self.words
        m.d.comb += word.valid.eq(fired.valid & ~fired.p.silent)
        with m.If(fired.valid):
            with m.If(fired.p.silent | word.ready):
                if self._sizes.config.plasticity:
                    m.next = "COLUMN"
                else:
                    m.d.comb += fired.ready.eq(1)
        with m.Elif(self.population.fired_empty):
            m.next = "FADE" if self._sizes.config.plasticity else "END"

    def _columns(self, m: Module, walks) -> None:
        """What the walker does for a neuron that fired, and for the end of the step."""
        fired = self.population.fired
        with m.State("COLUMN"):
            walk = fired.p.plastic_in & self.learns
            m.d.comb += [
                walks.valid.eq(walk),
                walks.p.kind.eq(WalkKind.COLUMN),
                walks.p.index.eq(fired.p.neuron),
            ]
            with m.If(~walk | walks.ready):
                m.next = "FIRED"
        with m.State("FIRED"):
            m.d.comb += [
                walks.valid.eq(1),
                walks.p.kind.eq(WalkKind.FIRED),
                walks.p.index.eq(fired.p.neuron),
                fired.ready.eq(walks.ready),
            ]
            with m.If(walks.ready):
                m.next = "WORD"
        with m.State("FADE"):
            m.d.comb += [walks.valid.eq(1), walks.p.kind.eq(WalkKind.FADE)]
            with m.If(walks.ready):
                m.next = "END"
