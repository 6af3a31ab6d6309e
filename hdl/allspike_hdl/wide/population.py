"""The population: the sweep over all neurons, and the lists of their spikes."""

from contextlib import nullcontext

from amaranth import Cat, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import NeuronFlag
from allspike.map.neuron_model import imported

from ..map.sizes import Sizes, bits_for
from ..neurons.arith import low_zeros
from ..neurons.gateware import FLAGS_AHEAD, gateware_of
from .clocks import LEAD
from .delays import Delays
from .interfaces import AccumulatorPort, NeuronAccess, Sweep
from .neuron_memory import NeuronMemory
from .spike_list import SpikeList


class Population(wiring.Component):
    """The neurons of a core: a sweep computes phase 3 of a step (docs/model.md) for all of them.

    A sweep takes the clocks of `WideClocks.sweep` from `start` to `done`. A group of `neuron_lanes` neurons
    enters a clock and passes the stages of one pipeline: its accumulators are read in stage 0 and cleared
    with the last read of their block, the neuron starts in stage LEAD, and the last stage writes.

    Members
    -------
    sweep : In(Sweep)
    step : In(32)
        The low bits of t.
    weight_shift : In(4)
        This and `step` stand still while busy.
    restart : In(1)
        Set the state to 0, drop the spikes under way and both lists; parameters stay. Takes as long
        as a sweep; a sweep under way is given up, and the accumulators are left alone.
    busy : Out(1)
        From the clock after `start` or `restart` until all is written.
    acc : Out(AccumulatorPort)
    access : In(NeuronAccess)
        The host's words, served while neither busy nor `arriving_enable`; a reply takes as many clocks as a
        group takes through the pipeline, and three.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        config = sizes.config
        self._lanes = config.neuron_lanes
        self._lane_bits = self._lanes.bit_length() - 1
        self._groups = config.neurons // self._lanes
        self._neuron = gateware_of(config)
        self._last = LEAD + self._neuron.timing.fired
        super().__init__(
            {
                "sweep": In(Sweep(sizes)),
                "step": In(32),
                "weight_shift": In(4),
                "restart": In(1),
                "busy": Out(1),
                "acc": Out(AccumulatorPort(sizes)),
                "access": In(NeuronAccess(sizes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        group_bits = bits_for(max(2, self._groups))
        stages = self._last + 1
        group = Signal(data.ArrayLayout(group_bits, stages), reset_less=True)
        valid = Signal(stages)
        clearing = Signal()
        m.submodules.memory = memory = NeuronMemory(self._sizes, self._neuron.timing, LEAD)
        m.d.comb += [memory.group.eq(group), memory.clear.eq(clearing)]

        self._sequence(m, group, valid, clearing)
        fired = self._neurons(m, memory, valid, self._accumulated(m, group[0], valid[0] & ~clearing))
        self._lists(m, memory, group, valid, clearing, fired)
        self._host(m, memory)
        return m

    def _sequence(self, m: Module, group: data.View, valid: Signal, clearing: Signal) -> None:
        """Groups enter stage 0 one after another and move on; between sweeps, the host's does."""
        first = group[0]
        m.d.sync += [valid.eq(valid << 1), self.sweep.done.eq(0)]
        for stage in range(self._last):
            m.d.sync += group[stage + 1].eq(group[stage])
        with m.If(valid[0]):
            m.d.sync += [first.eq(first + 1), valid[0].eq(first != self._groups - 1)]
        with m.Elif(~self.busy):
            m.d.sync += first.eq(self.access.request.payload.neuron >> self._lane_bits)
        with m.If(valid[-1] & ~valid[-2]):
            m.d.sync += [self.busy.eq(0), self.sweep.done.eq(~clearing), clearing.eq(0)]
        with m.If(self.sweep.start | self.restart):
            m.d.sync += [
                first.eq(0),
                valid.eq(1),
                self.busy.eq(1),
                self.sweep.done.eq(0),
                clearing.eq(self.restart),
            ]

    def _accumulated(self, m: Module, group: Value, enable: Value) -> list[Value]:
        """The accumulators of the group, in stage LEAD."""
        config = self._sizes.config
        parts = config.lanes // self._lanes
        part_bits = parts.bit_length() - 1
        # Of the complement: the accumulators lie so in their memory, and here, ahead of the choice of a lane,
        # turning them back would cost an inverter a bit.
        block = Signal.like(self.acc.values, reset_less=True)
        part = Signal(part_bits, reset_less=True)
        part_late = Signal(part_bits, reset_less=True)
        m.d.comb += [
            self.acc.enable.eq(enable),
            self.acc.block.eq(group >> part_bits),
            self.acc.clear.eq(group[:part_bits].all()),
        ]
        m.d.sync += [block.eq(~self.acc.values.as_value()), part.eq(group), part_late.eq(part)]
        values = []
        for lane in range(self._lanes):
            value = Signal(block[lane].shape(), reset_less=True, name=f"acc_{lane}")
            m.d.sync += value.eq(~block[lane])
            with m.Switch(part_late) if parts > 1 else nullcontext():
                for k in range(1, parts):
                    with m.Case(k):
                        m.d.sync += value.eq(~block[k * self._lanes + lane])
            values.append(value)
        return values

    def _neurons(self, m: Module, memory: NeuronMemory, valid: Value, acc: list[Value]) -> Signal:
        """The neurons that fire, in the last stage."""
        timing, pipeline = self._neuron.timing, imported(self._neuron.pipeline)
        step_zeros = Signal(5, reset_less=True)
        fired = Signal(self._lanes)
        m.d.sync += step_zeros.eq(low_zeros(self.step))
        for lane in range(self._lanes):
            m.submodules[f"neuron_{lane}"] = neuron = pipeline(self._sizes)
            m.d.comb += [neuron.params[name].eq(memory.params[lane][name]) for name in timing.params]
            m.d.comb += [
                neuron.flags.eq(memory.params[lane].flags),
                neuron.state.eq(memory.state[lane]),
                neuron.acc.eq(acc[lane]),
                neuron.weight_shift.eq(self.weight_shift),
                neuron.step_zeros.eq(step_zeros),
                memory.next[lane].eq(neuron.next),
                fired[lane].eq(neuron.fired),
            ]
            for name, clock in timing.next.items():
                stored = valid[LEAD + clock]
                if name in timing.keep:
                    stored &= ~neuron.keep[name] | memory.clear
                m.d.comb += memory.write[name][lane].eq(stored)
        return fired

    def _lists(
        self, m: Module, memory: NeuronMemory, group: data.View, valid: Value, clearing: Value, fired: Value
    ) -> None:
        m.submodules.delays = delays = Delays(self._sizes)
        m.submodules.fired_list = fired_list = SpikeList(self._sizes, 2)
        m.submodules.arriving_list = arriving_list = SpikeList(self._sizes, 0)
        acts = valid[self._last] & ~clearing
        m.d.comb += [
            delays.read_group.eq(group[self._last - 2]),
            delays.group.eq(group[self._last]),
            delays.write.eq(valid[self._last]),
            delays.fired.eq(fired),
            delays.clear.eq(clearing),
            fired_list.spikes.eq(fired & acts.replicate(self._lanes)),
            arriving_list.spikes.eq(delays.arrives & acts.replicate(self._lanes)),
        ]
        for lane in range(self._lanes):
            params = memory.params[lane]
            late = Cat(
                params.delay,
                (params.flags & NeuronFlag.PLASTIC_IN).any(),
                (params.flags & NeuronFlag.SILENT).any(),
            )
            for _ in range(FLAGS_AHEAD):
                earlier, late = late, Signal(len(late), reset_less=True, name=f"tags_{lane}")
                m.d.sync += late.eq(earlier)
            m.d.comb += [delays.delay[lane].eq(late[:-2]), fired_list.tags[lane].eq(late[-2:])]
        for spikes in (fired_list, arriving_list):
            m.d.comb += [spikes.clear.eq(self.sweep.start | self.restart), spikes.group.eq(group[self._last])]

        listed = self.sweep.fired
        m.d.comb += [
            listed.valid.eq(fired_list.entries.valid & ~self.busy),
            listed.p.neuron.eq(fired_list.entries.p.neuron),
            Cat(listed.p.plastic_in, listed.p.silent).eq(fired_list.entries.p.tag),
            fired_list.entries.ready.eq(listed.ready & ~self.busy),
            self.sweep.fired_empty.eq(fired_list.empty),
        ]
        self._arriving(m, memory, arriving_list)

    def _arriving(self, m: Module, memory: NeuronMemory, arrivals: SpikeList) -> None:
        """Look up the flags of the neurons that arrive: two stages, read and offered."""
        sweep = self.sweep
        read, offered = Signal(), Signal()
        read_neuron = Signal(self._sizes.neuron_bits, reset_less=True)
        looks, moves = Signal(), Signal()
        plastic_out = Signal(self._lanes)
        m.d.comb += [
            moves.eq(~offered | sweep.arriving.ready),
            looks.eq(sweep.arriving_enable & ~self.busy & (~read | moves)),
            memory.look.eq(sweep.arriving_enable & ~self.busy),
            memory.look_enable.eq(looks),
            memory.look_group.eq(arrivals.entries.payload.neuron >> self._lane_bits),
            arrivals.entries.ready.eq(looks),
            sweep.arriving.valid.eq(offered),
            sweep.arriving_empty.eq(arrivals.empty & ~read & ~offered),
        ]
        for lane in range(self._lanes):
            flags = memory.params[lane].flags
            m.d.comb += plastic_out[lane].eq((flags & NeuronFlag.PLASTIC_OUT).any())
        with m.If(looks):
            m.d.sync += [read.eq(arrivals.entries.valid), read_neuron.eq(arrivals.entries.payload.neuron)]
        with m.Elif(moves):
            m.d.sync += read.eq(0)
        with m.If(moves):
            m.d.sync += [
                offered.eq(read),
                sweep.arriving.payload.neuron.eq(read_neuron),
                sweep.arriving.payload.plastic_out.eq(
                    plastic_out.bit_select(read_neuron[: self._lane_bits], 1)
                ),
            ]
        with m.If(sweep.start | self.restart):
            m.d.sync += [read.eq(0), offered.eq(0)]

    def _host(self, m: Module, memory: NeuronMemory) -> None:
        """Serve a word when its group has reached every stage, and what it asks for the read multiplexer."""
        request, reply = self.access.request, self.access.reply
        last = self._last + 4
        waited = Signal(range(last + 1))
        m.d.comb += [
            Cat(memory.host[name] for name in ("state", "word", "data")).eq(
                Cat(request.payload[name] for name in ("state", "word", "data"))
            ),
            memory.host.lane.eq(request.payload.neuron[: self._lane_bits]),
            memory.host.write.eq(request.ready & request.valid & request.payload.write),
            request.ready.eq(waited == last),
            reply.payload.eq(memory.host_data),
        ]
        idle = ~self.busy & ~self.sweep.start & ~self.restart & ~self.sweep.arriving_enable
        with m.If(request.valid & idle & ~reply.valid & ~request.ready):
            m.d.sync += waited.eq(waited + 1)
        with m.Else():
            m.d.sync += waited.eq(0)
        with m.If(request.ready):
            m.d.sync += reply.valid.eq(1)
        with m.Elif(reply.ready):
            m.d.sync += reply.valid.eq(0)
