"""What the makers say of their PLLs: which clocks follow from a cell's words, and where it locks.

Written from their documents, and owing nothing to `allspike_boards.pll`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_MHZ = 1_000_000
Words = Mapping[str, Any]
"""The parameters of a cell."""


@dataclass(frozen=True)
class Clocks:
    """Hz at the phase detector, of the oscillator, and of what comes out."""

    phase: Fraction
    vco: Fraction
    out: Fraction


def ice40(words: Words, hz: Fraction) -> Clocks:
    """FPGA-TN-02052, iCE40 sysCLOCK PLL Design and Usage Guide, "PLL Output Frequency".

    With FEEDBACK_PATH "SIMPLE": out = in * (DIVF + 1) / (2**DIVQ * (DIVR + 1)).
    """
    assert words["FEEDBACK_PATH"] == "SIMPLE"
    phase = hz / (_word(words, "DIVR", 0, 15) + 1)
    vco = phase * (_word(words, "DIVF", 0, 127) + 1)
    return Clocks(phase, vco, vco / 2 ** _word(words, "DIVQ", 1, 6))


def ecp5(words: Words, hz: Fraction) -> Clocks:
    """FPGA-TN-02200, ECP5 and ECP5-5G sysCLOCK PLL/DLL Design and Usage Guide, "PLL Inputs and Outputs".

    The phase detector compares CLKI / CLKI_DIV with CLKFB / CLKFB_DIV. CLKFB is CLKOP, which is the
    oscillator / CLKOP_DIV; CLKOS is the oscillator / CLKOS_DIV.
    """
    assert words["FEEDBK_PATH"] == "CLKOP"
    assert words["CLKOP_ENABLE"] == words["CLKOS_ENABLE"] == "ENABLED"
    assert (words["OUTDIVIDER_MUXA"], words["OUTDIVIDER_MUXB"]) == ("DIVA", "DIVB")
    phase = hz / _word(words, "CLKI_DIV", 1, 128)
    fed_back = phase * _word(words, "CLKFB_DIV", 1, 80)
    assert fed_back >= Fraction(3_125_000), "CLKOP, the least clock of an output"
    vco = fed_back * _word(words, "CLKOP_DIV", 1, 128)
    return Clocks(phase, vco, vco / _word(words, "CLKOS_DIV", 1, 128))


def gowin(words: Words, hz: Fraction) -> Clocks:
    """UG286, Gowin Clock User Guide, section 5.1, rPLL.

    CLKOUT = CLKIN * FBDIV / IDIV, the oscillator is CLKOUT * ODIV, the phase detector has CLKIN / IDIV; a
    word is a divider less one, but for ODIV. FCLKIN is the clock that comes in, in MHz.
    """
    assert Fraction(words["FCLKIN"]) * _MHZ == hz
    assert {words[name] for name in ("DYN_IDIV_SEL", "DYN_FBDIV_SEL", "DYN_ODIV_SEL")} == {"false"}
    assert (words["CLKFB_SEL"], words["CLKOUT_BYPASS"]) == ("internal", "false")
    assert words["ODIV_SEL"] in (2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128)
    phase = hz / (_word(words, "IDIV_SEL", 0, 63) + 1)
    out = phase * (_word(words, "FBDIV_SEL", 0, 63) + 1)
    return Clocks(phase, out * words["ODIV_SEL"], out)


def xilinx7(words: Words, hz: Fraction) -> Clocks:
    """UG472, 7 Series FPGAs Clocking Resources, chapter 3, "Determine the Input Frequency", "VCO Operating
    Frequency": the oscillator is CLKIN * M / D, and what comes out that / O. CLKIN1_PERIOD is in ns.
    """
    assert abs(words["CLKIN1_PERIOD"] * hz / 1_000_000_000 - 1) < 1e-6
    multiplier, divider = Fraction(words["CLKFBOUT_MULT_F"]), Fraction(words["CLKOUT0_DIVIDE_F"])
    assert 2 <= multiplier <= 64
    assert 1 <= divider <= 128
    phase = hz / _word(words, "DIVCLK_DIVIDE", 1, 106)
    return Clocks(phase, phase * multiplier, phase * multiplier / divider)


def _word(words: Words, name: str, low: int, high: int) -> int:
    value = words[name]
    assert low <= value <= high, f"{name} = {value}"
    return value


@dataclass(frozen=True)
class Cell:
    """A PLL as a family has it."""

    formula: Callable[[Words, Fraction], Clocks]
    phase: tuple[Fraction, Fraction]
    vco: tuple[Fraction, Fraction]
    out: tuple[Fraction, Fraction]
    reference: str
    """The port that takes the oscillator."""
    clock: str
    """The port of the clock that is used."""
    lock: str

    def clocks(self, words: Words, hz: Fraction) -> Clocks:
        """What it makes of a clock. Words that the maker does not allow, or clocks that he does not, fail."""
        made = self.formula(words, hz)
        for name in ("phase", "vco", "out"):
            low, high = getattr(self, name)
            value = getattr(made, name)
            assert low <= value <= high, f"{name}: {float(value / _MHZ)} MHz"
        return made


def _cell(
    formula: Callable[[Words, Fraction], Clocks],
    phase: tuple[float, float],
    vco: tuple[float, float],
    out: tuple[float, float],
    ports: tuple[str, str, str],
) -> Cell:
    """The ranges are in MHz; ports: reference, clock, lock."""
    mhz = [tuple(Fraction(bound) * _MHZ for bound in pair) for pair in (phase, vco, out)]
    return Cell(formula, *mhz, *ports)  # type: ignore[arg-type]


_ICE40 = (10, 133), (533, 1066), (16, 275)
CELLS = {
    # FPGA-DS-02008 (iCE40 UltraPlus) and FPGA-DS-02029 (iCE40 LP/HX), "sysCLOCK PLL Timing": the same.
    "SB_PLL40_PAD": _cell(ice40, *_ICE40, ("PACKAGEPIN", "PLLOUTGLOBAL", "LOCK")),
    "SB_PLL40_CORE": _cell(ice40, *_ICE40, ("REFERENCECLK", "PLLOUTGLOBAL", "LOCK")),
    # FPGA-DS-02012 (ECP5 and ECP5-5G), section 3.19, "sysCLOCK PLL Timing".
    "EHXPLLL": _cell(ecp5, (10, 400), (400, 800), (3.125, 400), ("CLKI", "CLKOS", "LOCK")),
    # DS117 (GW1NR-9, C6/I5) and DS102 (GW2A-18, C8/I7), "PLL": what both allow.
    "rPLL": _cell(gowin, (3, 400), (500, 1200), (3.90625, 600), ("CLKIN", "CLKOUT", "LOCK")),
    # DS181 (Artix-7, grade -1), table 37, "MMCM Specification".
    "MMCME2_BASE": _cell(xilinx7, (10, 450), (600, 1200), (4.69, 800), ("CLKIN1", "CLKOUT0", "LOCKED")),
}
"""By the name of the cell."""

FILTER_BELOW = (17, 26, 44, 66, 101)
"""Of iCE40: MHz at the phase detector below which FILTER_RANGE is 1, 2, 3, 4, 5; else 6, as iCEcube2 and
icepll choose it."""
