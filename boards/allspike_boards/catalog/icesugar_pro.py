"""iCESugar-Pro: an ECP5 25F on a module in its carrier."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import ECP5_25F
from ..sizes import ECP5_25F_PLASTIC

BOARDS = [
    Board(
        name="icesugar-pro",
        title="Muse Lab iCESugar-Pro",
        chip=ECP5_25F,
        platform="amaranth_boards.icesugar_pro:ICESugarProPlatform",
        config=ECP5_25F_PLASTIC,
        oscillator="clk25:0",
        oscillator_hz=25_000_000,
        alive="rgb_led:0.g",
        activity="rgb_led:0.b",
        error="rgb_led:0.r",
        usb=Usb(vid=0x1D50, pid=0x602B),
        baud=500_000,
        flash=Flash(tools=(("icesprog",),), drive="iCELink", by_hand="copy the file onto the drive iCELink"),
        price=Price.MIDDLE,
        support=Support.SYNTHESISED,
        notes=(
            "One cable, to the carrier board.",
            "Its adapter is a microcontroller: if bytes are lost at 500,000 baud, build with --baud 115200.",
        ),
    )
]
