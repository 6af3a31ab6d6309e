"""The skewed banks: rows and columns of synapses come a block a clock, and mean the same synapses."""

from functools import partial
from typing import Any

from amaranth import Array, Module, Mux, Signal, Value
from amaranth.lib import data

from allspike.map.config import Config
from allspike_hdl.fabric.butterfly import Butterfly
from allspike_hdl.fabric.pipeline import DelayLine
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.interfaces import WalkKind
from allspike_hdl.wide.sequencer import Slot
from allspike_hdl.wide.synapses import Synapses
from allspike_hdl.wide.walker import Walker

from .harness import Harness, Together, anything, assume, claim, something
from .opened import Opened
from .proof import Break, Proof

_THROUGH = Synapses.LATENCY + 1
"""Clocks from a slot to its block in lane order."""


class Skew(Harness):
    """The synapse memory between two butterflies, with a block written and another one read in each clock.

    One synapse is watched, which may be any: where docs/core.md says that it lies, there is what was written
    to it last, whether by a row or by a column; and that is what either of them reads, unless it is written
    in the same clock.
    """

    def __init__(self, config: Config) -> None:
        self.sizes = Sizes(config)

    def states(self, m: Module) -> None:
        sizes, lanes = self.sizes, self.sizes.config.lanes
        m.submodules.to_banks = to_banks = Butterfly(2, lanes)
        m.submodules.to_lanes = to_lanes = Butterfly(2, lanes)
        synapses = Synapses(sizes)
        opened = Opened(synapses)
        m.submodules.synapses = opened.fragment

        axon, neuron = something(m, sizes.axon_bits, "axon"), something(m, sizes.neuron_bits, "neuron")
        assume(m, axon < sizes.config.axons, neuron < sizes.config.neurons)
        held = self._held(m, opened, axon, neuron)

        # A write: its block in lane order goes to the banks, a clock later.
        writes = self._slot(m, "writes")
        m.d.comb += [to_banks.inputs.eq(anything(m, 2 * lanes, "new")), to_banks.select.eq(writes.index)]
        enable = anything(m, lanes, "enable")
        m.d.sync += [synapses.write.eq(Walker._address(self, m, writes)), synapses.enable.eq(enable)]
        for bank in range(lanes):
            m.d.comb += synapses.new_weights[bank].eq(to_banks.outputs[bank])
        is_it, lane = self._in(writes, axon, neuron)
        written = Signal(2)
        becomes = Array(Value.cast(item) for item in to_banks._layout(to_banks.inputs.as_value()))[lane]
        changes = Signal()
        m.d.sync += [
            written.eq(becomes),
            changes.eq(is_it & enable.bit_select(_bank(sizes, axon, neuron), 1)),
        ]
        last = Signal(2)
        with m.If(changes):
            m.d.sync += last.eq(written)

        # A read.
        reads = self._slot(m, "reads")
        m.d.comb += [
            synapses.read.eq(Walker._address(self, m, reads)),
            to_lanes.inputs.eq(synapses.weights),
            to_lanes.select.eq(DelayLine(m, reads.index)[Synapses.LATENCY]),
        ]
        is_it, lane = self._in(reads, axon, neuron)
        shown = Array(Value.cast(to_lanes.outputs[k]) for k in range(lanes))[DelayLine(m, lane)[_THROUGH]]
        expected = DelayLine(m, held)[_THROUGH]
        claim(
            m,
            synapse_holds_what_was_written=held == last,
            block_has_it_in_its_lane=~DelayLine(m, is_it & ~changes, resettable=True)[_THROUGH]
            | (shown[:2] == expected),
        )

    def _slot(self, m: Module, name: str) -> Any:
        sizes = self.sizes
        slot = anything(m, Slot(sizes), name)
        row = slot.kind == WalkKind.ROW
        column = slot.kind == WalkKind.COLUMN
        assume(
            m,
            row | column,
            ~row | (slot.index < sizes.config.axons),
            ~column | (slot.index < sizes.config.neurons),
            slot.block < Mux(row, sizes.row_blocks, sizes.column_blocks),
        )
        return slot

    def _in(self, slot: data.View, axon: Value, neuron: Value) -> tuple[Value, Value]:
        """Whether the block of a slot has the synapse, and in which lane."""
        bits = self.sizes.lane_bits
        row = slot.kind == WalkKind.ROW
        own, other = Mux(row, axon, neuron), Mux(row, neuron, axon)
        return (slot.index == own) & (slot.block == other >> bits), other[:bits]

    def _held(self, m: Module, opened: Opened, axon: Value, neuron: Value) -> Signal:
        """The weight of the synapse, by the formula of docs/core.md."""
        sizes, bits = self.sizes, self.sizes.lane_bits
        address = ((axon >> bits) * sizes.row_blocks + (neuron >> bits)) * sizes.config.lanes
        address += axon[:bits] if bits else 0
        ports = [opened.peek(f"bank_{bank}.memory") for bank in range(sizes.config.lanes)]
        m.d.comb += [port.addr.eq(address) for port in ports]
        held = Signal(2)
        m.d.comb += held.eq(Array(port.data for port in ports)[_bank(sizes, axon, neuron)])
        return held


def _bank(sizes: Sizes, axon: Value, neuron: Value) -> Value:
    return (axon ^ neuron)[: sizes.lane_bits]


def _harness(lanes: int, blocks: int, inputs: int) -> Skew:
    return Skew(Config(neurons=lanes * blocks, inputs=inputs, lanes=lanes, weight_bits=2, plasticity=False))


FEW = ((1, 3, 2), (2, 2, 3), (4, 3, 5))
MANY = ((8, 2, 9), (16, 1, 3), (32, 1, 0), (64, 1, 0))
"""Lanes, blocks a row and inputs: so many blocks that it is a power of two, and not; blocks partly empty."""

CLAIM = (
    "A synapse holds what a row or a column wrote to it last, and nothing written to another; both read it "
    "in its lane, unless it is written in that clock."
)
BREAKS = (
    Break("wide/synapses.py", "Cat(block.low ^ turned, block.high)", "Cat(block.low, block.high)"),
    Break("wide/walker.py", "axons * sizes.row_blocks + neurons", "axons * sizes.row_blocks ^ neurons"),
    Break(
        "wide/walker.py", "Cat(neurons[: sizes.row_blocks.bit_length() - 1], axons)", "Cat(axons, neurons)"
    ),
    Break("fabric/butterfly.py", "return Mux(select[outer], cross, stay)", "return stay"),
)

PROOFS = (
    Proof(
        name="skew",
        claim=f"{CLAIM} For 1, 2 and 4 lanes.",
        make=lambda: Together(*(_harness(*sizes) for sizes in FEW)),
        depth=_THROUGH + 1,
        breaks=BREAKS,
    ),
    *(
        Proof(
            name=f"skew of {sizes[0]} lanes",
            claim=f"{CLAIM} For {sizes[0]} lanes.",
            make=partial(_harness, *sizes),
            depth=_THROUGH + 1,
            breaks=BREAKS[:1],
            long=True,
        )
        for sizes in MANY
    ),
)
