"""iCE40-HX8K-EVN: Lattice's evaluation board; no single-port memory, so the core is small."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import HX8K
from ..sizes import HX8K_PLASTIC, HX8K_STATIC

BOARDS = [
    Board(
        name="ice40-hx8k-evn",
        title="Lattice iCE40-HX8K-EVN",
        chip=HX8K,
        platform="amaranth_boards.ice40_hx8k_b_evn:ICE40HX8KBEVNPlatform",
        config=HX8K_PLASTIC,
        static=HX8K_STATIC,
        oscillator="clk12:0",
        oscillator_hz=12_000_000,
        buffer=512,
        alive="led:0",
        activity="led:1",
        error="led:7",
        usb=Usb(vid=0x0403, pid=0x6010, channel=1),
        flash=Flash(loader=("-b", "ice40_generic"), tools=(("iceprog",),)),
        price=Price.MIDDLE,
        support=Support.ROUTED,
        notes=(
            "The jumpers J6 are set for the flash memory, as they are when new. The second of the two serial "
            "ports is the line.",
        ),
    )
]
