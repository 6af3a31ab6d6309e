"""Arty A7-35T. Generated as a project for Vivado."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import XC7A35T
from ..sizes import XC7A35T_PLASTIC

BOARDS = [
    Board(
        name="arty-a7-35t",
        title="Digilent Arty A7-35T",
        chip=XC7A35T,
        platform="amaranth_boards.arty_a7:ArtyA7_35Platform",
        config=XC7A35T_PLASTIC,
        oscillator="clk100:0",
        oscillator_hz=100_000_000,
        alive="led:0",
        activity="led:1",
        error="led:3",
        usb=Usb(vid=0x0403, pid=0x6010, product="Digilent", channel=1),
        flash=Flash(loader=("-b", "arty_a7_35t")),
        price=Price.TOP,
        support=Support.PROJECT,
        notes=("One cable: the second of the two serial ports that appear is the line.",),
    )
]
