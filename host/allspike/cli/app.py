"""The commands' common ground: the application, errors as exit codes, and what several commands share."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bars

from ..device import Progress
from ..errors import AllspikeError, MissingExtraError

_GROUP = "allspike.commands"
"""Entry points under which other rooms add their commands: functions, or `Typer` objects with several."""
_EXTRAS = {"amaranth": "hdl", "amaranth_boards": "fpga"}
"""Optional packages that commands import, and the extra that brings each."""

app = typer.Typer(
    help="Spiking networks on an open FPGA emulator: describe, compile, run, read back.\n\n"
    "Exit codes: 0 done; 2 wrong usage; 3 a bad parameter; 4 a network that does not fit; 5 a bad file; "
    "6 a device in trouble; 7 a missing optional package; 8 a build that failed; 9 a build slower than its "
    "clock; 10 a bitstream that could not be loaded; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
demo = typer.Typer(help="Demonstrations on real data.", no_args_is_help=True)
app.add_typer(demo, name="demo")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else, to stdout.")]
DeviceName = Annotated[
    str,
    typer.Option(
        "--device",
        help="Where to run: emulator, a board's port, name or serial number, or a device of another package.",
    ),
]
ConfigName = Annotated[
    str | None, typer.Option("--config", help="Preset to compile for; by default the smallest that fits.")
]
Seed = Annotated[int, typer.Option(help="Start of the device's random generators.", min=0, max=2**32 - 1)]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors become one sentence and an exit code."""
    from . import demos, devices, networks  # noqa: F401, PLC0415  (they add their commands)

    for added in entry_points(group=_GROUP):
        command = added.load()
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=added.name)
        else:
            app.command(added.name)(command)
    try:
        try:
            app(arguments)
        except ModuleNotFoundError as missing:
            if missing.name not in _EXTRAS:
                raise
            raise MissingExtraError(missing.name, _EXTRAS[missing.name], "this command") from None
    except AllspikeError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted.", file=sys.stderr)
        sys.exit(130)


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Callable[[str], Progress]]:
    """Progress on stderr, on terminals alone: yields a function from a title to a `Progress` callback."""
    console = Console(stderr=True)
    with Bars(console=console, disable=quiet or not console.is_terminal, transient=True) as bars:

        def add(title: str) -> Progress:
            task = bars.add_task(title, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield add
