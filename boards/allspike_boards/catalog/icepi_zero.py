"""Icepi Zero 1.3: an ECP5 25F in the outline of a Raspberry Pi Zero."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import ECP5_25F
from ..sizes import ECP5_25F_PLASTIC

BOARDS = [
    Board(
        name="icepi-zero",
        title="Icepi Zero 1.3",
        chip=ECP5_25F,
        platform="amaranth_boards.icepi_zero:IcepiZero1_3Platform",
        config=ECP5_25F_PLASTIC,
        oscillator="clk50:0",
        oscillator_hz=50_000_000,
        alive="led:0",
        activity="led:1",
        error="led:4",
        usb=Usb(vid=0x0403, pid=0x6015),
        flash=Flash(loader=("-b", "icepi-zero")),
        price=Price.MIDDLE,
        support=Support.SYNTHESISED,
        notes=("One cable, to the USB port of the programmer.",),
    )
]
