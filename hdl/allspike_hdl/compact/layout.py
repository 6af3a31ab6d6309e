"""Where things lie in the store of a compact core."""

from functools import cached_property

from amaranth import Cat, Const, Value

from ..map.sizes import bits_for
from .extent import BLOCK, Extent

BLOCK_BITS = BLOCK.bit_length() - 1


class StoreLayout(Extent):
    """Where things lie: entries of the store, each a word on each side, at one address.

    - Synapse (i, j) is byte j mod 4 of its word. Words of a row lie on both sides by turns. In a build that
      learns so do those of a column: block b of row i is on side (b ^ i) mod 2, in entry i div 2 * N / 4 + b.
      A static build reads whole entries: block b is on side b mod 2, in entry (i * N / 4 + b) div 2.
    - The last 8 N entries are the neurons', 8 each; see `record`.
    - Before them lie the inputs' words, by turns on both sides.

    So that no address has to be added up, N is a power of two, and so is the number of entries.
    """

    @cached_property
    def neuron_bits(self) -> int:
        """Width of a neuron's index."""
        return self.config.neurons.bit_length() - 1

    @cached_property
    def entry_bits(self) -> int:
        """Width of an entry's address."""
        return bits_for(self.entries)

    @cached_property
    def index_bits(self) -> int:
        """Width of an index of inputs, of neurons, and of rows enough to cover all entries in a wipe."""
        rows = self.entry_bits - (self.neuron_bits - BLOCK_BITS) + 1  # two of them share their entries
        return max(bits_for(self.config.inputs), self.neuron_bits, rows)

    def synapses(self, axon: Value, block: Value) -> tuple[Value, Value]:
        """Entry and side of a block of a row."""
        if self.config.plasticity:
            return Cat(block, axon[1:])[: self.entry_bits], block[0] ^ axon[0]
        return Cat(block[1:], axon)[: self.entry_bits], block[0]

    def record(self, neuron: Value, word: Value) -> Value:
        """Entry of a word of a neuron."""
        low = Cat(word, neuron[: self.neuron_bits])
        return Cat(low, Const(-1, self.entry_bits - len(low)))

    def input_word(self, index: Value) -> tuple[Value, Value]:
        """Entry and side of the word of an input."""
        table_bits = bits_for(self.table_entries)
        start = (1 << self.entry_bits) - self.record_entries - self.table_entries
        low = Cat(index[1:], Const(0, table_bits))[:table_bits]
        return Cat(low, Const(start >> table_bits, self.entry_bits - table_bits)), index[0]
