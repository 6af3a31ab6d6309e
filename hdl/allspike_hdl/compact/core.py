"""The compact core: what computes the model on the smallest chips, behind the memory map."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config

from ..machine.bus import BusSignature
from ..machine.event_ring import EventRing
from ..machine.spike_ring import SpikeRing
from ..machine.stepper import Stepper
from ..map.registers import Registers
from ..map.sizes import Sizes
from .accumulators import Accumulators
from .adapter import CompactAdapter
from .interfaces import Walking
from .layout import StoreLayout
from .plasticity import Plasticity
from .scan import Scan
from .shared_store import SharedStore
from .steps import Steps
from .sweep import Sweep
from .walk import Walk


class CompactCore(wiring.Component):
    """A device like `core.Core`, with the same members, for builds with single-port memory.

    All synapses and all that the host sets or reads of neurons and inputs lie in one store. One part of the
    core at a time uses it: the scan for arrivals, a walk, the neuron at hand, or the host.
    """

    bus: In(BusSignature())
    running: Out(1)

    def __init__(self, config: Config, build: str = "rtl") -> None:
        self._config = config
        self._build = build
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        config = self._config
        sizes = Sizes(config)
        m.submodules.adapter = adapter = CompactAdapter(sizes)
        m.submodules.registers = registers = Registers(sizes, self._build)
        m.submodules.stepper = stepper = Stepper()
        m.submodules.events = events = EventRing(config)
        m.submodules.spikes = spikes = SpikeRing(config)
        m.submodules.steps = steps = Steps(sizes)
        m.submodules.scan = scan = Scan(sizes)
        m.submodules.walk = walk = Walk(sizes)
        m.submodules.sweep = sweep = Sweep(sizes)
        m.submodules.accumulators = accumulators = Accumulators(sizes)
        m.submodules.store = store = SharedStore(StoreLayout(config))
        wiring.connect(m, wiring.flipped(self.bus), adapter.bus)
        wiring.connect(m, adapter.registers, registers.request)
        wiring.connect(m, registers.reply, adapter.answer)
        wiring.connect(m, adapter.events, events.port)
        wiring.connect(m, adapter.spikes, spikes.port)
        wiring.connect(m, events.event, scan.event)
        wiring.connect(m, steps.words, spikes.word)
        wiring.connect(m, steps.neuron, sweep.order)
        learns = registers.learning.gain.any()
        at = [steps.at, scan.at, walk.at, sweep.at, accumulators.at]
        order = [steps.order, walk.order]
        elements = [walk.elements, steps.elements, accumulators.elements]
        if config.plasticity:
            m.submodules.plasticity = plasticity = Plasticity(sizes)
            at.append(plasticity.at)
            order.append(plasticity.order)
            elements.append(plasticity.elements)
            traces = adapter.traces
            m.d.comb += [
                plasticity.learning.eq(registers.learning),
                plasticity.seed.eq(registers.seed),
                plasticity.restart.eq(registers.restart),
                plasticity.learns.eq(scan.learns),
                plasticity.value.eq(store.value),
                store.learned.eq(plasticity.asks),
                plasticity.traces.valid.eq(stepper.held),
                plasticity.traces.index.eq(traces.address[: sizes.axon_bits]),
                plasticity.traces.post.eq(traces.address[sizes.axon_bits]),
                plasticity.traces.write.eq(traces.enable & traces.write),
                plasticity.traces.data.eq(traces.data),
                traces.value.eq(plasticity.traces.value),
                registers.counted.updates.eq(plasticity.asks.valid),
            ]
        for same in (at, order, elements):
            wiring.connect(m, *same)

        m.d.comb += [
            steps.arrives.eq(scan.arrives),
            steps.learns.eq(scan.learns),
            scan.step.eq(stepper.step),
            scan.fires.eq(sweep.fires),
            scan.delay.eq(sweep.delay),
            scan.poisson.eq(registers.control.poisson),
            scan.seed.eq(registers.seed),
            scan.restart.eq(registers.restart),
            scan.learning.eq(learns),
            scan.value.eq(store.value),
            scan.right.eq(store.values[1]),
            sweep.step.eq(stepper.step),
            sweep.weight_shift.eq(registers.control.weight_shift),
            sweep.learning.eq(learns),
            sweep.acc.eq(accumulators.acc),
            accumulators.used.eq(steps.neuron.last),
            accumulators.value.eq(store.value),
            store.scan.eq(scan.asks),
            store.walk.eq(walk.asks),
            store.neuron.eq(sweep.asks),
            store.host.valid.eq(stepper.held),
            store.host.side.eq(adapter.store.side),
            store.host.write.eq(adapter.store.write << adapter.store.side),
            store.host.mask.eq(-1),
            store.host.data.eq(adapter.store.data),
            adapter.store.value.eq(store.value),
            adapter.held.eq(stepper.held),
            stepper.hold.eq(adapter.hold),
        ]
        for side, value in enumerate(store.values):
            m.d.comb += [sweep.values[side].eq(value), accumulators.values[side].eq(value)]
            m.d.comb += store.host.entries[side].eq(adapter.store.line)

        m.d.comb += [
            self.running.eq(stepper.running),
            stepper.below.eq(registers.below),
            stepper.known.eq(registers.known),
            stepper.pace.eq(registers.control.pace),
            stepper.enable.eq(registers.closed),
            stepper.idle.eq(steps.idle | steps.busy),
            stepper.busy.eq(steps.busy),
            stepper.full.eq(spikes.full),
            stepper.ended.eq(steps.words.valid & steps.words.ready & steps.words.p.end),
            stepper.halt.eq(registers.halt),
            registers.halted.eq(stepper.halted),
            registers.restarted.eq(stepper.restarted),
            steps.begin.eq(stepper.begin),
            steps.restart.eq(registers.restart),
            steps.events_done.eq(events.done),
            events.start.eq(stepper.begin),
            events.advance.eq(stepper.ended),
            spikes.step.eq(stepper.step),
            spikes.discard.eq(registers.halt),
            registers.begin.eq(stepper.begin),
            registers.running.eq(stepper.running),
            registers.status.state.eq(stepper.state),
            registers.status.step.eq(stepper.step),
            registers.status.marker.eq(spikes.marker),
            registers.status.event_tail.eq(events.ahead),
            registers.status.spike_head.eq(spikes.used),
            events.take.eq(registers.take_event_head),
            registers.event_head_fits.eq(events.fits),
            spikes.take.eq(registers.take_spike_ack),
            registers.spike_ack_fits.eq(spikes.fits),
        ]
        for ring in (events, spikes):
            m.d.comb += [ring.offset.eq(registers.offset), ring.further.eq(registers.further)]
        m.d.comb += [part.clear.eq(registers.clear) for part in (stepper, events, spikes)]
        m.d.comb += stepper.restart.eq(registers.restart)
        counted = registers.counted
        walking = walk.elements.valid.any()
        m.d.comb += [
            counted.firings.eq(sweep.fires),
            counted.events.eq(events.event.valid),
            counted.poisson.eq(scan.drawn),
            counted.rows.eq(steps.order.row),
            counted.columns.eq(steps.order.column),
            counted.late_events.eq(events.event.valid & events.late),
            counted.late_steps.eq(stepper.late),
            counted.clocks.eq(stepper.running),
            counted.clocks_sweep.eq(steps.at.computing),
            counted.clocks_rows.eq(walking & (steps.order.kind == Walking.ROW)),
            counted.clocks_columns.eq(walking & (steps.order.kind == Walking.COLUMN)),
            counted.clocks_stalled.eq(stepper.running & spikes.full),
        ]
        return m
