"""ECP5-5G-EVN: Lattice's evaluation board with the largest ECP5."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import ECP5_5G_85F
from ..sizes import ECP5_85F_PLASTIC

BOARDS = [
    Board(
        name="ecp5-5g-evn",
        title="Lattice ECP5-5G-EVN",
        chip=ECP5_5G_85F,
        platform="amaranth_boards.ecp5_5g_evn:ECP55GEVNPlatform",
        config=ECP5_85F_PLASTIC,
        oscillator="clk12:0",
        oscillator_hz=12_000_000,
        alive="led:0",
        activity="led:1",
        error="led:7",
        usb=Usb(vid=0x0403, pid=0x6010, channel=1),
        flash=Flash(loader=("-b", "ecp5_evn")),
        price=Price.HIGH,
        support=Support.SYNTHESISED,
        notes=(
            "Its USB adapter is wired to the serial line only after two resistors have been moved (section "
            "6.2 of the board's user guide); the second of the two serial ports is then the line.",
        ),
    )
]
