"""The walker: synapses, accumulators, traces and learning, driven by walk commands."""

from amaranth import Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import LearnFlag

from ..fabric.butterfly import Butterfly
from ..fabric.change import Change, Rounded
from ..fabric.pipeline import DelayLine
from ..map.register_file import Learning
from ..map.sizes import Sizes
from .accumulators import Accumulators
from .dither import Dither
from .host_access import HostAccess
from .interfaces import AccumulatorPort, SynapseAccess, WalkKind, Walks
from .multiplier import Multiplier
from .operands import Operands
from .plasticity import NewWeights, Rounding
from .sequencer import Sequencer
from .synapses import BlockAddress, Synapses
from .traces import Traces

_TURNAROUND = 5
"""Between a slot that changes a block in any memory and the first that may read it there."""


class Walker(wiring.Component):
    """Walks rows and columns of the synapse array, a block of `lanes` synapses a clock.

    ============ ================================================= =========
    command      effect                                            clocks
    ============ ================================================= =========
    ROW i        acc_j += w_ij; if `learn`, then                   NB = N / L
                 w_ij = learned(w_ij, -R(change(e(y_j)), j))
                 where plastic; x_i takes its increment
    COLUMN j     w_ij = learned(w_ij, R(change(e(x_i) - x_target), AB = A / L
                 i)) where plastic
    FIRED j      y_j takes its increment                           1
    FADE         x and y fade, all of them                         AB + NB
    ============ ================================================= =========

    Commands act as if one after another. Rows with ascending indices follow each other without a gap, and so
    do COLUMN and FIRED; otherwise a command waits for 4 clocks after the one before. A block passes these
    stages:

    ====== =============================================== =============
    stage  a build with plasticity                         one without
    ====== =============================================== =============
    0      slot; traces are read
    2, 3   trace; its contribution less the target
    4      product; traces are written
    5, 6   dithered sum; change in weight units
    5      synapses are read                               1
    7      block and changes in bank order                 3
    8, 9   new weight; synapses are written
    8      weights in lane order, added to accumulators    4
    9      accumulators are written                        5
    ====== =============================================== =============

    Members
    -------
    walks : In(Walks)
    learning : In(Learning)
        Constant while busy.
    seed : In(32), restart : In(1)
        Clear traces and accumulators and start the dither from `seed`, which is constant while busy, after
        the commands taken before. Power-up does the same by itself. Weights and plastic bits stay.
    in_rows, in_columns : Out(1)
        Such a walk enters, or is in flight.
    updates : Out(range(lanes + 1))
        Plastic synapses that learning walks pass in this clock.
    acc : In(AccumulatorPort)
        Used while not busy only.
    access : In(SynapseAccess)
        Served while not busy; a command has to wait meanwhile. A request takes some 12 clocks, to write a
        trace some 18, and 1 or 2 for another synapse of the same block.
    """

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        config = sizes.config
        super().__init__(
            {
                "walks": In(Walks(sizes)),
                "learning": In(Learning(config)),
                "seed": In(32),
                "restart": In(1),
                "in_rows": Out(1),
                "in_columns": Out(1),
                "updates": Out(range(config.lanes + 1)),
                "acc": In(AccumulatorPort(sizes)),
                "access": In(SynapseAccess(sizes)),
            }
        )
        self._read = 5 if config.plasticity else 1  # the stage in which the synapses are read
        self._depth = self._read + 4

    def elaborate(self, platform):
        m = Module()
        sizes, read = self.sizes, self._read
        m.submodules.sequencer = sequencer = Sequencer(sizes, turnaround=_TURNAROUND, depth=self._depth)
        m.submodules.host = host = HostAccess(sizes, depth=self._depth)
        m.submodules.synapses = synapses = Synapses(sizes)
        m.submodules.accumulators = accumulators = Accumulators(sizes)
        m.submodules.to_lanes = to_lanes = Butterfly(signed(sizes.config.weight_bits), sizes.config.lanes)
        wiring.connect(m, wiring.flipped(self.walks.commands), sequencer.commands)
        wiring.connect(m, wiring.flipped(self.access), host.access)
        wiring.connect(m, wiring.flipped(self.acc), accumulators.port)

        slot, valid = sequencer.slot, sequencer.valid
        low = DelayLine(m, slot.index[: sizes.lane_bits])
        address = DelayLine(m, self._address(m, slot))
        clears = DelayLine(m, valid & slot.clear, resettable=True)
        adds = DelayLine(m, valid & (slot.kind == WalkKind.ROW) & ~slot.clear, resettable=True)
        m.d.comb += [
            sequencer.restart.eq(self.restart),
            sequencer.probe.eq(host.probe),
            sequencer.probed.eq(host.probed),
            self.walks.busy.eq(~sequencer.idle),
            self.in_rows.eq(sequencer.in_rows),
            self.in_columns.eq(sequencer.in_columns),
            synapses.read.eq(address[read]),
            # Without plasticity only the host writes, and its slot stands at every stage.
            synapses.write.eq(address[read + 4 if sizes.config.plasticity else read]),
            synapses.new_plastic.eq(host.new_plastic | ~host.probe),
            to_lanes.inputs.eq(synapses.weights),
            to_lanes.select.eq(Mux(host.probe, host.exchange, low[read + 2])),
            accumulators.block.eq(DelayLine(m, slot.block[: sizes.row_block_bits])[read + 1]),
            accumulators.add.eq(adds[read + 1]),
            accumulators.clear.eq(clears[read + 1]),
            accumulators.weights.eq(to_lanes.outputs),
            host.idle.eq(sequencer.idle),
            host.weight.eq(to_lanes.outputs[0]),
            host.plastic.eq(synapses.plastic.bit_select(host.exchange, 1)),
        ]
        hosts = Signal(sizes.config.lanes)  # written in the next clock
        m.d.comb += hosts.eq(host.write_synapse << host.exchange)
        if sizes.config.plasticity:
            changes = self._changes(m, sequencer, host, low)
            self._learn(m, sequencer, host, synapses, changes, low, hosts)
        else:
            m.d.sync += synapses.enable.eq(hosts)
            for bank in range(sizes.config.lanes):
                m.d.comb += synapses.new_weights[bank].eq(host.new_weight)
        return m

    def _address(self, m: Module, slot: data.View) -> data.View:
        """Where the block of a slot lies."""
        sizes = self.sizes
        index = slot.index[sizes.lane_bits :]
        column = slot.kind == WalkKind.COLUMN
        axons, neurons = (
            Mux(column, slot.block, index),
            Mux(column, index, slot.block)[: sizes.row_block_bits],
        )
        address = Signal(BlockAddress(sizes))
        if sizes.row_blocks & (sizes.row_blocks - 1):
            m.d.comb += address.high.eq(axons * sizes.row_blocks + neurons)
        else:
            m.d.comb += address.high.eq(Cat(neurons[: sizes.row_blocks.bit_length() - 1], axons))
        m.d.comb += [address.low.eq(slot.index[: sizes.lane_bits]), address.column.eq(column)]
        return address

    def _changes(self, m: Module, sequencer: Sequencer, host: HostAccess, low: DelayLine) -> data.View:
        """Stages 0 to 7: from traces to changes of weights, in bank order; traces fade on the way."""
        sizes, slot, valid = self.sizes, sequencer.slot, sequencer.valid
        m.submodules.traces = traces = Traces(sizes)
        m.submodules.operands = operands = Operands(sizes)
        m.submodules.multiplier = multiplier = Multiplier(sizes)
        m.submodules.dither = dither = Dither(sizes)
        m.submodules.rounding = rounding = Rounding(sizes)
        m.submodules.to_banks = to_banks = Butterfly(
            Rounded(Change(sizes.config.weight_bits)), sizes.config.lanes
        )
        row, fired = slot.kind == WalkKind.ROW, slot.kind == WalkKind.FIRED
        draws = DelayLine(m, slot.first & slot.learn, resettable=True)
        m.d.comb += [
            traces.learning.eq(self.learning),
            traces.walk.block.eq(slot.block),
            traces.walk.post.eq(row | slot.post),
            traces.spike.block.eq(slot.index[sizes.lane_bits :]),
            traces.spike.post.eq(fired),
            traces.lane.eq(low[0]),
            traces.touch.eq((valid & (fired | (row & slot.first))) | host.write_trace),
            traces.replace.eq(host.probe),
            traces.data.eq(host.new_trace),
            traces.fade.eq(valid & (slot.kind == WalkKind.FADE)),
            traces.losses.eq(multiplier.products),
            host.trace.eq(traces.value),
            operands.learning.eq(self.learning),
            operands.kind.eq(slot.kind),
            operands.post.eq(slot.post),
            operands.clear.eq(slot.clear),
            multiplier.traces.eq(traces.values),
            multiplier.contribution.eq(operands.contribution),
            multiplier.factor.eq(operands.factor),
            dither.seed.eq(self.seed),
            dither.restart.eq(sequencer.clearing),
            dither.walk.eq(draws[2]),
            dither.nearest.eq((self.learning.flags & LearnFlag.NEAREST_ROUNDING).any()),
            rounding.products.eq(multiplier.products),
            rounding.dither.eq(dither.dither),
            rounding.scale.eq(operands.scale),
            to_banks.inputs.eq(rounding.rounded),
            to_banks.select.eq(low[6]),
        ]
        return to_banks.outputs

    def _learn(
        self,
        m: Module,
        sequencer: Sequencer,
        host: HostAccess,
        synapses: Synapses,
        changes: data.View,
        low: DelayLine,
        hosts: Value,
    ) -> None:
        """Stages 7 to 9: new weights, where plastic."""
        lanes, slot = self.sizes.config.lanes, sequencer.slot
        m.submodules.new_weights = new_weights = NewWeights(self.sizes)
        learns = DelayLine(m, sequencer.valid & slot.learn, resettable=True)
        passed = Signal(lanes)
        m.d.comb += [
            new_weights.weights.eq(synapses.weights),
            new_weights.changes.eq(changes),
            new_weights.depress.eq(DelayLine(m, slot.kind == WalkKind.ROW)[7]),
            new_weights.w_min.eq(self.learning.w_min),
            new_weights.w_max.eq(self.learning.w_max),
            new_weights.replace.eq(host.probe),
            new_weights.weight.eq(host.new_weight),
            passed.eq(synapses.plastic & learns[7].replicate(lanes)),
            synapses.new_weights.eq(new_weights.new_weights),
        ]
        # Nothing but wires is left before the banks, which lie all over a chip.
        m.d.sync += [
            synapses.enable.eq(DelayLine(m, passed, resettable=True)[1] | hosts),
            self.updates.eq(sum(passed)),
        ]
