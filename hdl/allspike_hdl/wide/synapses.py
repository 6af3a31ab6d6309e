"""The synapse array: memory that reads and writes rows and columns alike."""

from amaranth import Cat, Const, Module, Signal, signed, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from ..fabric.block_memory import BlockMemory
from ..map.sizes import Sizes, bits_for


class BlockAddress(data.StructLayout):
    """Where a block of `lanes` synapses lies.

    Synapse (i, j) lies in bank (i ^ j) mod L, at the address (i div L * NB + j div L) * L + i mod L. So

    - the L neurons of a block of row i have one address in all banks: `low` is i mod L;
    - the L axons of a block of column j have addresses that differ in their last bits: `low` is j mod L,
      `column` is set, and bank k reads at (k ^ low).

    Either way bank k holds the element of lane k ^ low. NB is `Sizes.row_blocks`.
    """

    def __init__(self, sizes: Sizes) -> None:
        blocks = sizes.column_blocks * sizes.row_blocks
        super().__init__({"high": bits_for(blocks), "low": sizes.lane_bits, "column": 1})


class Synapses(wiring.Component):
    """All weights and plastic bits, in L banks of block RAM with one read and one write port: a block is read
    and another one written in every clock.

    Members
    -------
    read : In(BlockAddress)
    weights, plastic : Out
        The block, in bank order, `LATENCY` clocks after `read`.
    write : In(BlockAddress)
    enable : In(L)
        Write these banks at the end of the clock. What a read in the same clock gives is not defined.
    new_weights : In
        In bank order.
    new_plastic : In(1)
        The same for all banks.

    A build without plasticity has no plastic bits: they read as 0.
    """

    LATENCY = 2

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        lanes = sizes.config.lanes
        weights = data.ArrayLayout(signed(sizes.config.weight_bits), lanes)
        super().__init__(
            {
                "read": In(BlockAddress(sizes)),
                "weights": Out(weights),
                "plastic": Out(lanes),
                "write": In(BlockAddress(sizes)),
                "enable": In(lanes),
                "new_weights": In(weights),
                "new_plastic": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        sizes, config = self.sizes, self.sizes.config
        depth = sizes.column_blocks * sizes.row_blocks * config.lanes
        word_bits = config.weight_bits + config.plasticity
        for bank in range(config.lanes):
            m.submodules[f"bank_{bank}"] = memory = BlockMemory(unsigned(word_bits), depth)
            word = Signal(word_bits, reset_less=True)
            m.d.sync += word.eq(memory.values[0])
            m.d.comb += [
                memory.addresses[0].eq(self._address(self.read, bank)),
                self.weights[bank].eq(word[: config.weight_bits]),
                self.plastic[bank].eq(word[config.weight_bits :]),
                memory.write_address.eq(self._address(self.write, bank)),
                memory.write_value.eq(Cat(self.new_weights[bank], self.new_plastic)),
                memory.enable.eq(self.enable[bank]),
            ]
        return m

    def _address(self, block: data.View, bank: int):
        turned = block.column.replicate(self.sizes.lane_bits) & Const(bank, self.sizes.lane_bits)
        return Cat(block.low ^ turned, block.high)
