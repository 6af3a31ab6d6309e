"""ULX3S: four boards that differ in their ECP5."""

from allspike.map.config import Config

from ..board import Board, Flash, Price, Support, Usb
from ..chips import ECP5_12F, ECP5_25F, ECP5_45F, ECP5_85F, Chip
from ..sizes import ECP5_25F_PLASTIC, ECP5_45F_PLASTIC, ECP5_85F_PLASTIC


def _ulx3s(size: str, chip: Chip, config: Config, support: Support, seed: int = 1) -> Board:
    return Board(
        name=f"ulx3s-{size}",
        title=f"Radiona ULX3S {size.upper()}",
        chip=chip,
        platform=f"amaranth_boards.ulx3s:ULX3S_{size.upper()}_Platform",
        config=config,
        seed=seed,
        oscillator="clk25:0",
        oscillator_hz=25_000_000,
        alive="led:0",
        activity="led:1",
        error="led:7",
        usb=Usb(vid=0x0403, pid=0x6015, product="ULX3S"),
        flash=Flash(loader=("-b", "ulx3s"), tools=(("fujprog",), ("ujprog",))),
        price=Price.HIGH,
        support=support,
        notes=("One cable, to the port US1.",),
    )


BOARDS = [
    _ulx3s("12f", ECP5_12F, ECP5_25F_PLASTIC, Support.SYNTHESISED),
    _ulx3s("25f", ECP5_25F, ECP5_25F_PLASTIC, Support.ROUTED),
    _ulx3s("45f", ECP5_45F, ECP5_45F_PLASTIC, Support.SYNTHESISED),
    _ulx3s("85f", ECP5_85F, ECP5_85F_PLASTIC, Support.ROUTED, seed=2),
]
