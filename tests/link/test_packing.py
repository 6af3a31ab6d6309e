"""Packed data stand for what they were made of, fit their frames, and cost little to make."""

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allspike.link.packing import pack, parts

from .model import unpack

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
        began = time.perf_counter()
        made = list(parts(weights.tobytes(), 1000))
        assert time.perf_counter() - began < 0.5  # ten times what it takes on a slow machine
        carried = sum(part.stop - part.start if part.tokens is None else len(part.tokens) for part in made)
        assert carried <= most
