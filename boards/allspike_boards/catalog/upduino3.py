"""UPduino 3: an iCE40 UP5K on a stick. Its adapter loads it; the line needs another, on the header."""

from ..board import Board, Flash, Header, Price, Support
from ..chips import UP5K
from ..sizes import UP5K_PLASTIC, UP5K_STATIC

BOARDS = [
    Board(
        name="upduino3",
        title="tinyVision UPduino 3",
        chip=UP5K,
        platform="amaranth_boards.upduino_v3:UpduinoV3Platform",
        config=UP5K_PLASTIC,
        static=UP5K_STATIC,
        buffer=2048,
        oscillator="clk12:0",
        oscillator_hz=12_000_000,
        uart=Header(
            rx="38",
            tx="28",
            where="gpio_38 (receives, to the adapter's TX) and gpio_28 (sends, to its RX), the last two of "
            "the row with the LED pins; ground is the first of that row",
            attributes={"IO_STANDARD": "SB_LVCMOS"},
        ),
        alive="rgb_led:0.g",
        activity="rgb_led:0.b",
        error="rgb_led:0.r",
        flash=Flash(tools=(("iceprog",),)),
        price=Price.MIDDLE,
        support=Support.SYNTHESISED,
        notes=(
            "Short the jumper OSC: it brings the 12 MHz oscillator to gpio_20. The chip's own oscillator is "
            "too inexact for a serial line.",
            "A serial adapter of 3.3 V is needed beside the USB cable.",
        ),
    )
]
