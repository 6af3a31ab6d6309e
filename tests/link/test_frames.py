"""Frames are what docs/protocol.md says, and no bytes make the decoder fail in any way but its own."""

import zlib

import pytest
from cobs import cobs
from hypothesis import example, given
from hypothesis import strategies as st

from allspike.device.traffic import Traffic
from allspike.link import frames
from allspike.link.frames import FrameError, Splitter
from allspike.link.window import Window
from allspike.map.link_map import Code, Op

contents = st.one_of(
    st.binary(max_size=600),
    st.lists(st.sampled_from((b"\0", b"a", bytes(range(1, 255)), b"\xff" * 254)), max_size=8).map(b"".join),
)


@given(contents)
@example(b"")
@example(b"\1" * 254)
@example(b"\1" * 254 + b"\0")
def test_cobs_is_that_of_another_implementation(data: bytes) -> None:
    stuffed = frames.stuff(data)
    assert stuffed == cobs.encode(data)
    assert 0 not in stuffed
    assert len(stuffed) + 1 <= frames.on_line(len(data))
    assert frames.unstuff(stuffed) == data


@given(st.one_of(st.binary(max_size=600), contents.map(cobs.encode)))
def test_any_bytes_are_decoded_as_elsewhere_or_refused(data: bytes) -> None:
    if 0 in data:
        with pytest.raises(FrameError):
            # A zero byte is never within a frame; the other implementation lets some by.
            frames.unstuff(data[: data.index(0) + 1])
        return
    try:
        expected = cobs.decode(data)
    except cobs.DecodeError:
        with pytest.raises(FrameError):
            frames.unstuff(data)
    else:
        assert frames.unstuff(data) == expected


def sealed(body: bytes) -> bytes:
    return cobs.encode(body + zlib.crc32(body).to_bytes(4, "little"))


@given(tag=st.integers(0, 0xFFFF), data=st.binary(max_size=300))
def test_an_answer_is_its_tag_code_and_data(tag: int, data: bytes) -> None:
    answer = frames.parse_answer(sealed(tag.to_bytes(2, "little") + b"\0" + data))
    assert (answer.tag, answer.code, answer.data) == (tag, Code.DONE, data)


@given(st.one_of(st.binary(max_size=80), st.binary(max_size=40).map(sealed)))
def test_other_frames_are_refused_by_one_exception(frame: bytes) -> None:
    window = Window(Traffic())
    pending = window.read(0, 10)
    window.next()
    try:
        answer = frames.parse_answer(frame)
    except FrameError:
        assert not window.receive(frame)
    else:
        assert len(frame) > 7
        assert answer.code in list(Code)
        window.receive(frame)
    assert pending.left or pending.error or pending.first >= 0


@pytest.mark.parametrize("op", [Op.READ, Op.WRITE, Op.WRITE_PACKED, Op.DIGEST])
def test_an_echo_of_a_request_is_no_answer(op: Op) -> None:
    request = frames.request(7, op, 0x20000000, 5, b"" if op in (Op.READ, Op.DIGEST) else b"abc")
    with pytest.raises(FrameError):
        frames.parse_answer(frames.stuff(request))


@given(parts=st.lists(st.binary(min_size=1, max_size=40).map(cobs.encode), max_size=8), data=st.data())
def test_bytes_may_come_in_any_pieces(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"\0".join([*parts, b""])
    splitter = Splitter()
    found: list[bytes] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += splitter.feed(stream[:size])
        stream = stream[size:]
    assert found == parts


def test_what_is_too_long_for_a_frame_is_dropped_and_takes_no_memory() -> None:
    splitter = Splitter()
    for _ in range(100):
        assert splitter.feed(b"a" * 1000) == []
    assert splitter.dropped == 1
    assert splitter.feed(b"a\0bc\0" + b"d" * 5000 + b"\0ef\0") == [b"bc", b"ef"]
    assert splitter.dropped == 2
