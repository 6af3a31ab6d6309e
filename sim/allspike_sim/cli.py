"""`allspike simulate`: a virtual board for any serial program."""

import os
import signal
import time
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from allspike.cli import completion, talk
from allspike.cli.outputs import check_text
from allspike.errors import DeviceError, DeviceWarning, ParameterError
from allspike.map.config import Config
from allspike.map.presets import DEFAULT_PRESET, preset
from allspike.notices import warn

if TYPE_CHECKING:
    from .virtual import Virtual


def simulate(
    pty: Annotated[bool, typer.Option("--pty", help="Print a terminal device that is the board.")] = False,
    config: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Preset or board that the core is of.",
            autocompletion=completion.configurations,
        ),
    ] = DEFAULT_PRESET,
    clock: Annotated[
        float | None,
        typer.Option(metavar="HZ", help="Clock of the board; by default one that this machine holds."),
    ] = None,
    baud: Annotated[
        int | None, typer.Option(metavar="BAUD", help="Line rate; by default one that this machine holds.")
    ] = None,
    latency: Annotated[
        float, typer.Option(metavar="SECONDS", help="Through adapter and system, each way.", min=0.0)
    ] = 0.0,
    waves: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a waveform (VCD).")] = None,
) -> None:
    """Simulate a board, the real gateware with its UART pins, behind a serial device.

    Runs until Ctrl-C, and then says how long it would have taken on a real board.
    """
    if not pty:
        raise ParameterError("say how the board is to be reached: --pty for a terminal device.")
    if os.name != "posix":
        raise DeviceError("this system has no terminal devices: open the URL allspike:// instead.")
    check_text(waves)
    chosen = preset(config)
    from .terminal import Terminal

    virtual, says = _board(chosen, clock, baud, latency, waves)
    terminal = Terminal(virtual.power_on(), virtual.baud)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print(terminal.name, flush=True)
    talk.note(f"{config} {says}; Ctrl-C ends it.")
    began = time.monotonic()
    try:
        terminal.serve(stop)
    finally:
        clocks = terminal.board.clocks
        terminal.close()
    written = "" if waves is None else f"; wrote {waves}"
    spent = time.monotonic() - began
    talk.note(f"{clocks:,} clocks, {clocks / virtual.clock:.3f} s of the board, in {spent:.1f} s{written}.")


def _board(
    config: Config, clock: float | None, baud: int | None, latency: float, waves: Path | None
) -> tuple["Virtual", str]:
    """The board to simulate, and what is to be said: without clock and rate, one that keeps time."""
    from .pace import held, holds, speed
    from .virtual import RATES, Virtual, timing

    if clock is None and baud is None:
        virtual, found = held(Virtual(config, latency=latency, waves=waves))
    else:
        hertz, rate = timing(None if clock is None else round(clock), baud)
        virtual = Virtual(config, hertz, rate, latency=latency, waves=waves)
        found = speed(virtual)
    if not holds(virtual.clock, found):
        lower = "choose a lower --clock" if virtual.baud > RATES[-1] else "choose a smaller --config"
        warn(
            f"this machine simulates at {found / 1e6:.2g} MHz now, which does not hold a board at "
            f"{virtual.clock / 1e6:.4g} MHz with a margin: {lower}, or open the board with "
            "latency=2,timeout=30 after its name, as in /dev/pts/5,latency=2,timeout=30.",
            DeviceWarning,
        )
    says = (
        f"simulates at {found / 1e6:.2g} MHz here: clock {virtual.clock / 1e6:.4g} MHz, "
        f"line {virtual.baud:,} baud"
    )
    return virtual, says if clock is not None or baud is not None else f"{says}; --clock and --baud override"
