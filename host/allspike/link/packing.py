"""Packed data: runs of zeros and of equal bytes as tokens, so that sparse memories take little time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..map.link_map import SIZE_BYTES, Token

LONGEST_LITERAL = 128
"""Most bytes that one token can hold."""
_LONGEST_RUN = 64
_LEAST_ZEROS = 3
_LEAST_REPEAT = 4
"""Shorter runs cost as much within the literal around them."""


@dataclass(frozen=True)
class Packed:
    """Tokens, and where each ends."""

    tokens: bytes
    ends: NDArray[np.int64]
    """[tokens]: bytes of tokens up to and with each."""
    reach: NDArray[np.int64]
    """[tokens]: bytes that they stand for."""


@dataclass(frozen=True)
class Part:
    """Bytes `start` to `stop` of the data, as one frame carries them."""

    start: int
    stop: int
    tokens: bytes | None
    """None: as they are."""


def pack(data: bytes, longest_literal: int = LONGEST_LITERAL) -> Packed:
    """The tokens of `data`, one byte or more; literals of at most so many bytes, 1 to 128."""
    values = np.frombuffer(data, np.uint8)
    starts, lengths, kinds = _segments(values)
    # Segments longer than a token can say become several.
    longest = np.where(kinds == Token.LITERAL, longest_literal, _LONGEST_RUN)
    count = -(-lengths // longest)
    order = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    longest, kinds = np.repeat(longest, count), np.repeat(kinds, count)
    starts = np.repeat(starts, count) + order * longest
    reach = np.append(starts[1:], values.size)
    lengths = reach - starts
    literal = kinds == Token.LITERAL
    ends = np.cumsum(1 + np.where(literal, lengths, kinds == Token.REPEAT))
    heads = np.concatenate(([0], ends[:-1]))
    tokens = np.zeros(ends[-1] if ends.size else 0, np.uint8)
    tokens[heads] = kinds | (lengths - 1)
    repeats = kinds == Token.REPEAT
    tokens[heads[repeats] + 1] = values[starts[repeats]]
    kept = np.flatnonzero(np.repeat(literal, lengths))
    tokens[kept + np.repeat((heads + 1 - starts)[literal], lengths[literal])] = values[kept]
    return Packed(tokens.tobytes(), ends, reach)


def parts(data: bytes, room: int) -> Iterator[Part]:
    """`data`, one byte or more, cut into frames that hold at most `room` bytes (8 or more) of it.

    Packed, if that is shorter.
    """
    packed = pack(data, min(LONGEST_LITERAL, room - SIZE_BYTES - 1))
    frames = -(-len(packed.tokens) // (room - SIZE_BYTES))
    if len(packed.tokens) + frames * SIZE_BYTES < len(data):
        yield from _cut(packed, room - SIZE_BYTES)
    else:
        for start in range(0, len(data), room):
            yield Part(start, min(start + room, len(data)), None)


def _cut(packed: Packed, room: int) -> Iterator[Part]:
    first = start = begin = 0
    while first < packed.ends.size:
        last = int(np.searchsorted(packed.ends, begin + room, "right"))
        stop, end = int(packed.reach[last - 1]), int(packed.ends[last - 1])
        yield Part(start, stop, packed.tokens[begin:end])
        first, start, begin = last, stop, end


def _segments(values: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Start, length and kind of token of each stretch: a run that is worth it, or what lies between two."""
    starts = np.flatnonzero(np.diff(values, prepend=~values[:1]))
    lengths = np.diff(starts, append=values.size)
    zero = values[starts] == 0
    kinds = np.full(starts.size, int(Token.LITERAL))
    kinds[zero & (lengths >= _LEAST_ZEROS)] = Token.ZEROS
    kinds[~zero & (lengths >= _LEAST_REPEAT)] = Token.REPEAT
    run = kinds != Token.LITERAL
    begins = run | np.concatenate(([True], run[:-1]))[: run.size]
    return starts[begins], np.diff(starts[begins], append=values.size), kinds[begins]
