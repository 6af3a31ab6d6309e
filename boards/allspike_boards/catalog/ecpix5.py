"""ECPIX-5 85F: a large ECP5 of the fast grade."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import ECP5_5G_85F
from ..sizes import ECP5_85F_PLASTIC

BOARDS = [
    Board(
        name="ecpix5-85f",
        title="LambdaConcept ECPIX-5 85F",
        chip=ECP5_5G_85F,
        platform="amaranth_boards.ecpix5:ECPIX585Platform",
        config=ECP5_85F_PLASTIC,
        oscillator="clk100:0",
        oscillator_hz=100_000_000,
        alive="rgb_led:0.g",
        activity="rgb_led:1.b",
        error="rgb_led:2.r",
        usb=Usb(vid=0x0403, pid=0x6010, channel=1),
        flash=Flash(loader=("-b", "ecpix5")),
        price=Price.TOP,
        support=Support.SYNTHESISED,
        notes=("One cable, to the micro USB port; the second of the two serial ports is the line.",),
    )
]
