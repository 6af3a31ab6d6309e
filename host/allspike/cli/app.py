"""The application: its commands by name, and the options that several of them share."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from ..version import __version__
from . import completion, talk
from .exit_codes import exit_codes
from .groups import LazyCommands
from .streams import usable_streams
from .talk import Json

if TYPE_CHECKING:
    from ..device.device import Progress

__all__ = ["ConfigName", "DeviceName", "Json", "app", "progress_bars", "run_application"]


class _Application(LazyCommands):
    """`allspike`."""

    own: ClassVar[dict[str, str]] = {
        "info": "allspike.cli.info:info",
        "compile": "allspike.cli.compiling:compile_command",
        "run": "allspike.cli.run:run",
        "plot": "allspike.cli.plotting:plot",
        "convert": "allspike.cli.convert:convert",
        "demo": "allspike.cli.demos:demo",
        "selftest": "allspike.cli.devices:selftest",
    }

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in exit_codes().items()])


app = typer.Typer(
    cls=_Application,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its tables cut names off where a terminal is narrow
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"allspike {__version__}")
        raise typer.Exit


@app.callback()
def allspike(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Spiking networks on an open FPGA emulator: describe, compile, run, read back."""


DeviceName = Annotated[
    str,
    typer.Option(
        "--device",
        help="Where to run: emulator, a board's port, name or serial number, or a device of another package.",
        autocompletion=completion.devices,
    ),
]
ConfigName = Annotated[
    str | None,
    typer.Option(
        "--config",
        help="Preset or board to compile for; by default the smallest preset that fits.",
        autocompletion=completion.configurations,
    ),
]


def run_application(arguments: list[str] | None = None) -> None:
    """Run a command line; ends in `SystemExit`."""
    with usable_streams(), talk.session():
        app(arguments, prog_name="allspike")


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Callable[[str], "Progress"]]:
    """Progress on stderr, on terminals alone: yields a function from a title to a `Progress` callback."""
    if quiet or not sys.stderr.isatty():
        yield lambda title: lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:

        def add(title: str) -> "Progress":
            task = bars.add_task(title, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield add
