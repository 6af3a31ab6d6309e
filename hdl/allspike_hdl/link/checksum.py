"""The CRC of an answer, and of memory."""

from amaranth import Cat, Module, Mux, ResetInserter, Signal
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from .checker import CRC
from .receiver import BYTE_BITS


class Kind(enum.Enum, shape=3):
    """What is done with an item."""

    SEND = 0
    """Its byte is the next of the answer."""
    DIGEST = 1
    """Its byte is the next of the memory digested."""
    SEND_DIGEST = 2
    """The next byte of the digest, of four, is the next of the answer."""
    SEND_CRC = 3
    """The next byte of the answer's CRC, of four, is the next of the answer."""
    END = 4
    """The answer is complete."""


class Item(data.StructLayout):
    """A step of an answer; `data` means something for SEND and DIGEST."""

    def __init__(self) -> None:
        super().__init__({"data": BYTE_BITS, "kind": Kind})


class Answered(data.StructLayout):
    """A byte of an answer; or its end, and then `data` means nothing."""

    def __init__(self) -> None:
        super().__init__({"data": BYTE_BITS, "end": 1})


class Checksum(wiring.Component):
    """Makes answers of items, one after the other, a bit in a clock.

    A CRC register that is given its own output as data moves on by a bit and takes in nothing: this is how a
    CRC comes out of it, from the lowest bit of its first byte on.

    Members
    -------
    item : In(stream of Item)
        10 clocks each, and until the answer's byte is taken.
    answered : Out(stream of Answered)
    restart : In(1)
        Both CRCs are those of no bytes.
    """

    item: In(stream.Signature(Item()))
    answered: Out(stream.Signature(Answered()))
    restart: In(1)

    def elaborate(self, platform):
        m = Module()
        crc, digest = CRC.create(), CRC.create()
        m.submodules.crc = ResetInserter(self.restart)(crc)
        m.submodules.digest = ResetInserter(self.restart)(digest)
        bits = Signal(BYTE_BITS)
        kind = Signal(Kind)
        left = Signal(range(BYTE_BITS))
        bit = Signal()
        moves = Signal()
        own_crc = kind == Kind.SEND_CRC
        own_digest = kind == Kind.SEND_DIGEST
        m.d.comb += [
            bit.eq(Mux(own_crc, crc.crc[0], Mux(own_digest, digest.crc[0], bits[0]))),
            crc.data.eq(bit ^ own_crc),
            crc.valid.eq(moves & (kind != Kind.DIGEST)),
            digest.data.eq(bit ^ own_digest),
            digest.valid.eq(moves & (own_digest | (kind == Kind.DIGEST))),
            self.answered.p.data.eq(bits),
            self.answered.p.end.eq(kind == Kind.END),
        ]
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += self.item.ready.eq(1)
                m.d.sync += [bits.eq(self.item.p.data), kind.eq(self.item.p.kind)]
                with m.If(self.item.valid):
                    m.next = "BITS"
                    with m.If(self.item.p.kind == Kind.END):
                        m.next = "OFFER"
            with m.State("BITS"):
                m.d.comb += moves.eq(1)
                m.d.sync += [bits.eq(Cat(bits[1:], bit)), left.eq(left - 1)]
                with m.If(left == 1):
                    m.next = "OFFER"
                    with m.If(kind == Kind.DIGEST):
                        m.next = "IDLE"
            with m.State("OFFER"):
                m.d.comb += self.answered.valid.eq(1)
                with m.If(self.answered.ready):
                    m.next = "IDLE"
        return m
