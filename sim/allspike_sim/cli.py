"""`allspike simulate`: a virtual board for any serial program."""

import os
import signal
import sys
import time
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from allspike.config import DEFAULT_PRESET, preset
from allspike.errors import DeviceError, ParameterError

from .virtual import Virtual


def simulate(
    pty: Annotated[bool, typer.Option("--pty", help="Print a terminal device that is the board.")] = False,
    config: Annotated[str, typer.Option(help="Preset of the core.")] = DEFAULT_PRESET,
    clock: Annotated[float, typer.Option(help="Clock of the board, Hz.")] = Virtual.clock,
    baud: Annotated[int, typer.Option(help="Line rate.")] = Virtual.baud,
    latency: Annotated[float, typer.Option(help="Seconds through adapter and system, each way.")] = 0.0,
    waves: Annotated[Path | None, typer.Option(help="Write a waveform (VCD).")] = None,
) -> None:
    """Simulate a board, the real gateware with its UART pins, behind a serial device.

    Runs until Ctrl-C, and then says how long it would have taken on a real board.
    """
    if not pty:
        raise ParameterError("say how the board is to be reached: --pty for a terminal device.")
    if os.name != "posix":
        raise DeviceError("this system has no terminal devices: open the URL allspike:// instead.")
    from .terminal import Terminal  # noqa: PLC0415  (only where there are terminals)

    virtual = Virtual(preset(config), int(clock), baud, latency=latency, waves=waves)
    terminal = Terminal(virtual.power_on())
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print(terminal.name, flush=True)
    print(
        f"{config} at {clock / 1e6:g} MHz, {baud} baud; Ctrl-C ends it. It is slower than a real board: if "
        f"answers come too late, open {terminal.name},latency=2,timeout=30.",
        file=sys.stderr,
    )
    began = time.monotonic()
    try:
        terminal.serve(stop)
    finally:
        clocks = terminal.board.clocks
        terminal.close()
    print(
        f"{clocks:,} clocks, {clocks / clock:.3f} s of the board, in {time.monotonic() - began:.1f} s.",
        file=sys.stderr,
    )
