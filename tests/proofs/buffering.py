"""Where requests wait: a frame is kept whole or not at all, and what is kept stays as it came."""

from amaranth import Module, Mux, Signal

from allspike_hdl.link.request_buffer import MIN_BUFFER, RequestBuffer

from .harness import Harness, anything, assume, claim, something
from .opened import Opened
from .proof import Break, Proof

_HEAD, _CRC, _LENGTH = 7, 4, 2
_APART = 8
"""Clocks between the end of a frame and the next byte."""


class Buffering(Harness):
    """The smallest buffer, between any bytes with any ends, and a reader that takes and releases at any time.

    A byte of the frame that comes is watched, which may be any of it.
    """

    def states(self, m: Module) -> None:
        size = MIN_BUFFER
        dut = RequestBuffer(size)
        opened = Opened(dut, peeks=2)
        m.submodules.buffer = opened.fragment
        valid, word = anything(m, 1, "valid"), anything(m, dut.decoded.p.shape(), "word")
        m.d.comb += [dut.decoded.valid.eq(valid), dut.decoded.p.eq(word)]
        for name in ("matches", "release"):
            m.d.comb += getattr(dut, name).eq(anything(m, 1, name))
        m.d.comb += dut.byte.ready.eq(anything(m, 1, "ready"))
        wait = Signal(range(_APART + 1))
        with m.If(wait != 0):
            m.d.sync += wait.eq(wait - 1)
        with m.If(valid & word.end):
            m.d.sync += wait.eq(_APART)
        assume(m, ~valid | (wait == 0))

        start, place, end = (opened(name) for name in ("start", "place", "end"))
        taken, freed, length, full = (opened(name) for name in ("taken", "freed", "length", "full"))
        bits = len(start)
        at = {
            name: opened.at(name, "write")
            for name in ("FRAME", "LENGTH LOW", "LENGTH HIGH", "REWIND", "SKIP LOW", "SKIP HIGH", "BEGIN")
        }
        kept = (start - freed)[:bits]
        in_frame = at["FRAME"]
        storing = in_frame | at["LENGTH LOW"] | at["LENGTH HIGH"]

        # The bytes of the frame that have been stored.
        count = Signal(range(size + 1))
        comes = in_frame & valid & ~word.end
        room = (count < size // 2) & (kept + _LENGTH + count < size)
        fits = comes & room & ~full
        ends = valid & word.end
        watched, value = something(m, range(size), "watched"), Signal(8)
        good = Signal()
        with m.If(fits):
            m.d.sync += count.eq(count + 1)
            with m.If(count == watched):
                m.d.sync += value.eq(word.data)
        with m.If(ends):
            m.d.sync += good.eq(~full & dut.matches & ~word.broken & (count >= _HEAD + _CRC))
        with m.If(at["REWIND"]):
            m.d.sync += [count.eq(0), good.eq(0)]

        # Where what is kept ends, and how far it was read and released, as a reader outside can count it.
        upto, read, free = (Signal(bits, name=name) for name in ("upto", "read", "free"))
        with m.If(at["LENGTH HIGH"] & good):
            m.d.sync += upto.eq(upto + _LENGTH + count - _CRC)
        with m.If(dut.byte.valid & dut.byte.ready):
            m.d.sync += read.eq(read + 1)
        with m.If(dut.release):
            m.d.sync += free.eq(read)
        own, next_one = (opened.peek("memory.memory", k) for k in range(2))
        m.d.comb += [own.addr.eq(start + _LENGTH + watched), next_one.addr.eq(taken)]
        enable, address = opened("write__en", "memory"), opened("write__addr", "memory")
        written = opened("write__data", "memory")
        number = (count - _HEAD - _CRC - 1)[: size.bit_length()]
        bytes_left = Mux(count > _CRC, count - _CRC, 0)
        outcome = (dut.accepted, dut.damaged, dut.overrun)
        claim(
            m,
            one_outcome=sum(outcome) == ends,
            accepted_if_whole_and_right=dut.accepted
            == (ends & ~full & dut.matches & ~word.broken & (count >= _HEAD + _CRC)),
            overrun_if_it_had_no_room=dut.overrun == (ends & full),
            kept_is_never_written=~enable | ((address - freed)[:bits] >= kept),
            frame_is_stored_as_it_comes=(watched >= count) | ~storing | (own.data == value),
            length_comes_before_it=~(at["LENGTH LOW"] & good)
            | (enable & (address == start) & (written == number[:8])),
            both_bytes=~(at["LENGTH HIGH"] & good)
            | (enable & (address == (start + 1)[:bits]) & (written == number[8:])),
            nothing_of_a_bad_frame=~(at["LENGTH LOW"] | at["LENGTH HIGH"]) | (enable == good),
            read_is_what_is_kept=~dut.byte.valid
            | ((dut.byte.p == next_one.data) & ((taken - freed)[:bits] < kept)),
            only_good_frames_are_kept=start == upto,
            read_in_order=taken == read,
            freed_when_released=freed == free,
            # What an induction has to know of the inside.
            known=~(at["LENGTH LOW"] | at["LENGTH HIGH"]) | (opened("good") == good),
            reads_no_further=(taken - freed)[:bits] <= kept,
            room_for_it=(~storing | (kept + _LENGTH + count <= size))
            & (count <= size // 2)
            & (kept <= size - _CRC),
            length_counts=~storing | (length == count - _HEAD - _CRC - 1),
            place_is_behind_it=~in_frame | (place == (start + _LENGTH + count)[:bits]),
            end_is_before_its_crc=~storing | (end == (start + _LENGTH + bytes_left)[:bits]),
            at_start=~at["LENGTH LOW"] | (place == start),
            at_second=~(at["LENGTH HIGH"] | at["SKIP HIGH"]) | (place == (start + 1)[:bits]),
            again=~at["SKIP LOW"] | (place == start),
            begins=~at["BEGIN"] | (place == (start + _LENGTH)[:bits]),
            empty=storing | at["REWIND"] | ((count == 0) & ~full & (length == -_HEAD - _CRC - 1)),
            good_is_whole=~good | ((count >= _HEAD + _CRC) & ~in_frame),
            in_a_state=sum(at.values()) == 1,
            in_time=in_frame | (wait != 0),
            in_order=wait
            >= sum(Mux(at[name], k, 0) for name, k in zip(at, (0, 8, 7, 6, 5, 4, 3), strict=True)),
        )


PROOFS = (
    Proof(
        name="request buffer",
        claim="A frame is kept if and only if its CRC is right, it was not broken, has a head and had room; "
        "then as it came, with its length before it; nothing that is kept is written until it is released, "
        "and nothing else is read, each byte once and in order. A buffer of 64 bytes.",
        make=Buffering,
        depth=3,
        breaks=(
            Break(
                "link/request_buffer.py", "~full & self.matches & ~decoded.broken", "~full & ~decoded.broken"
            ),
            Break("link/request_buffer.py", "& ~decoded.broken & (length", "& (length"),
            Break("link/request_buffer.py", "(length >= -1)", "(length >= -2)"),
            Break("link/request_buffer.py", "(place != freed) & ", ""),
            Break("link/request_buffer.py", "(taken != start) & settled", "settled"),
            Break("link/request_buffer.py", "with m.If(good):", "with m.If(1):"),
            Break("link/request_buffer.py", "freed.eq(taken)", "freed.eq(taken + 1)"),
        ),
    ),
)
