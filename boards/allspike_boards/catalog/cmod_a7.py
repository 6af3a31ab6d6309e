"""CMod A7-35T: the board of NeuroCoreX. Generated as a project for Vivado."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import XC7A35T
from ..sizes import XC7A35T_PLASTIC

BOARDS = [
    Board(
        name="cmod-a7-35t",
        title="Digilent CMod A7-35T",
        chip=XC7A35T,
        platform="amaranth_boards.cmod_a7:CmodA7_35Platform",
        config=XC7A35T_PLASTIC,
        oscillator="clk12:0",
        oscillator_hz=12_000_000,
        alive="led:0",
        activity="led:1",
        error="rgb_led:0.r",
        usb=Usb(vid=0x0403, pid=0x6010, product="Digilent", channel=1),
        flash=Flash(loader=("-b", "cmoda7_35t")),
        price=Price.HIGH,
        support=Support.PROJECT,
        notes=("One cable: the second of the two serial ports that appear is the line.",),
    )
]
