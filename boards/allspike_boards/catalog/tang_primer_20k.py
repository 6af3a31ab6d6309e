"""Tang Primer 20K in its Dock: a Gowin chip of 20,736 look-up tables."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import GW2A_18C
from ..sizes import GW2A_18C_PLASTIC

BOARDS = [
    Board(
        name="tang-primer-20k",
        title="Sipeed Tang Primer 20K (Dock)",
        chip=GW2A_18C,
        platform="amaranth_boards.tang_primer_20k:TangPrimer20kDockPlatform",
        config=GW2A_18C_PLASTIC,
        oscillator="clk27:0",
        oscillator_hz=27_000_000,
        alive="led:0",
        activity="led:1",
        error="led:5",
        usb=Usb(vid=0x0403, pid=0x6010, channel=1),
        flash=Flash(loader=("-b", "tangprimer20k")),
        price=Price.MIDDLE,
        support=Support.SYNTHESISED,
        notes=(
            "Switch 1 of the Dock must be on, or the module stays off. The second of the two serial ports is "
            "the line.",
        ),
        pack_options=("--mspi_as_gpio", "--sspi_as_gpio", "--ready_as_gpio", "--done_as_gpio"),
    )
]
