"""Whole numbers: of a width, decaying, drawn."""


def unsigned(value: int, bits: int) -> int:
    return value % 2**bits


def signed(value: int, bits: int) -> int:
    low = value % 2**bits
    return low - 2**bits if low >= 2 ** (bits - 1) else low


def bounded(z: int, top: int) -> int:
    """Saturated at plus and minus `top`."""
    return min(max(z, -top), top)


def decay(z: int, factor: int) -> int:
    factor = min(factor, 2**15)
    magnitude = (abs(z) * factor + 2**14) // 2**15
    if magnitude == abs(z) > 0 and factor < 2**15:
        magnitude -= 1
    return -magnitude if z < 0 else magnitude


def hashed(seed: int) -> int:
    """The seed register, of a user's seed."""
    z = seed
    z = (z ^ z >> 16) * 0x85EBCA6B % 2**32
    z = (z ^ z >> 13) * 0xC2B2AE35 % 2**32
    return z ^ z >> 16


def seed_of(register: int) -> int:
    """The user's seed that gives this seed register."""
    z = register
    z = (z ^ z >> 16) * pow(0xC2B2AE35, -1, 2**32) % 2**32
    z = (z ^ z >> 13 ^ z >> 26) * pow(0x85EBCA6B, -1, 2**32) % 2**32
    return z ^ z >> 16


class Generator:
    """xorshift32."""

    def __init__(self, start: int) -> None:
        self.state = start or 1

    def top(self, bits: int) -> int:
        z = self.state
        z ^= z << 13 & 0xFFFFFFFF
        z ^= z >> 17
        z ^= z << 5 & 0xFFFFFFFF
        self.state = z
        return z >> (32 - bits)
