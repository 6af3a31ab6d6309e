"""Tang Nano 9K: a Gowin chip of 8,640 look-up tables, for less than 20 euro."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import GW1NR_9C
from ..sizes import GW1NR_9C_PLASTIC, GW1NR_9C_STATIC

BOARDS = [
    Board(
        name="tang-nano-9k",
        title="Sipeed Tang Nano 9K",
        chip=GW1NR_9C,
        platform="amaranth_boards.tang_nano_9k:TangNano9kPlatform",
        config=GW1NR_9C_PLASTIC,
        static=GW1NR_9C_STATIC,
        oscillator="clk27:0",
        oscillator_hz=27_000_000,
        alive="led:0",
        activity="led:1",
        error="led:5",
        usb=Usb(vid=0x0403, pid=0x6010, channel=1),
        flash=Flash(loader=("-b", "tangnano9k")),
        price=Price.LOW,
        support=Support.ROUTED,
        notes=("One cable: the second of the two serial ports that appear is the line.",),
        pack_options=("--sspi_as_gpio", "--mspi_as_gpio"),
    )
]
