"""How large the store of a compact core is; without Amaranth, for those who only want to know."""

from dataclasses import dataclass
from functools import cached_property

from allspike.map.config import Config

SIDES = 2
"""Halves of the store, each with a port of its own."""
BLOCK = 4
"""Synapses in a word of 32 bits: bytes of successive neurons."""
RECORD_BITS = 3
"""A neuron has a record of 2**RECORD_BITS entries."""
ENTRY_BYTES = 8
"""An entry is a word on each side, at one address."""


@dataclass(frozen=True)
class Extent:
    """Entries of the store, by what they hold; see `StoreLayout`."""

    config: Config

    @cached_property
    def synapse_entries(self) -> int:
        """Entries of all rows."""
        return -(-self.config.axons // SIDES) * (self.config.neurons // BLOCK)

    @cached_property
    def table_entries(self) -> int:
        """Entries of the inputs' words, a power of two; none without inputs."""
        pairs = -(-self.config.inputs // SIDES)
        return 1 << (pairs - 1).bit_length() if pairs else 0

    @cached_property
    def record_entries(self) -> int:
        """Entries of the neurons' records."""
        return self.config.neurons << RECORD_BITS

    @property
    def entries(self) -> int:
        """All that is held."""
        return self.synapse_entries + self.table_entries + self.record_entries

    @property
    def size(self) -> int:
        """The same in bytes."""
        return ENTRY_BYTES * self.entries
