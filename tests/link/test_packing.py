"""Packed data stand for what they were made of, fit their frames, and cost little to make."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allspike.link.packing import pack, parts

from .model import unpack

Made = TypeVar("Made")


def counted(make: Callable[[], Made]) -> tuple[Made, int]:
    """What is made, and how many calls of Python's that takes: what it costs on any machine."""
    calls = 0

    def note(_frame: Any, event: str, _: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        return make(), calls
    finally:
        sys.setprofile(before)


runs = st.lists(
    st.tuples(st.sampled_from((0, 0, 1, 255)), st.one_of(st.integers(1, 6), st.integers(60, 200))),
    min_size=1,
    max_size=20,
).map(lambda pieces: b"".join(bytes((value,)) * count for value, count in pieces))
sources = st.one_of(runs, st.binary(min_size=1, max_size=400))


@given(data=sources, longest=st.integers(1, 128))
def test_tokens_stand_for_the_data(data: bytes, longest: int) -> None:
    packed = pack(data, longest)
    assert unpack(packed.tokens, len(data)) == data
    assert packed.ends[-1] == len(packed.tokens)
    assert packed.reach[-1] == len(data)


@given(data=sources, room=st.integers(8, 300))
def test_parts_fit_their_frames_and_are_packed_where_that_is_shorter(data: bytes, room: int) -> None:
    made = list(parts(data, room))
    whole = b""
    for part in made:
        assert part.start == len(whole)
        piece = data[part.start : part.stop]
        assert piece
        assert (len(piece) if part.tokens is None else len(part.tokens) + 4) <= room
        assert part.tokens is None or unpack(part.tokens, len(piece)) == piece
        whole += piece
    assert whole == data
    carried = sum(part.stop - part.start if part.tokens is None else len(part.tokens) + 4 for part in made)
    assert carried <= len(data)


def test_sparse_weights_take_less_than_a_quarter_and_dense_ones_no_more_than_themselves() -> None:
    rng = np.random.default_rng(0)
    dense = rng.integers(0, 256, 131_072, np.uint8)
    sparse = np.where(rng.random(dense.size) < 0.05, dense, 0)
    for weights, most in ((dense, dense.size), (sparse, dense.size // 4)):
        made, calls = counted(partial(lambda data: list(parts(data, 1000)), weights.tobytes()))
        assert calls < 150 * len(made), "no call a byte"
        carried = sum(part.stop - part.start if part.tokens is None else len(part.tokens) for part in made)
        assert carried <= most
