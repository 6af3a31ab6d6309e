"""The window by itself: what is under way, what is lost and sent again, and how long it may take."""

import zlib

import pytest

from allspike.device.traffic import Traffic
from allspike.errors import LinkError
from allspike.link.frames import END, answer_size, on_line, request_size, stuff, unstuff
from allspike.link.window import Window
from allspike.map.link_map import CRC_BYTES, MAX_READ, REQUEST_HEAD, SIZE_BYTES, Code, Op

ADDRESS = 0x0300_0000
READ = request_size(Op.READ)
"""Bytes of a read."""


class Sender:
    """A window, and what it sends."""

    def __init__(self, buffer: int = 4096) -> None:
        self.traffic = Traffic()
        self.window = Window(self.traffic)
        self.window.buffer = buffer

    def sent(self) -> list[tuple[int, Op, int, int]]:
        """Tag, operation, address and bytes of memory of all that it sends now."""
        found = []
        while (frame := self.window.next()) is not None:
            assert frame.endswith(END)
            content = unstuff(frame[: -len(END)])[:-CRC_BYTES]
            tag, op, address = content[:2], Op(content[2]), content[3:REQUEST_HEAD]
            rest = content[REQUEST_HEAD:]
            size = len(rest) if op is Op.WRITE else int.from_bytes(rest[:SIZE_BYTES], "little")
            found.append((int.from_bytes(tag, "little"), op, int.from_bytes(address, "little"), size))
        return found

    def answered(self, tag: int, data: bytes = b"", code: Code = Code.DONE) -> bool:
        """Whether it takes this answer for one of its own."""
        body = tag.to_bytes(2, "little") + bytes((code,)) + data
        return self.window.receive(stuff(body + zlib.crc32(body).to_bytes(CRC_BYTES, "little")))


@pytest.mark.parametrize(("buffer", "fit"), [(3 * READ - 1, 2), (3 * READ, 3), (3 * READ + 1, 3), (1, 1)])
def test_as_many_are_under_way_as_the_device_has_room_for_but_always_one(buffer: int, fit: int) -> None:
    line = Sender(buffer)
    for at in range(5):
        line.window.read(ADDRESS + at, 1)
    sent = line.sent()
    assert [place for _, _, place, _ in sent] == [ADDRESS + at for at in range(fit)]
    assert len(line.window) == fit
    assert line.answered(sent[0][0], b"a")
    assert [place for _, _, place, _ in line.sent()] == [ADDRESS + fit]


def test_an_answer_tells_that_what_was_sent_before_it_is_lost() -> None:
    line = Sender()
    asked = [line.window.read(ADDRESS + at, 1) for at in range(4)]
    sent = line.sent()
    assert line.answered(sent[2][0], b"c")
    assert [one.done for one in asked] == [False, False, True, False]
    assert not line.answered(sent[0][0], b"a"), "an answer belongs to one sending"
    again = line.sent()
    assert [(op, place) for _, op, place, _ in again] == [(Op.READ, ADDRESS), (Op.READ, ADDRESS + 1)]
    for (tag, *_), data in zip([sent[3], *again], (b"d", b"a", b"b"), strict=True):
        assert line.answered(tag, data)
    assert [bytes(one.buffer) for one in asked] == [b"a", b"b", b"c", b"d"]
    assert (line.traffic.requests, line.traffic.retries, line.traffic.answers) == (6, 2, 4)
    assert (line.traffic.stale, line.traffic.damaged, len(line.window)) == (1, 0, 0)


@pytest.mark.parametrize("op", [Op.READ, Op.WRITE, Op.DIGEST])
def test_what_is_never_answered_is_given_up_after_64_sendings(op: Op) -> None:
    line = Sender()
    window = line.window
    asked = {
        Op.READ: lambda: window.read(ADDRESS, 8),
        Op.WRITE: lambda: window.write(ADDRESS, bytes(8)),
        Op.DIGEST: lambda: window.digest(ADDRESS, 8),
    }[op]()
    for _ in range(64):
        assert not asked.done
        assert [sent[1:] for sent in line.sent()] == [(op, ADDRESS, 8)]
        window.lose_all()
    assert line.sent() == []
    assert "was sent 64 times and never answered" in str(asked.error)
    assert line.traffic.retries == 63


