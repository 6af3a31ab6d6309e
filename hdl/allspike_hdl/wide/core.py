"""The core: what computes the model, behind the memory map."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config

from ..machine.bus import BusSignature
from ..machine.event_ring import EventRing
from ..machine.spike_ring import SpikeRing
from ..map.registers import Registers
from ..map.sizes import Sizes
from .bus_adapter import BusAdapter
from .inputs import Inputs
from .population import Population
from .scheduler import Scheduler
from .walker import Walker


class Core(wiring.Component):
    """A device: N neurons, M inputs and all synapses between them.

    Parameters
    ----------
    config : Config
        What to build.
    build : str
        What `identity.build` says: up to 32 ASCII characters.

    Members
    -------
    bus : In(BusSignature)
        See `BusAdapter`.
    running : Out(1)
        A step is under way.
    """

    bus: In(BusSignature())
    running: Out(1)

    def __init__(self, config: Config, build: str = "rtl") -> None:
        self._config = config
        self._build = build
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        sizes = Sizes(self._config)
        m.submodules.adapter = adapter = BusAdapter(sizes)
        m.submodules.registers = registers = Registers(sizes, self._build)
        m.submodules.scheduler = scheduler = Scheduler(sizes)
        m.submodules.events = events = EventRing(self._config)
        m.submodules.inputs = inputs = Inputs(sizes)
        m.submodules.spikes = spikes = SpikeRing(self._config)
        m.submodules.walker = walker = Walker(sizes)
        m.submodules.population = population = Population(sizes)

        wiring.connect(m, wiring.flipped(self.bus), adapter.bus)
        wiring.connect(m, adapter.registers, registers.request)
        wiring.connect(m, registers.reply, adapter.answer)
        wiring.connect(m, adapter.events, events.port)
        wiring.connect(m, adapter.spikes, spikes.port)
        wiring.connect(m, adapter.inputs, inputs.port)
        wiring.connect(m, adapter.synapses, walker.access)
        wiring.connect(m, adapter.neurons, population.access)
        wiring.connect(m, events.event, inputs.event)
        wiring.connect(m, inputs.arriving, scheduler.inputs)
        wiring.connect(m, population.arriving, scheduler.neurons)
        wiring.connect(m, population.fired, scheduler.fired)
        wiring.connect(m, scheduler.walks, walker.commands)
        wiring.connect(m, scheduler.word, spikes.word)
        wiring.connect(m, population.acc, walker.acc)

        m.d.comb += [
            self.running.eq(scheduler.running),
            # The host's registers.
            scheduler.below.eq(registers.below),
            scheduler.known.eq(registers.known),
            scheduler.pace.eq(registers.control.pace),
            scheduler.enable.eq(registers.closed),
            scheduler.learns.eq(registers.learning.gain != 0),
            population.weight_shift.eq(registers.control.weight_shift),
            inputs.poisson.eq(registers.control.poisson),
            walker.learning.eq(registers.learning),
            registers.begin.eq(scheduler.take_events),
            registers.running.eq(scheduler.running),
            registers.status.state.eq(scheduler.state),
            registers.status.step.eq(scheduler.step),
            registers.status.marker.eq(spikes.marker),
            registers.status.event_tail.eq(events.ahead),
            registers.status.spike_head.eq(spikes.used),
            events.offset.eq(registers.offset),
            events.further.eq(registers.further),
            events.take.eq(registers.take_event_head),
            registers.event_head_fits.eq(events.fits),
            spikes.offset.eq(registers.offset),
            spikes.further.eq(registers.further),
            spikes.take.eq(registers.take_spike_ack),
            registers.spike_ack_fits.eq(spikes.fits),
            # Resets.
            scheduler.halt.eq(registers.halt),
            spikes.discard.eq(registers.halt),
            registers.halted.eq(scheduler.halted),
            registers.restarted.eq(scheduler.restarted),
        ]
        m.d.comb += [part.clear.eq(registers.clear) for part in (scheduler, events, spikes)]
        m.d.comb += [part.restart.eq(registers.restart) for part in (scheduler, inputs, walker, population)]
        m.d.comb += [part.seed.eq(registers.seed) for part in (inputs, walker)]
        m.d.comb += [
            # The step.
            spikes.step.eq(scheduler.step),
            population.step.eq(scheduler.step),
            events.start.eq(scheduler.take_events),
            events.advance.eq(scheduler.advance),
            inputs.start.eq(scheduler.start_inputs),
            population.start.eq(scheduler.start_sweep),
            population.arriving_enable.eq(scheduler.neurons_enable),
            scheduler.events_taken.eq(events.done),
            scheduler.inputs_busy.eq(inputs.busy),
            scheduler.neurons_empty.eq(population.arriving_empty),
            scheduler.sweep_done.eq(population.done),
            scheduler.fired_empty.eq(population.fired_empty),
            scheduler.walk_busy.eq(walker.busy),
            scheduler.full.eq(spikes.full),
            scheduler.busy.eq(walker.busy | population.busy | inputs.busy),
            scheduler.hold.eq(adapter.hold),
            adapter.held.eq(scheduler.held),
        ]
        counted = registers.counted
        m.d.comb += [
            counted.firings.eq(scheduler.firing),
            counted.events.eq(events.event.valid),
            counted.poisson.eq(inputs.drawn),
            counted.rows.eq(scheduler.row),
            counted.columns.eq(scheduler.column),
            counted.updates.eq(walker.updates),
            counted.late_events.eq(events.event.valid & events.late),
            counted.late_steps.eq(scheduler.late_step),
            counted.clocks.eq(scheduler.running),
            counted.clocks_sweep.eq(scheduler.sweeping),
            counted.clocks_rows.eq(walker.in_rows),
            counted.clocks_columns.eq(walker.in_columns),
            counted.clocks_stalled.eq(scheduler.running & spikes.full),
        ]
        return m
