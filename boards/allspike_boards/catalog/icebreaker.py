"""iCEBreaker: an iCE40 UP5K with a USB adapter of two channels, one for loading and one for the line."""

from ..board import Board, Flash, Price, Support, Usb
from ..chips import UP5K
from ..sizes import UP5K_PLASTIC, UP5K_STATIC

BOARDS = [
    Board(
        name="icebreaker",
        title="1BitSquared iCEBreaker",
        chip=UP5K,
        platform="amaranth_boards.icebreaker:ICEBreakerPlatform",
        config=UP5K_PLASTIC,
        static=UP5K_STATIC,
        buffer=2048,
        seed=6,
        oscillator="clk12:0",
        oscillator_hz=12_000_000,
        pll_on_pad=True,
        alive="led_g:0",
        error="led_r:0",
        usb=Usb(vid=0x0403, pid=0x6010, product="iCEBreaker", channel=1),
        flash=Flash(loader=("-b", "ice40_generic"), tools=(("iceprog",),)),
        price=Price.HIGH,
        support=Support.ROUTED,
        notes=("One cable: the second of the two serial ports that appear is the line.",),
    )
]
