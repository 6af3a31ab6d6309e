"""What is read from a bitstream (pins, clock, what memories wake up with), and what a build asks for."""

from dataclasses import dataclass
from fractions import Fraction

from allspike.map import device_map as dm
from allspike.map.link_map import LINK_RECORD, LINK_VERSION, divisor_of
from allspike_boards.build import Plan
from allspike_boards.chips import Family

from .pins import pins_of

COLUMN = 16
"""Words that are looked at together."""


@dataclass(frozen=True)
class Read:
    """What a bitstream says."""

    driven: frozenset[str]
    """Pins that the chip drives."""
    inputs: frozenset[str]
    """Pins that it does not drive; in Gowin's chips those that are not used are among them."""
    clock_hz: Fraction
    """What the PLL makes of the board's oscillator, by its words."""
    columns: frozenset[int]
    """Of each memory bit k of `COLUMN` words one after another, the first the lowest bit."""

    def holds(self, words: list[int], width: int) -> bool:
        """Whether all columns of up to `COLUMN` words, followed by zeros, are there."""
        return columns_of(words, width) <= self.columns


def columns_of(words: list[int], width: int) -> set[int]:
    """The columns of up to `COLUMN` words."""
    assert len(words) <= COLUMN
    return {sum((word >> bit & 1) << k for k, word in enumerate(words)) for bit in range(width)}


def disagreement(planned: Plan, found: Read) -> str | None:
    """What of pins and clock is not as the board's file has it; None if all is."""
    pins = pins_of(planned.board).values()
    driven, inputs = ({pin.name for pin in pins if pin.direction == way} for way in "oi")
    if found.driven != driven:
        return f"pins {sorted(found.driven)} are driven, for {sorted(driven)}"
    spare = found.inputs if planned.board.chip.family is Family.GOWIN else inputs
    if not inputs <= found.inputs <= spare:
        return f"pins {sorted(found.inputs)} are inputs, for {sorted(inputs)}"
    if found.clock_hz != planned.config.clock_hz:
        return f"the clock is {float(found.clock_hz):.0f} Hz, for {planned.config.clock_hz}"
    return None


def forgotten(planned: Plan, found: Read) -> str | None:
    """What a memory of a device does not wake up with; None if all is there."""
    if not found.holds(identity_wanted(planned), 32):
        return "no memory holds the identity record"
    if not found.holds(line_wanted(planned), 16):
        return "no memory holds the divisor of the line"
    return None


def identity_wanted(planned: Plan) -> list[int]:
    """The words of the identity record."""
    record = dm.encode_identity(planned.config, planned.build).tobytes()
    return [int.from_bytes(record[k : k + 4], "little") for k in range(0, len(record), 4)]


def line_wanted(planned: Plan) -> list[int]:
    """The words of the link's registers; the divisor is after them, and, less one, at the very end."""
    divisor = divisor_of(planned.config.clock_hz, planned.baud)
    words = [0] * COLUMN
    words[LINK_RECORD.offset("version") // 4] = LINK_VERSION
    words[LINK_RECORD.offset("buffer") // 4] = planned.board.buffer
    words[LINK_RECORD.size // 4], words[-1] = divisor, divisor - 1
    return words
