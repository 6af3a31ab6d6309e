"""What the rows of a step add up to."""

from amaranth import Array, Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In

from ..fabric.block_memory import BlockMemory
from ..fabric.holds import holds
from ..fabric.pipeline import DelayLine
from ..map.sizes import Sizes
from .interfaces import AccumulatorPort

_TURNAROUND = 4
"""Clocks from the read of a block to the next read that sees what was added."""


class Accumulators(wiring.Component):
    """`acc_j += w_ij`, `lanes` neurons a clock; exact, for they are wide enough for the sum of all weights.

    Successive rows come to the same block after NB clocks. From four blocks a row on, that is later than the
    sum is back in its memory; fewer blocks are registers, added to in one clock.

    Members
    -------
    port : In(AccumulatorPort)
        For the neurons. A block that was read with `clear` is 0 from the fourth clock after.
    block : In
    add : In(1)
        Add to `block`: its weights follow after two clocks.
    clear : In(1)
        Set `block` to 0.
    weights : In
        In lane order.

    A block is as `add` or `clear` left it from the fourth clock after, and not to be read before. Only one of
    `add`, `clear` and `port.enable` at a time.
    """

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        super().__init__(
            {
                "port": In(AccumulatorPort(sizes)),
                "block": In(sizes.row_block_bits),
                "add": In(1),
                "clear": In(1),
                "weights": In(data.ArrayLayout(signed(sizes.config.weight_bits), sizes.config.lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        block = Signal(self.sizes.row_block_bits)
        clear = Signal()
        m.d.comb += [
            block.eq(Mux(self.port.enable, self.port.block, self.block)),
            clear.eq(self.clear | (self.port.enable & self.port.clear)),
        ]
        blocks = DelayLine(m, block)
        holds(m, platform, one_at_a_time=self.add + self.clear + self.port.enable <= 1)
        clears = DelayLine(m, clear, resettable=True)
        changes = DelayLine(m, self.add | clear, resettable=True)
        if self.sizes.row_blocks < _TURNAROUND:
            self._in_registers(m, platform, blocks, clears, changes)
        else:
            self._in_memory(m, platform, blocks, clears, changes)
        return m

    def _in_registers(self, m, platform, blocks: DelayLine, clears: DelayLine, changes: DelayLine) -> None:
        shape = self.port.values.shape()
        registers = [Signal(shape, name=f"block_{block}") for block in range(self.sizes.row_blocks)]
        of_block = Array(register.as_value() for register in registers)
        before = Signal(shape)
        sums = Signal(shape)
        m.d.comb += before.eq(of_block[blocks[2]])
        for lane in range(shape.length):
            total = before[lane] + self.weights[lane]
            m.d.comb += sums[lane].eq(Mux(clears[2], 0, total))
            holds(m, platform, sum_has_its_width=~changes[2] | clears[2] | (sums[lane] == total))
        m.d.sync += self.port.values.eq(of_block[blocks[0]])
        with m.If(changes[2]):
            m.d.sync += of_block[blocks[2]].eq(sums)

    def _in_memory(self, m, platform, blocks: DelayLine, clears: DelayLine, changes: DelayLine) -> None:
        # What is kept is ~acc: then ~(acc + w) = ~acc - w. A subtraction stays the way round that it is
        # written, with the plain register on the side that feeds the carry chain, and the multiplexer of w
        # merges into its tables.
        shape = self.port.values.shape()
        m.submodules.memory = memory = BlockMemory(shape, self.sizes.row_blocks)
        before = Signal(shape, reset_less=True)
        after = Signal(shape, reset_less=True)
        m.d.sync += before.eq(memory.values[0])
        m.d.comb += [
            memory.addresses[0].eq(blocks[0]),
            memory.write_address.eq(blocks[3]),
            memory.write_value.eq(after),
            memory.enable.eq(changes[3]),
        ]
        for lane in range(shape.length):
            m.d.comb += self.port.values[lane].eq(~memory.values[0][lane])
            total = before[lane] - self.weights[lane]
            m.d.sync += after[lane].eq(Mux(clears[2], -1, total))
            fits = (total >= -(1 << self.sizes.acc_bits - 1)) & (total < 1 << self.sizes.acc_bits - 1)
            holds(m, platform, sum_has_its_width=~changes[2] | clears[2] | fits)
