"""Words and offsets of the two rings, as the gateware counts them."""

from allspike.map.device_map import RING_MARKER, RING_STEP_MASK, RING_WORD

MARKER_BIT = RING_MARKER.bit_length() - 1
STEP_LOW_BITS = RING_STEP_MASK.bit_length()
WORD_SHIFT = RING_WORD.bit_length() - 1
"""A byte offset is a word's offset, shifted by this."""


def offset_bits(words: int) -> int:
    """Bits that tell the offsets of a ring apart, a full one from an empty one too."""
    return words.bit_length()
