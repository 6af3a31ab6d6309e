"""The synapse array in single-port memory, two bytes a word."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import data

from .pipeline import DelayLine
from .single_port_memory import MASK_BITS, WORD_BITS, SinglePortMemory
from .synapses import SynapseArray

_BYTES = 2
_BYTE_BITS = WORD_BITS // _BYTES
_BYTE_MASK = MASK_BITS // _BYTES


class PackedSynapses(SynapseArray):
    """Synapses that do not learn: a word holds the weights of two banks, 2k and 2k + 1.

    Such builds walk rows only, and a block of a row has one address in all banks: so a word gives two lanes
    their weights. A single lane uses the lower byte of its words alone.
    """

    def elaborate(self, platform):
        m = Module()
        sizes, config = self.sizes, self.sizes.config
        depth = sizes.column_blocks * sizes.row_blocks * config.lanes
        writes = self.enable.any()
        for first in range(0, config.lanes, _BYTES):
            banks = range(first, min(first + _BYTES, config.lanes))
            m.submodules[f"banks_{first}"] = memory = SinglePortMemory(depth)
            word = Signal(data.ArrayLayout(_BYTE_BITS, _BYTES), reset_less=True, name=f"word_{first}")
            m.d.sync += word.eq(memory.value)
            m.d.comb += [
                memory.address.eq(
                    Mux(writes, self._address(self.write, first), self._address(self.read, first))
                ),
                memory.write.eq(writes),
            ]
            for byte, bank in enumerate(banks):
                m.d.comb += [
                    memory.mask.word_select(byte, _BYTE_MASK).eq(self.enable[bank].replicate(_BYTE_MASK)),
                    memory.data.word_select(byte, _BYTE_BITS).eq(self.new_weights[bank]),
                    self.weights[bank].eq(word[byte][: config.weight_bits]),
                ]
        return m


class PairedSynapses(SynapseArray):
    """Synapses that learn: a word holds the bytes, weight and plastic bit, of two successive blocks of a row.

    What is at `read` and at `write` comes in pairs that share a word: in one clock the first, whose block has
    an even number in its row; in the next, with `second`, the second. The word is read as the first is at
    `read`, and written, both bytes at once, as the second is at `write`. So reads and writes take turns, and
    none is lost: rows are walked at full rate, learning or not. A column needs one byte of each word, so one
    of each pair has nothing to do, and `enable` is 0 for it.

    `second` alternates in every clock, for `read` and `write` at once.
    """

    def elaborate(self, platform):
        m = Module()
        sizes, config = self.sizes, self.sizes.config
        depth = sizes.column_blocks * sizes.row_slots * config.lanes // _BYTES
        byte = DelayLine(m, self.read.high[0])[self.LATENCY]
        earlier = Signal(config.lanes)
        m.d.sync += earlier.eq(self.enable)
        for bank in range(config.lanes):
            m.submodules[f"bank_{bank}"] = memory = SinglePortMemory(depth)
            word = Signal(WORD_BITS, reset_less=True, name=f"word_{bank}")
            first = Signal(_BYTE_BITS, reset_less=True, name=f"first_{bank}")
            with m.If(self.second):
                m.d.sync += word.eq(memory.value)
            found = word.word_select(byte, _BYTE_BITS)
            new = Cat(self.new_weights[bank], self.new_plastic)
            m.d.sync += first.eq(new)
            enables = Cat(earlier[bank], self.enable[bank])
            m.d.comb += [
                self.weights[bank].eq(found[: config.weight_bits]),
                self.plastic[bank].eq(found[config.weight_bits]),
                memory.address.eq(
                    Mux(self.second, self._word(self.write, bank), self._word(self.read, bank))
                ),
                memory.write.eq(self.second),
                memory.mask.eq(Cat(bit.replicate(_BYTE_MASK) for bit in enables)),
                memory.data.eq(Cat(first, new)),
            ]
        return m

    def _word(self, block: data.View, bank: int):
        """Address of the word of a block; which byte of it is the last bit of `high`."""
        lane_bits = self.sizes.lane_bits
        address = self._address(block, bank)
        return Cat(address[:lane_bits], address[lane_bits + 1 :])
