"""How a bus word's address tells its region, and its place there."""

from allspike.map.device_map import OFFSET_BITS, PARAMS_BYTES, REGION_BITS, STATE_BYTES, Region

WORD = 4
"""Bytes of a bus word."""
ADDRESS_BITS = 32 - (WORD.bit_length() - 1)
"""Width of a word's address: the byte address over `WORD`."""
PLACE_BITS = ADDRESS_BITS - REGION_BITS
"""Width of a word's place in its region."""

PARAM_WORDS = PARAMS_BYTES // WORD
STATE_WORDS = STATE_BYTES // WORD


def top(region: Region) -> int:
    """The region's bits of an address."""
    return region.base >> OFFSET_BITS
