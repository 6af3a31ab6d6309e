"""Ring words say what a plain loop over their definition says, in both directions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allspike.map import ring_words

SPAN = 1 << 15
Spikes = list[tuple[int, int]]

lasts = st.one_of(st.just(-1), st.integers(0, 1 << 40))
gaps = st.one_of(
    st.integers(0, 5),
    st.integers(0, 5 * SPAN),
    st.sampled_from((SPAN - 1, SPAN, SPAN + 1, 2 * SPAN)),
)


@st.composite
def spikes(draw: st.DrawFn) -> tuple[int, Spikes]:
    """A marker's step, and spikes after it: several to a step, gaps below, at and beyond the span."""
    last = now = draw(lasts)
    found: Spikes = []
    for gap in draw(st.lists(gaps, max_size=12)):
        now += gap if found else gap + 1
        found.append((now, draw(st.integers(0, SPAN - 1))))
    return last, found


def plain_encode(last: int, found: Spikes) -> list[tuple[int, int]]:
    """Words and the step of each, one spike at a time."""
    words = []
    for step, index in found:
        while last != step:
            last = min(step, last + SPAN)
            words.append((SPAN | last % SPAN, last))
        words.append((index, step))
    return words


def plain_decode(last: int, words: list[int]) -> tuple[Spikes, int]:
    """A marker means the first step after the previous one with its low bits."""
    found = []
    for word in words:
        if word & SPAN:
            last += 1
            last += (word - last) % SPAN
        else:
            found.append((last, word))
    return found, last


def columns(found: Spikes) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(found, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@given(spikes())
def test_encoding_equals_the_plain_loop(case: tuple[int, Spikes]) -> None:
    last, found = case
    words, times = ring_words.encode(*columns(found), last)
    assert list(zip(words.tolist(), times.tolist(), strict=True)) == plain_encode(last, found)
    assert words.dtype == np.uint16
    assert times.dtype == np.int64


@given(last=lasts, words=st.lists(st.integers(0, 2**16 - 1), max_size=20))
def test_decoding_equals_the_plain_loop_on_any_words(last: int, words: list[int]) -> None:
    steps, indices, end = ring_words.decode(np.array(words, np.uint16), last)
    assert (list(zip(steps.tolist(), indices.tolist(), strict=True)), end) == plain_decode(last, words)


@given(case=spikes(), cut=st.integers(0, 100))
def test_a_round_trip_in_two_pieces_gives_the_spikes_back(case: tuple[int, Spikes], cut: int) -> None:
    """A ring is read piece by piece, and a piece may begin in the middle of a step."""
    last, found = case
    words, times = ring_words.encode(*columns(found), last)
    decoded: Spikes = []
    for piece in (words[:cut], words[cut:]):
        steps, indices, last = ring_words.decode(piece, last)
        decoded += zip(steps.tolist(), indices.tolist(), strict=True)
    assert decoded == found
    assert last == (times[-1] if times.size else case[0])


def test_a_gap_of_the_span_needs_no_waypoint_and_one_step_more_does() -> None:
    for gap, markers in ((SPAN, 1), (SPAN + 1, 2), (3 * SPAN, 3), (3 * SPAN + 1, 4)):
        words, times = ring_words.encode(*columns([(gap - 1, 7)]))
        assert words.size == markers + 1
        assert times[-1] == gap - 1
