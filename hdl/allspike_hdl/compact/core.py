"""The compact core: what computes the model on the smallest chips, behind the memory map."""

from amaranth import Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config
from allspike.map.device_map import INPUT_PARAMS_LAYOUT, SEED_POISSON, InputFlag, NeuronFlag

from ..fabric.arith import Xorshift32
from ..fabric.block_memory import BlockMemory
from ..machine.bus import BusSignature
from ..machine.event_ring import EventRing
from ..machine.spike_ring import SpikeRing
from ..machine.stepper import Stepper
from ..map.registers import Registers
from ..map.sizes import Sizes, bits_for
from ..neurons.serial import SerialNeuron, flag_of
from ..wide.population import low_zeros
from .adapter import CompactAdapter
from .arrivals import Arrivals
from .layout import BLOCK, BLOCK_BITS, RECORD_BITS, SIDES, Layout, Left, Right
from .learner import Learner
from .steps import Steps, Walking
from .store import STORE_BYTES, STORE_WORD, Store
from .walk import Walk

_BYTE = 8
_PLASTIC_BIT = _BYTE - 1
_PLASTIC_OUT_BIT = _BYTE * INPUT_PARAMS_LAYOUT.offset("flags") + int(InputFlag.PLASTIC_OUT).bit_length() - 1


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
        self._sizes = Sizes(config)
        self._layout = layout = Layout(config)
        # Wiping walks the rows of axons until they cover the store.
        spare = layout.line_bits - (layout.neuron_bits - BLOCK_BITS) + bool(config.plasticity)
        self._index_bits = max(self._sizes.input_bits, layout.neuron_bits, spare)
        self._source_bits = max(self._sizes.input_bits, layout.neuron_bits)
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        config, sizes = self._config, self._sizes
        m.submodules.adapter = adapter = CompactAdapter(sizes)
        m.submodules.registers = registers = Registers(sizes, self._build)
        m.submodules.stepper = stepper = Stepper()
        m.submodules.steps = steps = Steps(sizes, self._index_bits)
        m.submodules.events = events = EventRing(config)
        m.submodules.spikes = spikes = SpikeRing(config)
        m.submodules.store = store = Store(self._layout)
        m.submodules.walk = walk = Walk(sizes)
        m.submodules.neuron = neuron = SerialNeuron(sizes)
        m.submodules.arrivals = arrivals = Arrivals(sizes, self._source_bits)
        wiring.connect(m, wiring.flipped(self.bus), adapter.bus)
        wiring.connect(m, adapter.registers, registers.request)
        wiring.connect(m, registers.reply, adapter.answer)
        wiring.connect(m, adapter.events, events.port)
        wiring.connect(m, adapter.spikes, spikes.port)

        learns = registers.learning.gain.any()
        source = Signal(max(sizes.axon_bits, self._index_bits))  # the axon of what is at hand
        m.d.comb += source.eq(Mux(steps.post, config.inputs + steps.index, steps.index))
        column = steps.walking == Walking.COLUMN
        weight = Signal(_BYTE)  # the synapse in clock 3 of a walk
        changed = Signal(_BYTE)
        self._time(m, registers, stepper, steps, events, spikes)
        self._walk(m, steps, walk)
        seen = self._store(m, adapter, stepper, steps, walk, neuron, store, source, weight, changed)
        self._arrivals(m, registers, stepper, steps, events, walk, neuron, arrivals, store, seen)
        self._accumulators(m, steps, walk, store, neuron, seen)
        if config.plasticity:
            self._learn(m, adapter, registers, stepper, steps, walk, source, seen, weight, changed)

        m.d.comb += [
            self.running.eq(stepper.running),
            neuron.start.eq(steps.compute),
            neuron.weight_shift.eq(registers.control.weight_shift),
            steps.computed.eq(neuron.last),
            steps.fired.eq(neuron.fired),
            steps.plastic.eq(neuron.plastic_in & learns),
            steps.silent.eq(neuron.silent),
        ]
        m.d.sync += neuron.step_zeros.eq(low_zeros(stepper.step[:32]))
        counted = registers.counted
        walking = walk.valid.any()
        m.d.comb += [
            counted.firings.eq(neuron.fires & steps.computing),
            counted.events.eq(events.event.valid),
            counted.rows.eq(steps.row),
            counted.columns.eq(steps.column),
            counted.late_events.eq(events.event.valid & events.late),
            counted.late_steps.eq(stepper.late),
            counted.clocks.eq(stepper.running),
            counted.clocks_sweep.eq(steps.computing),
            counted.clocks_rows.eq(walking & (steps.walking == Walking.ROW)),
            counted.clocks_columns.eq(walking & column),
            counted.clocks_stalled.eq(stepper.running & spikes.full),
        ]
        return m

    def _time(self, m: Module, registers, stepper, steps, events, spikes) -> None:
        """Steps, rings and resets."""
        m.d.comb += [
            stepper.below.eq(registers.below),
            stepper.known.eq(registers.known),
            stepper.pace.eq(registers.control.pace),
            stepper.enable.eq(registers.closed),
            stepper.idle.eq(steps.idle | steps.clearing),
            stepper.busy.eq(steps.clearing),
            stepper.full.eq(spikes.full),
            stepper.begin.eq(stepper.due),
            stepper.advance.eq(steps.advance),
            stepper.halt.eq(registers.halt),
            registers.halted.eq(stepper.halted),
            registers.restarted.eq(stepper.restarted),
            steps.begin.eq(stepper.due),
            steps.restart.eq(registers.restart),
            steps.events_taken.eq(events.done),
            events.start.eq(steps.take_events),
            events.advance.eq(steps.advance),
            spikes.step.eq(stepper.step),
            spikes.discard.eq(registers.halt),
            spikes.word.valid.eq(steps.report | steps.finish),
            spikes.word.p.neuron.eq(steps.index),
            spikes.word.p.end.eq(steps.finish),
            steps.reported.eq(spikes.word.ready),
            steps.finished.eq(spikes.word.ready),
            registers.begin.eq(steps.take_events),
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

    def _walk(self, m: Module, steps, walk) -> None:
        config = self._config
        kind = steps.walking
        axons = (kind == Walking.COLUMN) | ((kind == Walking.FADE) & ~steps.post)
        m.d.comb += [
            walk.start.eq(steps.walk),
            walk.end.eq(Mux(axons, config.axons - 1, config.neurons - 1)),
            walk.blocks.eq((kind == Walking.WIPE) | ((kind == Walking.ROW) & ~steps.learning)),
            steps.last.eq(walk.last),
            steps.moving.eq(walk.valid[1:].any()),
        ]

    def _store(
        self, m: Module, adapter, stepper, steps, walk, neuron, store, source, weight, changed
    ) -> Value:
        """Who has the store; and what was read, of the side that was meant."""
        config, layout = self._config, self._layout
        column = steps.walking == Walking.COLUMN
        clears = steps.clear & steps.post
        wipes = walk.valid[0] & (steps.walking == Walking.WIPE)
        host = stepper.held

        def synapse(element: Value) -> tuple[Value, Value]:
            axon = Mux(column, element, source)
            neuron = Mux(column, steps.index, element)
            return layout.synapses(axon, neuron[BLOCK_BITS : layout.neuron_bits])

        walked, walked_side = synapse(walk.index[0])
        written, written_side = synapse(walk.index[-1])
        words = (
            Mux(steps.computing, neuron.left.as_value(), Left.V.value + steps.stage)[:RECORD_BITS],
            Mux(
                steps.computing,
                neuron.right.as_value(),
                Mux(steps.clear, Right.REFRACTORY.value, Right.FLAGS.value),
            ),
        )
        learns = Signal()
        m.d.comb += learns.eq(walk.valid[-1] & steps.learning & weight[_PLASTIC_BIT])
        is_record = ~walk.valid[0] & steps.post
        table, table_side = layout.input_word(steps.looked) if config.inputs else (Const(0), Const(0))
        for side in range(SIDES):
            line = Mux(walk.valid[0], walked, table)
            line = Mux(is_record, layout.record(steps.looked, words[side]), line)
            line = Mux(host, adapter.store.line, line)
            late = learns & (written_side == side)
            m.d.comb += [
                store.address[side].eq(Mux(late, written, line)),
                store.write[side].eq(
                    late
                    | clears
                    | wipes
                    | (steps.computing & neuron.write[side])
                    | (adapter.store.write & (adapter.store.side == side))
                ),
            ]
        at_byte = Mux(column, steps.index, walk.index[-1])[:BLOCK_BITS]
        m.d.comb += [
            store.mask.eq(Mux(learns, 1 << at_byte, Mux(steps.computing, neuron.mask, -1))),
            store.data.eq(
                Mux(
                    host,
                    adapter.store.data,
                    Mux(
                        steps.computing,
                        neuron.data,
                        Cat(*[changed] * STORE_BYTES) & learns.replicate(STORE_WORD),
                    ),
                )
            ),
        ]
        side = Signal()
        seen = Signal(STORE_WORD)
        m.d.sync += side.eq(
            Mux(host, adapter.store.side, Mux(walk.valid[0], walked_side, steps.post | table_side))
        )
        m.d.comb += [
            seen.eq(Mux(side, store.values[1], store.values[0])),
            adapter.store.value.eq(seen),
            adapter.held.eq(stepper.held),
            stepper.hold.eq(adapter.hold),
        ]
        for each in range(SIDES):
            m.d.comb += neuron.values[each].eq(store.values[each])
        return seen

    def _arrivals(
        self, m: Module, registers, stepper, steps, events, walk, neuron, arrivals, store, seen
    ) -> None:
        """Spikes are sent, and found when they arrive."""
        config = self._config
        fires = neuron.fires & steps.computing
        named = events.event.valid & (events.event.p < config.inputs)
        m.d.comb += [
            arrivals.index.eq(steps.looked),
            arrivals.post.eq(steps.post),
            arrivals.step.eq(stepper.step),
            arrivals.at.eq(Mux(named, events.event.p, steps.index)),
            arrivals.at_post.eq(~named & steps.post),
            arrivals.mark.eq(named | fires),
            arrivals.delay.eq(Mux(named, 0, neuron.delay)),
            arrivals.take.eq(steps.scan),
            arrivals.clear.eq(steps.clear),
            steps.arrives.eq(arrivals.here),
        ]
        if config.poisson and config.inputs:
            m.submodules.generator = generator = Xorshift32()
            draws = steps.scan & ~steps.post & registers.control.poisson
            drawn = draws & (generator.value[16:] < seen[:16])
            m.d.comb += [
                generator.seed.eq(registers.seed ^ SEED_POISSON),
                generator.restart.eq(registers.restart),
                generator.advance.eq(draws),
                registers.counted.poisson.eq(drawn),
                steps.arrives.eq(arrivals.here | drawn),
            ]
        if config.plasticity:
            of_neuron = flag_of(store.values[1], NeuronFlag.PLASTIC_OUT)
            flag = Mux(steps.post, of_neuron, seen[_PLASTIC_OUT_BIT])
            m.d.comb += steps.learns.eq(flag & registers.learning.gain.any())

    def _accumulators(self, m: Module, steps, walk, store, neuron, seen) -> None:
        """What the rows of a step add up to: a block is read in clock 0 of a walk, and written in clock 1."""
        config, sizes = self._config, self._sizes
        lanes, lane_bits = config.lanes, sizes.lane_bits
        depth = max(2, sizes.row_blocks)
        shape = data.ArrayLayout(signed(sizes.acc_bits), lanes)
        m.submodules.accumulators = memory = BlockMemory(shape, depth)
        words = [seen] if config.plasticity else list(store.values)
        block_bits = slice(lane_bits, lane_bits + bits_for(depth))
        adds = walk.valid[1] & (steps.walking == Walking.ROW) & ~walk.index[1][:lane_bits].any()
        used = steps.computing & neuron.last & steps.index[:lane_bits].all()
        index = Mux(walk.valid[0], walk.index[0], steps.index)
        m.d.comb += [
            memory.addresses[0].eq(index[block_bits]),
            memory.write_address.eq(Mux(adds, walk.index[1], index)[block_bits]),
            memory.enable.eq(adds | (steps.clear & steps.post) | used),
        ]
        for lane in range(lanes):
            weight = words[lane // BLOCK][_BYTE * (lane % BLOCK) :][: config.weight_bits].as_signed()
            with m.If(adds):
                m.d.comb += memory.write_value[lane].eq(memory.values[0][lane] + weight)
        # Read since clock 0 of the neuron, and so in time for clock 3.
        m.d.sync += neuron.acc.eq(memory.values[0][steps.index[:lane_bits]])

    def _learn(
        self, m: Module, adapter, registers, stepper, steps, walk, source, seen, weight, changed
    ) -> None:
        """Traces, and the weights of a walk that learns."""
        m.submodules.learner = learner = Learner(self._sizes)
        column = steps.walking == Walking.COLUMN
        fading = steps.walking == Walking.FADE
        traces = adapter.traces
        host = stepper.held
        fades = fading & walk.valid[2]
        of_y = Mux(steps.clear, steps.stage[0], column)  # of what is at hand
        spiked = Mux(of_y, steps.index, source)
        bits = len(learner.index)
        host_index, host_post = traces.address[:bits], traces.address[bits]
        m.d.comb += [
            learner.learning.eq(registers.learning),
            learner.seed.eq(registers.seed),
            learner.restart.eq(registers.restart),
            learner.walk.eq(steps.draws),
            learner.column.eq(column),
            learner.rounds.eq(walk.valid[2]),
            learner.index.eq(Mux(host, host_index, Mux(walk.valid[0], walk.index[0], spiked))),
            learner.post.eq(
                Mux(
                    host,
                    host_post,
                    Mux(walk.valid[0], Mux(fading, steps.post, steps.walking == Walking.ROW), of_y),
                )
            ),
            learner.at.eq(Mux(host, host_index, Mux(fades, walk.index[2], spiked))),
            learner.at_post.eq(Mux(host, host_post, Mux(fades, steps.post, of_y))),
            learner.touch.eq(steps.touch),
            learner.fading.eq(fading),
            learner.fade.eq(fades),
            learner.put.eq(steps.clear | (traces.enable & traces.write)),
            learner.data.eq(Mux(steps.clear, 0, traces.data)),
            traces.value.eq(learner.value),
            learner.weight.eq(weight),
            changed.eq(learner.changed),
        ]
        word = Signal(STORE_WORD, reset_less=True)
        with m.If(walk.valid[1] & (column | ~walk.index[1][:BLOCK_BITS].any())):
            m.d.sync += word.eq(seen)
        byte = Mux(column, steps.index, walk.index[2])[:BLOCK_BITS]
        m.d.sync += weight.eq(word.word_select(byte, _BYTE))
        visited = walk.valid[-1] & steps.learning & weight[_PLASTIC_BIT]
        m.d.comb += registers.counted.updates.eq(visited)
