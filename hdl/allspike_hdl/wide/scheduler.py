"""The step: arrivals, rows, neurons, columns, traces, in this order."""

from amaranth import Module, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import STEP_BITS, State

from ..fabric.relay import Relay
from ..machine.spike_ring import SpikeWord
from ..machine.stepper import Stepper
from ..map.sizes import Sizes
from .inputs import ArrivingInput
from .interfaces import Arriving, Fired, WalkCommand, WalkKind


class Scheduler(wiring.Component):
    """Runs steps while `step < run_until`, one phase after the other.

    1. Events and draws mark inputs. 2. Each arriving input, then each arriving neuron, is a row. 3. When all
    rows are done, the neurons are swept. 4. Each neuron that fired is a word for the spike ring, a column and
    a post trace. 5. Traces fade, and the step ends when the spike ring has all its words.

    A row, column or trace is a command to the walker, which passes registers on its way. It need not have
    ended for the next phase to begin, but rows before the sweep. Between the phases pass at most 3 clocks.

    Members
    -------
    pace : In(signed(33))
        See `Pacer`.
    below : In(1), known : In(1)
        The next step is below `run_until`, once that is `known`: see `Registers`.
    enable : In(1)
        A step may begin.
    learns : In(1)
        Rows and columns learn: the gain is not 0.
    step : Out
        The step that runs, or runs next.
    advance : Out(1)
        It ends in this clock.
    state : Out(State)
    halt : In(1), halted : Out(1)
        No step is to begin; in the clock before, none was to, none ran, and all parts were done.
    clear : In(1)
        Step 0 is next. Only while halted.
    restart : In(1), restarted : Out(1)
        The parts of the core were told to start again, and have done so.
    hold : In(1), held : Out(1)
        Stand still at the end of a step; the memories belong to the host while both are high, the second a
        clock after it came true. The core also stands still while a word waits for room in the spike ring.
    busy : In(1)
        A part of the core is at work.
    take_events, start_inputs, start_sweep : Out(1)
    events_taken, inputs_busy, sweep_done : In(1)
        Begin and end of what the parts do in a step.
    inputs : In(stream of ArrivingInput), neurons : In(stream of Arriving), neurons_enable : Out(1),
    neurons_empty : In(1)
        The rows.
    fired : In(stream of Fired), fired_empty : In(1)
        The columns.
    walk_busy : In(1), walks : Out(stream of WalkCommand)
    word : Out(stream of SpikeWord), full : In(1)
        Words for the spike ring, and whether one waits for room.
    firing, row, column, late_step, running, sweeping : Out(1)
        What is to be counted in this clock.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        flags_in = dict.fromkeys(
            ("enable", "below", "known", "learns", "halt", "clear", "restart", "hold", "busy", "events_taken",
             "inputs_busy", "sweep_done", "neurons_empty", "fired_empty", "walk_busy", "full"), In(1)
        )  # fmt: skip
        flags_out = dict.fromkeys(
            ("advance", "halted", "restarted", "held", "take_events", "start_inputs", "start_sweep",
             "neurons_enable", "firing", "row", "column", "late_step", "running", "sweeping"), Out(1)
        )  # fmt: skip
        super().__init__(
            {
                "pace": In(signed(33)),
                "step": Out(STEP_BITS),
                "state": Out(max(State).bit_length()),
                "inputs": In(stream.Signature(ArrivingInput(sizes))),
                "neurons": In(stream.Signature(Arriving(sizes))),
                "fired": In(stream.Signature(Fired(sizes))),
                "walks": Out(stream.Signature(WalkCommand(sizes))),
                "word": Out(stream.Signature(SpikeWord(sizes))),
            }
            | flags_in
            | flags_out
        )

    def elaborate(self, platform):
        m = Module()
        config = self._sizes.config
        m.submodules.stepper = stepper = Stepper()
        m.submodules.relay = relay = Relay(WalkCommand(self._sizes))
        wiring.connect(m, relay.target, wiring.flipped(self.walks))
        walks, word, fired = relay.source, self.word, self.fired

        idle = Signal()
        rowed = Signal()  # the step has a row
        m.d.comb += [stepper.idle.eq(idle), stepper.busy.eq(self.busy | ~relay.empty)]
        for name in (
            "below",
            "known",
            "pace",
            "enable",
            "full",
            "halt",
            "clear",
            "restart",
            "hold",
            "advance",
        ):
            m.d.comb += getattr(stepper, name).eq(getattr(self, name))
        for name in ("step", "state", "running", "halted", "restarted", "held"):
            m.d.comb += getattr(self, name).eq(getattr(stepper, name))
        m.d.comb += self.late_step.eq(stepper.late)

        m.d.comb += [
            self.row.eq(walks.valid & walks.ready & (walks.p.kind == WalkKind.ROW)),
            self.column.eq(walks.valid & walks.ready & (walks.p.kind == WalkKind.COLUMN)),
            self.firing.eq(fired.valid & fired.ready),
            word.p.neuron.eq(fired.p.neuron),
        ]

        with m.If(self.row):
            m.d.sync += rowed.eq(1)
        with m.Elif(idle):
            m.d.sync += rowed.eq(0)
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += idle.eq(1)
                with m.If(stepper.due):
                    m.d.comb += [stepper.begin.eq(1), self.take_events.eq(1)]
                    m.next = "EVENTS"
            with m.State("EVENTS"):
                with m.If(self.events_taken):
                    m.d.comb += self.start_inputs.eq(1)
                    m.next = "INPUTS"
            with m.State("INPUTS"):
                m.d.comb += [
                    walks.valid.eq(self.inputs.valid),
                    walks.p.kind.eq(WalkKind.ROW),
                    walks.p.index.eq(self.inputs.p.input),
                    walks.p.learn.eq(self.inputs.p.plastic_out & self.learns),
                    self.inputs.ready.eq(walks.ready),
                ]
                with m.If(~self.inputs_busy):
                    m.next = "NEURONS"
            with m.State("NEURONS"):
                m.d.comb += [
                    self.neurons_enable.eq(1),
                    walks.valid.eq(self.neurons.valid),
                    walks.p.kind.eq(WalkKind.ROW),
                    walks.p.index.eq(config.inputs + self.neurons.p.neuron),
                    walks.p.learn.eq(self.neurons.p.plastic_out & self.learns),
                    self.neurons.ready.eq(walks.ready),
                ]
                with m.If(self.neurons_empty):
                    m.next = "ROWS END"
            with m.State("ROWS END"):
                # Without rows the sweep need not wait for traces that still fade.
                with m.If((~self.walk_busy & relay.empty) | ~rowed):
                    m.d.comb += self.start_sweep.eq(1)
                    m.next = "SWEEP"
            with m.State("SWEEP"):
                m.d.comb += self.sweeping.eq(1)
                with m.If(self.sweep_done):
                    m.next = "WORD"
            with m.State("WORD"):
                self._word(m)
            if config.plasticity:
                self._columns(m, walks)
            with m.State("END"):
                m.d.comb += [word.valid.eq(1), word.p.end.eq(1)]
                with m.If(word.ready):
                    m.d.comb += self.advance.eq(1)
                    m.next = "IDLE"
        return m

    def _word(self, m: Module) -> None:
        """The word of the next neuron that fired, or the end of them."""
        fired, word = self.fired, self.word
        m.d.comb += word.valid.eq(fired.valid & ~fired.p.silent)
        with m.If(fired.valid):
            with m.If(fired.p.silent | word.ready):
                if self._sizes.config.plasticity:
                    m.next = "COLUMN"
                else:
                    m.d.comb += fired.ready.eq(1)
        with m.Elif(self.fired_empty):
            m.next = "FADE" if self._sizes.config.plasticity else "END"

    def _columns(self, m: Module, walks) -> None:
        """What the walker does for a neuron that fired, and for the end of the step."""
        fired = self.fired
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
