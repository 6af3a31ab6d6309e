"""`allspike simulate`: a virtual board for any serial program."""

import os
import signal
import time
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from allspike.cli import completion, talk
from allspike.cli.outputs import check_text
from allspike.config import DEFAULT_PRESET, preset
from allspike.errors import DeviceError, ParameterError


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
        float | None, typer.Option(metavar="HZ", help="Clock of the board; by default that of a real one.")
    ] = None,
    baud: Annotated[
        int | None, typer.Option(metavar="BAUD", help="Line rate; by default that of a real board.")
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
    from .virtual import Virtual

    clock = Virtual.clock if clock is None else clock
    baud = Virtual.baud if baud is None else baud
    virtual = Virtual(chosen, int(clock), baud, latency=latency, waves=waves)
    terminal = Terminal(virtual.power_on())
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print(terminal.name, flush=True)
    talk.note(
        f"{config} at {clock / 1e6:g} MHz, {baud} baud; Ctrl-C ends it. It is slower than a real board: if "
        f"answers come too late, open {terminal.name},latency=2,timeout=30."
    )
    began = time.monotonic()
    try:
        terminal.serve(stop)
    finally:
        clocks = terminal.board.clocks
        terminal.close()
    written = "" if waves is None else f"; wrote {waves}"
    spent = time.monotonic() - began
    talk.note(f"{clocks:,} clocks, {clocks / clock:.3f} s of the board, in {spent:.1f} s{written}.")
