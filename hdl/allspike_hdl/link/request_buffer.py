"""Where requests wait: frames go in as they come, and only whole ones come out."""

from amaranth import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.link_map import CRC_BYTES, REQUEST_HEAD

from ..fabric.block_memory import BlockMemory
from ..fabric.counting import plus_one_unless
from .decoder import Decoded
from .receiver import BYTE_BITS

LENGTH_BYTES = 2
"""Bytes of the length before each request, little-endian."""
MIN_BUFFER, MAX_BUFFER = 64, 1 << 15


def check_size(size: int) -> None:
    """Refuse a size that a buffer cannot have."""
    if not MIN_BUFFER <= size <= MAX_BUFFER or size & (size - 1):
        raise ValueError(f"buffer = {size} bytes is not a power of two from {MIN_BUFFER} to {MAX_BUFFER}.")


class RequestBuffer(wiring.Component):
    """A ring of bytes that holds whole requests, each with its length before it and without its CRC.

    The bytes of a frame are written as they come. At its end they are kept if the CRC matches and if it was
    no broken one, long enough for the head of a request and had room; otherwise the next frame overwrites
    them. For a frame longer than half of the ring there is never room. The length is that of what follows the
    head, less 1, so that it counts down to a sign. It takes less than the CRC, so frames of `size` bytes
    together have room, if they are two or more.

    Parameters
    ----------
    size : int
        Bytes of the ring, a power of two.

    Members
    -------
    decoded : In(stream of Decoded), never waits
        8 clocks or more between an end and the next byte.
    matches : In(1)
        See `Checker`.
    accepted, damaged, overrun : Out(1)
        At its end a frame was kept, was not valid, or had no room: pulsed.
    byte : Out(stream of 8 bits)
        Lengths and requests, a byte in two clocks.
    release : In(1)
        There is room again for all that was read.
    """

    def __init__(self, size: int) -> None:
        check_size(size)
        self._size = size
        super().__init__(
            {
                "decoded": In(stream.Signature(Decoded(), always_ready=True)),
                "matches": In(1),
                "accepted": Out(1),
                "damaged": Out(1),
                "overrun": Out(1),
                "byte": Out(stream.Signature(BYTE_BITS)),
                "release": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = BlockMemory(BYTE_BITS, self._size)
        start = Signal.like(memory.write_address)  # of the frame that comes: all before it is kept
        settled = Signal()  # ... with its length
        taken = Signal.like(start)
        freed = Signal.like(start)
        self._write(m, memory, start, freed, settled)

        m.d.comb += [memory.addresses[0].eq(taken), self.byte.p.eq(memory.values[0])]
        with m.If(self.release):
            m.d.sync += freed.eq(taken)
        with m.FSM(name="read"):
            with m.State("FETCH"):
                with m.If((taken != start) & settled):
                    m.next = "OFFER"
            with m.State("OFFER"):
                m.d.comb += self.byte.valid.eq(1)
                with m.If(self.byte.ready):
                    m.d.sync += taken.eq(taken + 1)
                    m.next = "FETCH"
        return m

    def _write(self, m: Module, memory: BlockMemory, start: Signal, freed: Signal, settled: Signal) -> None:
        """Frames into the ring: after the last byte the length, then on to the place of the next frame."""
        place = Signal.like(start, init=LENGTH_BYTES)
        end = Signal.like(start, init=LENGTH_BYTES)  # of the frame without its CRC, if this is all of it
        none = -(REQUEST_HEAD + CRC_BYTES) - 1
        length = Signal(range(none, self._size), init=none)
        longest = none + self._size // 2  # a frame that has so many bytes can have no more
        beyond = Signal()  # this byte pushes one out of those that may be the CRC
        full = Signal()
        good = Signal()

        decoded = self.decoded.p
        arrives = Signal()
        ends = Signal()
        step = Signal()
        rewind = Signal()
        begin = Signal()
        longer = Signal()
        m.d.comb += [
            arrives.eq(self.decoded.valid & ~decoded.end),
            ends.eq(self.decoded.valid & decoded.end),
            self.overrun.eq(ends & full),
            self.accepted.eq(ends & ~full & self.matches & ~decoded.broken & (length >= -1)),
            self.damaged.eq(ends & ~full & ~self.accepted),
            memory.write_address.eq(place),
            memory.write_value.eq(decoded.data),
        ]
        with m.If(rewind):
            m.d.sync += place.eq(start)
        with m.Elif(step):
            m.d.sync += place.eq(plus_one_unless(rewind, place))
        with m.If(begin):
            m.d.sync += end.eq(place)
        with m.Elif(longer):
            m.d.sync += end.eq(plus_one_unless(begin, end))

        with m.FSM(name="write"):
            with m.State("FRAME"):
                fits = Signal()
                m.d.comb += [
                    settled.eq(1),
                    beyond.eq(length >= none + CRC_BYTES),
                    fits.eq(arrives & (place != freed) & (length != longest) & ~full),
                    longer.eq(fits & beyond),
                    memory.enable.eq(fits),
                    step.eq(fits),
                    rewind.eq(ends),
                ]
                with m.If(fits):
                    m.d.sync += length.eq(length + 1)
                with m.Elif(arrives):
                    m.d.sync += full.eq(1)
                with m.If(ends):
                    m.d.sync += good.eq(self.accepted)
                    m.next = "LENGTH LOW"
            with m.State("LENGTH LOW"):
                m.d.comb += [memory.write_value.eq(length[:BYTE_BITS]), memory.enable.eq(good), step.eq(1)]
                m.next = "LENGTH HIGH"
            with m.State("LENGTH HIGH"):
                m.d.comb += [memory.write_value.eq(length[BYTE_BITS:]), memory.enable.eq(good)]
                with m.If(good):
                    m.d.sync += start.eq(end)
                m.next = "REWIND"
            with m.State("REWIND"):
                m.d.comb += rewind.eq(1)
                m.d.sync += [full.eq(0), length.eq(none)]
                m.next = "SKIP LOW"
            with m.State("SKIP LOW"):  # the place of the length
                m.d.comb += step.eq(1)
                m.next = "SKIP HIGH"
            with m.State("SKIP HIGH"):
                m.d.comb += step.eq(1)
                m.next = "BEGIN"
            with m.State("BEGIN"):
                m.d.comb += begin.eq(1)
                m.next = "FRAME"