@pytest.mark.parametrize("op", [Op.READ, Op.WRITE])
def test_halves_have_been_sent_as_often_as_the_whole(op: Op) -> None:
    """So a large request is given up as soon as a small one."""
    line = Sender()
    asked = (
        line.window.read(ADDRESS, 1000) if op is Op.READ else line.window.write(ADDRESS, bytes(range(200)))
    )
    for _ in range(64):
        assert line.sent()
        line.window.lose_all()
    assert asked.error is not None
    assert line.sent() == []


def test_what_is_lost_is_sent_in_halves_down_to_64_bytes() -> None:
    line = Sender()
    asked = line.window.read(ADDRESS, 129)
    assert [sent[2:] for sent in line.sent()] == [(ADDRESS, 129)]
    line.window.lose_all()
    assert [sent[2:] for sent in line.sent()] == [(ADDRESS, 64), (ADDRESS + 64, 64), (ADDRESS + 128, 1)]
    line.window.lose_all()
    again = line.sent()
    assert [sent[2:] for sent in again] == [(ADDRESS, 64), (ADDRESS + 64, 64), (ADDRESS + 128, 1)]
    data = bytes(range(129))
    for tag, _, place, size in again:
        assert not asked.done
        assert line.answered(tag, data[place - ADDRESS : place - ADDRESS + size])
    assert asked.done and bytes(asked.buffer) == data


def test_a_long_read_is_several_frames() -> None:
    line = Sender()
    line.window.read(ADDRESS, MAX_READ + 1)
    assert [sent[2:] for sent in line.sent()] == [(ADDRESS, MAX_READ), (ADDRESS + MAX_READ, 1)]


def test_line_and_device_have_the_time_that_they_need() -> None:
    """Ten bits a byte, of requests and answers as they are on the line; and the device's own for a digest."""
    line = Sender()
    line.window.read(ADDRESS, 100)
    line.sent()
    read = 10 * (on_line(READ) + on_line(answer_size(100)))
    assert line.window.seconds(1e6) == pytest.approx(read / 1e6)
    line.window.write(ADDRESS, bytes(20))
    line.sent()
    write = 10 * (on_line(request_size(Op.WRITE, 20)) + on_line(answer_size(0)))
    assert line.window.seconds(1e5) == pytest.approx((read + write) / 1e5)
    line.window.digest(ADDRESS, 50_000)
    line.sent()
    digest = 10 * (on_line(request_size(Op.DIGEST)) + on_line(answer_size(4)))
    assert line.window.seconds(1e6) == pytest.approx((read + write + digest) / 1e6 + 0.5)
    line.window.lose_all()
    assert line.window.seconds(1e6) == 0


def test_an_answer_with_other_data_than_asked_is_damaged_and_the_request_stays() -> None:
    line = Sender()
    asked = line.window.read(ADDRESS, 4)
    ((tag, *_),) = line.sent()
    for data in (b"", b"abc", b"abcde"):
        assert not line.answered(tag, data)
    assert (line.traffic.damaged, line.traffic.answers, asked.done) == (3, 0, False)
    assert line.answered(tag, b"abcd")


def test_a_refusal_is_told_and_what_is_left_of_it_is_not_sent() -> None:
    line = Sender(READ)
    asked, other = line.window.read(ADDRESS, MAX_READ + 1), line.window.read(0x1234, 1)
    ((tag, *_),) = line.sent()
    assert line.answered(tag, code=max(Code))
    assert f"refused the read of {MAX_READ + 1} bytes at 0x03000000 with {max(Code).name}" in str(asked.error)
    assert [sent[2:] for sent in line.sent()] == [(0x1234, 1)]
    line.window.fail(LinkError("gone"))
    assert str(other.error) == "gone"
    assert str(asked.error) != "gone", "the first error counts"
    assert (line.sent(), len(line.window)) == ([], 0)
