"""Carries requests out: from bytes of requests to bytes of answers, by way of the bus."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config
from allspike.map.link_map import ADDRESS_BYTES, CRC_BYTES, REQUEST_HEAD, SIZE_BYTES, TAG_BYTES, Code, Op

from ..machine.bus import BusSignature
from .checksum import Item, Kind
from .cursor import Cursor
from .mover import Mover
from .receiver import BYTE_BITS
from .regions import RegionTable, size_bits
from .request_buffer import LENGTH_BYTES
from .unpacker import Unpacker

_TAG_AT = LENGTH_BYTES
_OP_AT = _TAG_AT + TAG_BYTES
_ADDRESS_AT = _OP_AT + 1
_SIZE_AT = LENGTH_BYTES + REQUEST_HEAD
_END = _SIZE_AT + SIZE_BYTES
"""Places in what the buffer holds of a request."""
_OP_BITS = int(max(Op)).bit_length()


class Engine(wiring.Component):
    """Takes one request after the other, and answers it.

    The tag is answered as it comes. When the head and the size, where there is one, have come, it is known
    whether the request can be carried out; nothing is written before.

    Parameters
    ----------
    config : Config
        What lies behind the bus.
    buffer : int
        Bytes of the request buffer.

    Members
    -------
    request : In(stream of 8 bits), release : Out(1)
        See `RequestBuffer`; `release` when a request has been answered.
    item : Out(stream of Item), restart : Out(1)
        The answer: see `Checksum`.
    core : Out(BusSignature), local : Out(BusSignature)
        A word of a READ takes its bus's time, 3 clocks and those of 4 items; of a WRITE its bus's time and
        3 clocks, and 2 a byte.
    refused : Out(1)
        A request was answered by another code than DONE.
    pending : In(1), sent : In(1), apply : Out(1)
        The line is to have another rate, once all that was answered has been sent; now it has.
    """

    def __init__(self, config: Config, buffer: int) -> None:
        self._config = config
        self._buffer = buffer
        super().__init__(
            {
                "request": In(stream.Signature(BYTE_BITS)),
                "release": Out(1),
                "item": Out(stream.Signature(Item())),
                "restart": Out(1),
                "core": Out(BusSignature()),
                "local": Out(BusSignature()),
                "refused": Out(1),
                "pending": In(1),
                "sent": In(1),
                "apply": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.unpacker = unpacker = Unpacker(self._buffer.bit_length())
        m.submodules.cursor = cursor = Cursor(size_bits(self._config))
        m.submodules.table = table = RegionTable(self._config)
        m.submodules.mover = mover = Mover()
        wiring.connect(m, wiring.flipped(self.request), unpacker.source)
        self._buses(m, mover, table.local)
        m.d.comb += [
            cursor.next_lane.eq(mover.count),
            cursor.next_word.eq(mover.next_word),
            table.region.eq(cursor.region),
            mover.region.eq(cursor.region),
            mover.word.eq(cursor.word),
            mover.lane.eq(cursor.lane),
            mover.finished.eq(cursor.done),
            mover.source.p.eq(unpacker.bytes.p),
            mover.dry.eq(unpacker.dry),
        ]

        place = Signal(range(_END))  # in the request
        index = Signal(range(CRC_BYTES))
        op = Signal(_OP_BITS)
        known = Signal()
        code = Signal(range(max(Code) + 1))
        reads = Signal()
        verdict = Signal.like(code)
        sized = known & (op != Op.WRITE)  # a size follows the head
        item, byte = self.item, unpacker.bytes
        m.d.comb += [
            reads.eq((op == Op.READ) | (op == Op.DIGEST)),
            mover.write.eq(~reads),
            item.p.data.eq(self.request.p),
            item.p.kind.eq(Kind.SEND),
        ]
        # Bytes of the head and the size, which nothing unpacks.
        m.d.sync += [cursor.byte.eq(self.request.p), cursor.load_left.eq(0), cursor.load_address.eq(0)]
        self._judge(m, known, op, reads, cursor, table, unpacker.whole, verdict)

        def send_four(kind: Kind, following: str) -> None:
            """The bytes of a CRC."""
            m.d.comb += [item.valid.eq(1), item.p.kind.eq(kind)]
            with m.If(item.ready):
                m.d.sync += index.eq(index + 1)
                with m.If(index == CRC_BYTES - 1):
                    m.next = following

        with m.FSM():
            with m.State("HEAD"):
                tag = (place >= _TAG_AT) & (place < _OP_AT)
                m.d.comb += [byte.ready.eq(~tag | item.ready), item.valid.eq(tag & byte.valid)]
                with m.If(byte.valid & byte.ready):
                    m.d.sync += place.eq(place + 1)
                    self._load(m, place, unpacker, cursor)
                    with m.If(place == _OP_AT):
                        m.d.sync += [op.eq(byte.p), known.eq((byte.p >= min(Op)) & (byte.p <= max(Op)))]
                    with m.If(place == _SIZE_AT - 1):
                        m.next = "LOADED"
                        with m.If(sized):
                            m.next = "SIZE"
            with m.State("SIZE"):
                m.d.comb += [unpacker.counting.eq(1), byte.ready.eq(1)]
                with m.If(byte.valid):
                    m.d.sync += place.eq(place + 1)
                    self._load(m, place, unpacker, cursor)
                    with m.If(place == _END - 1):
                        m.next = "LOADED"
                with m.Elif(unpacker.dry):
                    m.d.sync += code.eq(Code.BAD_REQUEST)
                    m.next = "CODE"
            with m.State("LOADED"):  # the last byte comes into the cursor
                m.next = "SUM"
                with m.If(sized):
                    m.next = "LESS"
            with m.State("LESS"):  # the size less 1
                m.d.comb += cursor.count.eq(1)
                m.next = "SUM"
            with m.State("SUM"):
                m.next = "JUDGE"
            with m.State("JUDGE"):
                m.d.sync += code.eq(verdict)
                m.next = "CODE"
                with m.If((verdict == Code.DONE) & ~reads):
                    m.next = "START"
            with m.State("CODE"):
                m.d.comb += [item.valid.eq(1), item.p.data.eq(code)]
                with m.If(item.ready):
                    m.d.comb += self.refused.eq(code != Code.DONE)
                    m.next = "CRC"
                    with m.If((code == Code.DONE) & reads):
                        m.next = "START"
            with m.State("START"):
                m.d.comb += mover.start.eq(1)
                m.next = "MOVE"
            with m.State("MOVE"):
                m.d.comb += [
                    cursor.count.eq(mover.count),
                    item.valid.eq(mover.bytes.valid),
                    item.p.data.eq(mover.bytes.p),
                    item.p.kind.eq(Mux(op == Op.DIGEST, Kind.DIGEST, Kind.SEND)),
                    mover.bytes.ready.eq(item.ready),
                    mover.source.valid.eq(byte.valid),
                    byte.ready.eq(mover.source.ready),
                    unpacker.counting.eq(1),
                    unpacker.packed.eq(op == Op.WRITE_PACKED),
                ]
                with m.If(mover.done):
                    m.d.sync += code.eq(Mux(cursor.done & unpacker.whole, Code.DONE, Code.BAD_REQUEST))
                    with m.Switch(op):
                        with m.Case(Op.READ):
                            m.next = "CRC"
                        with m.Case(Op.DIGEST):
                            m.next = "DIGEST"
                        with m.Default():
                            m.next = "CODE"
            with m.State("DIGEST"):
                send_four(Kind.SEND_DIGEST, "CRC")
            with m.State("CRC"):
                send_four(Kind.SEND_CRC, "END")
            with m.State("END"):
                m.d.comb += [item.valid.eq(1), item.p.kind.eq(Kind.END)]
                with m.If(item.ready):
                    m.next = "SKIP"
            with m.State("SKIP"):  # what is left of a request that was refused
                m.d.comb += [unpacker.counting.eq(1), byte.ready.eq(1)]
                with m.If(unpacker.dry):
                    m.next = "SETTLE"
            with m.State("SETTLE"):
                m.d.comb += [self.restart.eq(1), cursor.clear.eq(1)]
                m.d.sync += place.eq(0)
                with m.If(item.ready & (~self.pending | self.sent)):
                    m.d.comb += [self.apply.eq(self.pending), self.release.eq(1)]
                    m.next = "HEAD"
        return m

    def _load(self, m: Module, place: Signal, unpacker: Unpacker, cursor: Cursor) -> None:
        """The byte at `place` into the cursor, a clock later. The length is the size less 1, unless that
        comes."""
        with m.Switch(place):
            for k in range(LENGTH_BYTES):
                with m.Case(k):
                    m.d.comb += unpacker.load[k].eq(1)
                    m.d.sync += cursor.load_left[k].eq(1)
            for k in range(ADDRESS_BYTES):
                with m.Case(_ADDRESS_AT + k):
                    m.d.sync += cursor.load_address[k].eq(1)
            for k in range(SIZE_BYTES):
                with m.Case(_SIZE_AT + k):
                    m.d.sync += cursor.load_left[k].eq(1)

    def _judge(self, m: Module, known, op, reads, cursor: Cursor, table: RegionTable, whole, verdict) -> None:
        """What the answer will be, as far as the request's head tells. `whole`: no data follow."""
        wrong = ~known | (whole ^ reads) | ((op == Op.READ) & (cursor.long | cursor.large))
        wrong |= cursor.done & ~cursor.large & (op != Op.WRITE)
        with m.If(wrong):
            m.d.comb += verdict.eq(Code.BAD_REQUEST)
        with m.Elif(cursor.large | cursor.far | (cursor.last >= table.size)):
            m.d.comb += verdict.eq(Code.BAD_ADDRESS)
        with m.Elif(~reads & ~table.writable):
            m.d.comb += verdict.eq(Code.READ_ONLY)
        with m.Else():
            m.d.comb += verdict.eq(Code.DONE)

    def _buses(self, m: Module, mover: Mover, is_local) -> None:
        """The mover's bus is one of the two."""
        request, reply = mover.bus.request, mover.bus.reply
        core, local = self.core, self.local
        for bus, chosen in ((core, ~is_local), (local, is_local)):
            m.d.comb += [
                bus.request.p.eq(request.p),
                bus.request.valid.eq(request.valid & chosen),
                bus.reply.ready.eq(reply.ready & chosen),
            ]
        m.d.comb += [
            request.ready.eq(Mux(is_local, local.request.ready, core.request.ready)),
            reply.valid.eq(Mux(is_local, local.reply.valid, core.reply.valid)),
            reply.p.eq(Mux(is_local, local.reply.p, core.reply.p)),
        ]
