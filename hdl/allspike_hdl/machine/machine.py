"""The machine: bus, registers, rings, time and resets around a datapath."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config

from ..map.registers import Registers
from ..map.sizes import Sizes
from .bus import BusSignature
from .bus_front import BusFront
from .datapath import Work
from .event_ring import EventRing
from .spike_ring import SpikeRing
from .stepper import Stepper


class Machine(wiring.Component):
    """A device: N neurons, M inputs and all synapses between them.

    Parameters
    ----------
    config : Config
        What to build.
    datapath : wiring.Component
        What computes the model: a component whose signature is `Datapath`.
    build : str
        What `identity.build` says: up to 32 ASCII characters.

    Members
    -------
    bus : In(BusSignature)
        See `BusFront`.
    running : Out(1)
        A step is under way.
    """

    bus: In(BusSignature())
    running: Out(1)

    def __init__(self, config: Config, datapath: wiring.Component, build: str = "rtl") -> None:
        self._config = config
        self._datapath = datapath
        self._build = build
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.front = front = BusFront(self._config)
        m.submodules.registers = registers = Registers(Sizes(self._config), self._build)
        m.submodules.stepper = stepper = Stepper()
        m.submodules.events = events = EventRing(self._config)
        m.submodules.spikes = spikes = SpikeRing(self._config)
        m.submodules.datapath = datapath = self._datapath

        wiring.connect(m, wiring.flipped(self.bus), front.bus)
        wiring.connect(m, front.registers, registers.request)
        wiring.connect(m, registers.reply, front.answer)
        wiring.connect(m, front.events, events.port)
        wiring.connect(m, front.spikes, spikes.port)
        wiring.connect(m, front.access, datapath.access)
        wiring.connect(m, events.event, datapath.events)
        wiring.connect(m, datapath.words, spikes.word)

        m.d.comb += [
            # The step.
            stepper.below.eq(registers.below),
            stepper.known.eq(registers.known),
            stepper.pace.eq(registers.control.pace),
            stepper.enable.eq(registers.closed),
            stepper.idle.eq(datapath.idle),
            stepper.busy.eq(datapath.busy),
            stepper.full.eq(spikes.full),
            stepper.ended.eq(datapath.words.valid & datapath.words.ready & datapath.words.p.end),
            stepper.hold.eq(front.hold),
            front.held.eq(stepper.held),
            datapath.begin.eq(stepper.begin),
            datapath.step.eq(stepper.step),
            datapath.events_done.eq(events.done),
            events.start.eq(stepper.begin),
            events.advance.eq(stepper.ended),
            spikes.step.eq(stepper.step),
            self.running.eq(stepper.running),
            # What the host sets.
            datapath.learning.eq(registers.learning),
            datapath.weight_shift.eq(registers.control.weight_shift),
            datapath.poisson.eq(registers.control.poisson),
            # What it reads.
            registers.begin.eq(stepper.begin),
            registers.running.eq(stepper.running),
            registers.status.state.eq(stepper.state),
            registers.status.step.eq(stepper.step),
            registers.status.marker.eq(spikes.marker),
            registers.status.event_tail.eq(events.ahead),
            registers.status.spike_head.eq(spikes.used),
            # Offsets of the rings.
            events.take.eq(registers.take_event_head),
            registers.event_head_fits.eq(events.fits),
            spikes.take.eq(registers.take_spike_ack),
            registers.spike_ack_fits.eq(spikes.fits),
            # Resets.
            stepper.halt.eq(registers.halt),
            spikes.discard.eq(registers.halt),
            registers.halted.eq(stepper.halted),
            stepper.restart.eq(registers.restart),
            datapath.restart.eq(registers.restart),
            datapath.seed.eq(registers.seed),
            registers.restarted.eq(stepper.restarted),
        ]
        for ring in (events, spikes):
            m.d.comb += [ring.offset.eq(registers.offset), ring.further.eq(registers.further)]
        m.d.comb += [part.clear.eq(registers.clear) for part in (stepper, events, spikes)]
        counted = registers.counted
        m.d.comb += [counted[name].eq(datapath.counted[name]) for name in Work.NAMES]
        m.d.comb += [
            counted.events.eq(events.event.valid),
            counted.late_events.eq(events.event.valid & events.late),
            counted.late_steps.eq(stepper.late),
            counted.clocks.eq(stepper.running),
            counted.clocks_stalled.eq(stepper.running & spikes.full),
        ]
        return m
