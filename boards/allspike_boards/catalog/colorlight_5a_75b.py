"""Colorlight 5A-75B, revision 7.0: a receiver card for LED walls, and the cheapest ECP5 25F there is."""

from ..board import Board, Flash, Price, Support
from ..chips import ECP5_25F
from ..sizes import ECP5_25F_PLASTIC

BOARDS = [
    Board(
        name="colorlight-5a-75b",
        title="Colorlight 5A-75B 7.0",
        chip=ECP5_25F,
        platform="amaranth_boards.colorlight_5a75b_r7_0:Colorlight_5A75B_R70Platform",
        config=ECP5_25F_PLASTIC,
        oscillator="clk25:0",
        oscillator_hz=25_000_000,
        flash=Flash(
            loader=("-b", "colorlight"),
            by_hand="load it by a JTAG adapter on the pins J27 (clock), J31 (mode), J32 (in) and J30 (out)",
        ),
        price=Price.LOW,
        support=Support.SYNTHESISED,
        notes=(
            "It has no USB: a JTAG adapter loads it (say which, as in --loader-option=--cable=ft232), a "
            "serial adapter of 3.3 V is the line, and 5 V come on the board's own connector.",
            "The line is on J19: KEY+ receives (the adapter's TX), DATA_LED- sends (its RX). The board's "
            "button and LED share these pins: there are no LEDs, and the button is not to be pressed.",
            "Other revisions have other pins: this is for the one marked V7.0.",
        ),
    )
]
