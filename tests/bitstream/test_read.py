"""A bitstream that says something else than its board's file is noticed; the texts are those of the tools."""

from dataclasses import replace
from fractions import Fraction

import pytest

from allspike_boards import BOARDS
from allspike_boards.build import Plan, plan

from . import ecp5, ice40
from .read import Read, columns_of, disagreement, forgotten, identity_wanted, line_wanted

NAME = "ulx3s-25f"
BOARD = BOARDS[NAME]


@pytest.fixture(scope="module")
def planned() -> Plan:
    return plan(BOARD)


@pytest.fixture(scope="module")
def right(planned: Plan) -> Read:
    words = columns_of(identity_wanted(planned), 32) | columns_of(line_wanted(planned), 16)
    return Read(
        driven=frozenset({"L4", "B2", "C2", "H3"}),
        inputs=frozenset({"G2", "M1"}),
        clock_hz=Fraction(60_000_000),
        columns=frozenset(words),
    )


def test_what_is_as_asked_is_passed(planned: Plan, right: Read) -> None:
    assert disagreement(planned, right) is None
    assert forgotten(planned, right) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"driven": frozenset({"M1", "B2", "C2", "H3"}), "inputs": frozenset({"G2", "L4"})}, "are driven"),
        ({"driven": frozenset({"L4", "B2", "C2"})}, "are driven"),
        ({"inputs": frozenset({"G2"})}, "are inputs"),
        ({"inputs": frozenset({"G2", "M1", "A4"})}, "are inputs"),
        ({"clock_hz": Fraction(65_000_000)}, "the clock is 65000000 Hz, for 60000000"),
    ],
)
def test_a_pin_or_a_clock_that_is_another_is_noticed(
    planned: Plan, right: Read, changes: dict, said: str
) -> None:
    assert said in str(disagreement(planned, replace(right, **changes)))


def test_a_word_that_is_another_is_noticed(planned: Plan, right: Read) -> None:
    identity, line = identity_wanted(planned), line_wanted(planned)
    line[-1] += 1
    found = columns_of(identity, 32) | columns_of(line, 16)
    assert "divisor" in str(forgotten(planned, replace(right, columns=frozenset(found))))
    identity[1] ^= 1 << 20
    assert "identity" in str(forgotten(planned, replace(right, columns=frozenset(columns_of(identity, 32)))))


ECP5_TEXT = """\
.tile MIB_R26C0:PICL0
enum: PIOA.BASE_TYPE INPUT_LVCMOS33

.tile MIB_R36C0:PICL1
enum: PIOC.BASE_TYPE OUTPUT_LVCMOS33
enum: PIOC.PULLMODE NONE

.tile R10C17:PLC2
word: SLICEA.K0.INIT 0000000000001000
word: SLICEA.K1.INIT 0000000000000000
word: SLICEC.K0.INIT 1111111100000000
enum: SLICEA.MODE DPRAM

.tile_group MIB_R50C2:PLL0_LL MIB_R50C3:BANKREF8
word: CLKI_DIV 0000000
word: CLKFB_DIV 0000000
word: CLKOP_DIV {feed}
word: CLKOS_DIV 0001001
enum: MODE EHXPLLL
"""


@pytest.mark.parametrize(("feed", "mhz"), [("0010111", 60), ("0011001", 65)])
def test_the_text_of_an_ecp5_is_understood(feed: str, mhz: int) -> None:
    found = ecp5.interpreted(BOARD, ECP5_TEXT.format(feed=feed))
    assert (found.driven, found.inputs) == ({"L4"}, {"G2"})
    assert found.clock_hz == mhz * 1_000_000
    assert found.columns == {1 << 10, 0}


ICE40_TEXT = """\

module chip (input pin_J3, output pin_C3, input pin_B10, output pin_B12);

wire pin_J3;
SB_PLL40_CORE #(
  .FEEDBACK_PATH("SIMPLE"),
  .PLLOUT_SELECT("GENCLK"),
  .DIVR(4'b0000),
  .DIVF(7'b0111111),
  .DIVQ(3'b{post}),
  .FILTER_RANGE(3'b001)
) PLL_16_0 (
  .REFERENCECLK(n4037)
);
SB_RAM40_4K #(
  .INIT_0(256'h000000000000000000000000000000000000000000000000000000000{content}),
) ram40_8_3 (
  .RE(n1523)
);
"""


@pytest.mark.parametrize(("post", "mhz"), [("101", 24), ("100", 48)])
def test_the_text_of_an_ice40_is_understood(post: str, mhz: int) -> None:
    found = ice40.interpreted(BOARDS["ice40-hx8k-evn"], ICE40_TEXT.format(post=post, content="0020001"))
    assert (found.driven, found.inputs) == ({"C3", "B12"}, {"J3", "B10"})
    assert found.clock_hz == mhz * 1_000_000
    assert found.columns == {0, 1, 2}
