"""How large the store of a compact core is; without Amaranth, for those who only want to know."""

from dataclasses import dataclass
from functools import cached_property

from allspike.map.config import Config

SIDES = 2
"""Halves of the store, each with a port of its own."""
BLOCK = 4
"""Synapses in a word of 32 bits: bytes of successive neurons."""
RECORD_BITS = 3
"""A neuron has a record of 2**RECORD_BITS lines."""
LINE_BYTES = 8
"""A line is a word on each side."""


@dataclass(frozen=True)
class Extent:
    """Lines of the store, by what they hold; see `Layout`."""

    config: Config

    @cached_property
    def synapse_lines(self) -> int:
        """Lines of all rows."""
        return -(-self.config.axons // SIDES) * (self.config.neurons // BLOCK)

    @cached_property
    def table_lines(self) -> int:
        """Lines of the inputs' words, a power of two; none without inputs."""
        lines = -(-self.config.inputs // SIDES)
        return 1 << (lines - 1).bit_length() if lines else 0

    @cached_property
    def record_lines(self) -> int:
        """Lines of the neurons' records."""
        return self.config.neurons << RECORD_BITS

    @property
    def lines(self) -> int:
        """All that is held."""
        return self.synapse_lines + self.table_lines + self.record_lines

    @property
    def size(self) -> int:
        """The same in bytes."""
        return LINE_BYTES * self.lines
