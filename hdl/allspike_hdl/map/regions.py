"""How a bus word's address tells its region, and its place there."""

from allspike.map import device_map as dm

WORD = 4
"""Bytes of a bus word."""
ADDRESS_BITS = 32 - (WORD.bit_length() - 1)
"""Width of a word's address: the byte address over `WORD`."""
REGION_BITS = 8
"""Regions differ in the top bits of an address."""
PLACE_BITS = ADDRESS_BITS - REGION_BITS
"""Width of a word's place in its region."""

PARAM_WORDS = dm.NEURON_PARAMS_LAYOUT.size // WORD
STATE_WORDS = dm.NEURON_STATE_LAYOUT.size // WORD


def top(region: dm.Region) -> int:
    """The region's bits of an address."""
    return region.base >> (32 - REGION_BITS)
