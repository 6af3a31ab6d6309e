"""OrangeCrab 0.2: an ECP5 25F or 85F in the outline of a Feather. Its USB is the chip's own, for loading."""

from allspike.map.config import Config

from ..board import Board, Flash, Header, Price, Support
from ..chips import ECP5_25F, ECP5_85F, Chip
from ..sizes import ECP5_25F_PLASTIC, ECP5_85F_PLASTIC


def _orangecrab(size: str, chip: Chip, config: Config, price: Price) -> Board:
    return Board(
        name=f"orangecrab-{size}",
        title=f"OrangeCrab 0.2 {size.upper()}",
        chip=chip,
        platform=f"amaranth_boards.orangecrab_r0_2:OrangeCrabR0_2_{size.upper()}Platform",
        config=config,
        oscillator="clk:0",
        oscillator_hz=48_000_000,
        uart=Header(
            rx="N17",
            tx="M18",
            where="0 (receives, to the adapter's TX) and 1 (sends, to its RX) of the header, beside ground",
            attributes={"IO_TYPE": "LVCMOS33"},
        ),
        alive="rgb_led:0.g",
        activity="rgb_led:0.b",
        error="rgb_led:0.r",
        flash=Flash(loader=("-b", "orangeCrab"), tools=(("dfu-util", "-d", "1209:5af0", "-a", "0", "-D"),)),
        price=price,
        support=Support.SYNTHESISED,
        notes=(
            "Hold the button while plugging in: it then waits for a bitstream. Plug in again to start.",
            "A serial adapter of 3.3 V is needed beside the USB cable.",
        ),
        pack_options=("--freq", "38.8"),
    )


BOARDS = [
    _orangecrab("25f", ECP5_25F, ECP5_25F_PLASTIC, Price.HIGH),
    _orangecrab("85f", ECP5_85F, ECP5_85F_PLASTIC, Price.HIGH),
]
