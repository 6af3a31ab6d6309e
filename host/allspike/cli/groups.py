"""Groups of commands: each is imported when it is needed, and a mistyped name is told the nearest."""

import errno
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command

from ..errors import AllspikeError, MissingExtraError
from ..names import known_names
from . import talk
from .streams import give_up

EXTENSIONS = "allspike.commands"
"""Entry points under which other packages add their commands: functions, or `Typer` objects with several."""
_EXTRAS = {"amaranth": "hdl", "amaranth_boards": "fpga"}
"""Optional packages that commands import, and the extra that brings each."""
_WHOLE = 1000
"""Characters of a command's first sentence in a list: all of them."""


class BrokenCommandError(MissingExtraError):
    """A command that a package adds cannot be loaded."""

    def __init__(self, point: EntryPoint, reason: Exception) -> None:
        AllspikeError.__init__(
            self, f"the command {point.name} of {point.value} cannot be loaded ({reason}): install it again."
        )


class Commands(TyperGroup):
    """A group whose lists say the whole first sentence of a command, and that knows near names."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            ctx.fail(f"there is no command {name!r}; {known_names(name, self.list_commands(ctx))}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, which Click would cut to a line each."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(_WHOLE)) for name, one in found if one])


class LazyCommands(Commands):
    """The commands of this package and of the entry points; a command's module is imported when it is asked
    for, so that others cost it nothing. What goes wrong becomes a sentence and an exit code."""

    own: ClassVar[dict[str, str]] = {}
    """Commands of this package: name, and `module:object`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names: this package's in their order, then the others."""
        return [*self.own, *sorted(entry_points(group=EXTENSIONS).names - self.own.keys())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, or None."""
        if cmd_name not in self.commands and (point := self._point(cmd_name)) is not None:
            try:
                self.commands[cmd_name] = _command(point)
            except (ImportError, AttributeError) as error:  # of one package, which is not to break the others
                self.commands[cmd_name] = _broken(point, error)
        return self.commands.get(cmd_name)

    def _point(self, name: str) -> EntryPoint | None:
        if name in self.own:
            return EntryPoint(name, self.own[name], EXTENSIONS)
        return next(iter(entry_points(group=EXTENSIONS, name=name)), None)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Pages of help are as wide as the terminal, up to what is read with ease."""
        extra.setdefault("terminal_width", max(min(talk.columns() or 80, 100), 24))
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named; errors end in `typer.Exit`."""
        try:
            try:
                done = super().invoke(ctx)
                sys.stdout.flush()
            except ModuleNotFoundError as missing:
                if missing.name not in _EXTRAS:
                    raise
                raise MissingExtraError(missing.name, _EXTRAS[missing.name], "this command") from None
        except AllspikeError as error:
            talk.error(str(error))
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            talk.note("interrupted.")
            raise typer.Exit(130) from None
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            raise typer.Exit(give_up(error)) from None  # before Typer, which would say 1
        return done


def _broken(point: EntryPoint, error: Exception) -> Any:
    """A command that says why it cannot be loaded."""

    def command() -> None:
        raise BrokenCommandError(point, error)

    command.__doc__ = f"It cannot be loaded: {error}."
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(point.name, context_settings={"ignore_unknown_options": True})(command)
    return get_command(single)


def _command(point: EntryPoint) -> Any:
    """What Click runs, of what an entry point brings."""
    loaded = point.load()
    if isinstance(loaded, typer.Typer):
        group = get_command(loaded)
        group.name = point.name
        return group
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(point.name)(loaded)
    return get_command(single)
