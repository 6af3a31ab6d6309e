"""From the seed that a user names to the one that a device's generators start from."""

_WORD = 0xFFFFFFFF


def register_of(seed: int) -> int:
    """The contents of `control.seed` for a seed, both 0 to 2**32 - 1; one to one.

    The generators are linear: seeds that differ in few bits give draws that differ in few bits for long. So
    the seed is hashed, by the finaliser of MurmurHash3 (A. Appleby, 2011; public domain), whose 0 is 0.
    """
    z = seed
    z ^= z >> 16
    z = z * 0x85EBCA6B & _WORD
    z ^= z >> 13
    z = z * 0xC2B2AE35 & _WORD
    return z ^ z >> 16
