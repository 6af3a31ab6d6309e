"""Widths and counts that follow from a configuration."""

from dataclasses import dataclass
from functools import cached_property

from allspike.map.config import Config


def bits_for(count: int) -> int:
    """Bits of an index below `count`, at least 1."""
    return max(1, (count - 1).bit_length())


@dataclass(frozen=True)
class Sizes:
    """What the components of a core have in common."""

    config: Config

    @cached_property
    def row_blocks(self) -> int:
        """Blocks of `lanes` neurons in a row."""
        return self.config.neurons // self.config.lanes

    @cached_property
    def column_blocks(self) -> int:
        """Blocks of `lanes` axons in a column; the last may be partly empty."""
        return -(-self.config.axons // self.config.lanes)

    @cached_property
    def neuron_bits(self) -> int:
        """Width of a neuron's index."""
        return bits_for(self.config.neurons)

    @cached_property
    def input_bits(self) -> int:
        """Width of an input's index."""
        return bits_for(self.config.inputs)

    @cached_property
    def axon_bits(self) -> int:
        """Width of an axon's index."""
        return bits_for(self.config.axons)

    @cached_property
    def row_block_bits(self) -> int:
        """Width of the number of a row block."""
        return bits_for(self.row_blocks)

    @cached_property
    def lane_bits(self) -> int:
        """Width of a lane's number, 0 for a single lane."""
        return self.config.lanes.bit_length() - 1

    @cached_property
    def acc_bits(self) -> int:
        """Width of an accumulator: the sum of all weights of a column fits, so it never overflows."""
        return self.config.weight_bits + (self.config.axons - 1).bit_length()
