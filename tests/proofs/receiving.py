"""What comes from the line: in step at the next zero after any bytes, and nothing kept whose CRC is wrong."""

from amaranth import Module, Mux, Signal, Value

from allspike_hdl.link.checker import Checker
from allspike_hdl.link.decoder import Decoder

from .harness import Harness, anything, assume, claim
from .opened import Opened
from .proof import Break, Proof

_FAR = 1 << 12
_POLYNOMIAL = 0xEDB88320
_RESIDUE = 0xDEBB20E3
"""CRC-32 of zlib: the polynomial, lowest bit first, and what is left of bytes that end in their own CRC."""


class Decoding(Harness):
    """The decoder of COBS, on any bytes with any losses; frames of up to 4,096 bytes.

    A frame is right where its chain of codes, each the distance to the next, leads to the zero that ends it.
    """

    def states(self, m: Module) -> None:
        dut = Decoder()
        opened = Opened(dut)
        m.submodules.decoder = opened.fragment
        valid, byte, error = anything(m, 1, "valid"), anything(m, 8, "byte"), anything(m, 1, "error")
        m.d.comb += [dut.byte.valid.eq(valid), dut.byte.p.eq(byte), dut.error.eq(error)]
        assume(m, ~(valid & error))

        place, code_at = Signal(range(_FAR + 1)), Signal(range(_FAR + 256))
        longest, lost, any_came = Signal(init=1), Signal(), Signal()
        zero = valid & (byte == 0)
        at_code = place == code_at
        with m.If(valid):
            m.d.sync += [place.eq(place + 1), any_came.eq(1)]
            with m.If(at_code):
                m.d.sync += [code_at.eq(place + byte), longest.eq(byte == 0xFF)]
        with m.If(error):
            m.d.sync += [lost.eq(1), any_came.eq(1)]
        with m.If(zero):
            m.d.sync += [place.eq(0), code_at.eq(0), longest.eq(1), lost.eq(0), any_came.eq(0)]
        assume(m, place < _FAR)

        given, end, broken = dut.decoded.valid, dut.decoded.p.end, dut.decoded.p.broken
        in_step = Signal(init=1)
        m.d.sync += in_step.eq(zero)
        left, implied, empty = (opened(name) for name in ("left", "implied", "empty"))
        claim(
            m,
            in_step_after_a_zero=~in_step | ((left == 1) & empty & ~implied & ~opened("lost")),
            one_end_for_each_frame=(given & end) == (zero & any_came),
            broken_unless_the_codes_lead_to_the_zero=~(given & end) | (broken == (lost | ~at_code)),
            a_byte_of_a_group=~(valid & ~zero & ~at_code) | (given & ~end & (dut.decoded.p.data == byte)),
            a_zero_between_groups=~(valid & ~zero & at_code)
            | ((given == ~longest) & ~end & (~given | (dut.decoded.p.data == 0))),
            nothing_without_a_byte=valid | ~given,
            # What an induction has to know of the inside.
            places=(place <= code_at) & (left == (code_at - place + 1)[:8]) & (code_at - place < 255),
            zeros=(implied == ~longest) & (opened("lost") == lost) & (empty == ~any_came),
            start=any_came | ((place == 0) & (code_at == 0) & longest),
        )


class Checking(Harness):
    """The check of a frame against the CRC of all its bytes, taken whole; 10 clocks or more apart."""

    def states(self, m: Module) -> None:
        dut = Checker()
        opened = Opened(dut)
        m.submodules.checker = opened.fragment
        valid, word = anything(m, 1, "valid"), anything(m, dut.decoded.p.shape(), "word")
        m.d.comb += [dut.decoded.valid.eq(valid), dut.decoded.p.eq(word)]
        since = Signal(range(11), init=10)
        with m.If(since != 10):
            m.d.sync += since.eq(since + 1)
        with m.If(valid):
            m.d.sync += since.eq(1)
        assume(m, ~valid | (since == 10))

        crc = Signal(32, init=0xFFFFFFFF)
        whole = crc ^ word.data
        for _ in range(8):
            whole = _moved(m, whole)
        with m.If(valid):
            m.d.sync += crc.eq(Mux(word.end, 0xFFFFFFFF, whole))
        left, bits = opened("left"), opened("bits")
        serial = ~opened("crc", "crc")
        for k in range(8):
            now = Signal(32, name=f"serial_{k}")
            m.d.comb += now.eq(serial)
            serial = Mux(k < left, _moved(m, now ^ bits[k]), now)
        claim(
            m,
            matches_what_ends_in_its_crc=~(valid & word.end) | (dut.matches == (crc == _RESIDUE)),
            # What an induction has to know of the inside.
            goes_there=serial[:32] == crc,
            counted=since <= 10,
            in_time=(left == Mux(since > 8, 0, 9 - since)) | ((left == 0) & (crc == 0xFFFFFFFF)),
        )


def _moved(m: Module, z: Value) -> Value:
    """A CRC after a bit, which has been added to it."""
    before, after = Signal(32), Signal(32)
    m.d.comb += [before.eq(z), after.eq(before[1:] ^ Mux(before[0], _POLYNOMIAL, 0))]
    return after


PROOFS = (
    Proof(
        name="decoder",
        claim="After any bytes and losses the decoder is in step at the next zero; each frame has one end, "
        "and is broken unless its codes lead to the zero and no byte was lost. Frames of up to 4,096 bytes.",
        make=Decoding,
        depth=3,
        breaks=(
            Break("link/decoder.py", "implied.eq(0), lost.eq(0)", "implied.eq(0)"),
            Break("link/decoder.py", "[left.eq(1), empty.eq(1),", "[empty.eq(1),"),
            Break("link/decoder.py", "(ends & ~empty)", "ends"),
            Break("link/decoder.py", "eq(lost | ~at_code)", "eq(lost)"),
            Break("link/decoder.py", "(byte.p != LONGEST)", "(1)"),
        ),
    ),
    Proof(
        name="checker",
        claim="At the end of a frame it is known whether its bytes end in their CRC-32.",
        make=Checking,
        depth=3,
        breaks=(
            Break("link/checker.py", "clear.eq(self.decoded.valid & self.decoded.p.end)", "clear.eq(0)"),
            Break("link/checker.py", "left.eq(BYTE_BITS)", "left.eq(BYTE_BITS - 1)"),
        ),
    ),
)
