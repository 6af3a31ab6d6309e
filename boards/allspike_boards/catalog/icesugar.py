"""iCESugar 1.5: an iCE40 UP5K whose adapter appears as a drive, a serial port and a programmer."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import UP5K
from ..sizes import UP5K_PLASTIC, UP5K_STATIC

BOARDS = [
    Board(
        name="icesugar",
        title="Muse Lab iCESugar",
        chip=UP5K,
        platform="amaranth_boards.icesugar:ICESugarPlatform",
        config=UP5K_PLASTIC,
        static=UP5K_STATIC,
        buffer=2048,
        oscillator="clk12:0",
        oscillator_hz=12_000_000,
        pll_on_pad=True,
        alive="led_g:0",
        activity="led_b:0",
        error="led_r:0",
        usb=Usb(vid=0x1D50, pid=0x602B),
        baud=500_000,
        flash=Flash(tools=(("icesprog",),), drive="iCELink", by_hand="copy the file onto the drive iCELink"),
        price=Price.MIDDLE,
        support=Support.SYNTHESISED,
        notes=(
            "One cable.",
            "Its adapter is a microcontroller: if bytes are lost at 500,000 baud, build with --baud 115200.",
        ),
    )
]
