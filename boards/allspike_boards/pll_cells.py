"""The PLL of each family as its vendor's cell, with the dividers that `pll` found."""

from amaranth import Instance, Module, Signal

from .pll import Pll


def ice40(pll: Pll, clock: Signal, locked: Signal, **source: object) -> Instance:
    """A PLL on a pad (`i_PACKAGEPIN`) or in the fabric (`i_REFERENCECLK`)."""
    phase_hz = pll.exact_hz * pll.post / pll.feed
    # Filter of the charge pump, by the frequency at the phase detector.
    filters = sum(phase_hz >= limit * 1_000_000 for limit in (17, 26, 44, 66, 101)) + 1
    return Instance(
        "SB_PLL40_PAD" if "i_PACKAGEPIN" in source else "SB_PLL40_CORE",
        p_FEEDBACK_PATH="SIMPLE",
        p_DIVR=pll.refer - 1,
        p_DIVF=pll.feed - 1,
        p_DIVQ=pll.post.bit_length() - 1,
        p_FILTER_RANGE=filters,
        i_RESETB=1,
        i_BYPASS=0,
        o_PLLOUTGLOBAL=clock,
        o_LOCK=locked,
        **source,
    )


def ecp5(pll: Pll, source: Signal, clock: Signal, locked: Signal) -> Instance:
    """A PLL that feeds back CLKOP, which has the phase detector's own frequency, and gives CLKOS.

    Were CLKOP the clock, its frequency would be a multiple of the phase detector's: for 25 to 60 MHz that is
    5 MHz, half of what it needs at least to tell a lock.
    """
    fed_back = Signal()
    return Instance(
        "EHXPLLL",
        a_ICP_CURRENT="12",
        a_LPF_RESISTOR="8",
        a_MFG_ENABLE_FILTEROPAMP="1",
        a_MFG_GMCREF_SEL="2",
        p_PLLRST_ENA="DISABLED",
        p_INTFB_WAKE="DISABLED",
        p_STDBY_ENABLE="DISABLED",
        p_DPHASE_SOURCE="DISABLED",
        p_OUTDIVIDER_MUXA="DIVA",
        p_OUTDIVIDER_MUXB="DIVB",
        p_FEEDBK_PATH="CLKOP",
        p_CLKI_DIV=pll.refer,
        p_CLKFB_DIV=1,
        p_CLKOP_ENABLE="ENABLED",
        p_CLKOP_DIV=pll.feed,
        p_CLKOP_CPHASE=pll.feed // 2,
        p_CLKOP_FPHASE=0,
        p_CLKOS_ENABLE="ENABLED",
        p_CLKOS_DIV=pll.post,
        p_CLKOS_CPHASE=pll.post // 2,
        p_CLKOS_FPHASE=0,
        i_CLKI=source,
        i_CLKFB=fed_back,
        i_RST=0,
        i_STDBY=0,
        i_PLLWAKESYNC=0,
        i_ENCLKOP=0,
        i_ENCLKOS=0,
        i_PHASESEL0=0,
        i_PHASESEL1=0,
        i_PHASEDIR=1,
        i_PHASESTEP=1,
        i_PHASELOADREG=1,
        o_CLKOP=fed_back,
        o_CLKOS=clock,
        o_LOCK=locked,
    )


def gowin(pll: Pll, source: Signal, clock: Signal, locked: Signal, hz: int, device: str) -> Instance:
    """An rPLL of a `device`, as the vendor calls the chip's series; `hz` comes in."""
    return Instance(
        "rPLL",
        p_DEVICE=device,
        p_FCLKIN=f"{hz / 1_000_000:g}",
        p_IDIV_SEL=pll.refer - 1,
        p_FBDIV_SEL=pll.feed - 1,
        p_ODIV_SEL=pll.post,
        p_DYN_IDIV_SEL="false",
        p_DYN_FBDIV_SEL="false",
        p_DYN_ODIV_SEL="false",
        p_DYN_DA_EN="false",
        p_PSDA_SEL="0000",
        p_DUTYDA_SEL="1000",
        p_CLKFB_SEL="internal",
        p_CLKOUT_BYPASS="false",
        i_CLKIN=source,
        i_CLKFB=0,
        i_RESET=0,
        i_RESET_P=0,
        i_FBDSEL=0,
        i_IDSEL=0,
        i_ODSEL=0,
        i_PSDA=0,
        i_DUTYDA=0,
        i_FDLY=0,
        o_CLKOUT=clock,
        o_LOCK=locked,
    )


def xilinx7(pll: Pll, source: Signal, clock: Signal, locked: Signal, hz: int) -> Module:
    """An MMCM and its global buffer; `hz` comes in."""
    m = Module()
    made = Signal()
    feedback = Signal()
    m.submodules.buffer = Instance("BUFG", i_I=made, o_O=clock)
    m.submodules.mmcm = Instance(
        "MMCME2_BASE",
        p_CLKIN1_PERIOD=1e9 / hz,
        p_DIVCLK_DIVIDE=pll.refer,
        p_CLKFBOUT_MULT_F=float(pll.feed),
        p_CLKOUT0_DIVIDE_F=float(pll.post),
        i_CLKIN1=source,
        i_CLKFBIN=feedback,
        i_RST=0,
        i_PWRDWN=0,
        o_CLKFBOUT=feedback,
        o_CLKOUT0=made,
        o_LOCKED=locked,
    )
    return m
