"""Getting a bitstream onto a board: by openFPGALoader, the board's own tool, or its drive."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .board import Board, Flash
from .errors import FlashError

LOADER = "openFPGALoader"
_STDERR = 2
_MOUNTS = ("/run/media/*/*", "/media/*/*", "/media/*", "/Volumes/*", "/mnt/*")
"""Where systems show drives."""


@dataclass(frozen=True)
class Way:
    """A way of loading: a command to run, or a drive to copy the file to."""

    command: tuple[str, ...] = ()
    drive: Path | None = None

    def text(self) -> str:
        """As a user would type it."""
        return " ".join(self.command)


def way_for(
    board: Board, file: Path, *, keep: bool = True, options: Iterable[str] = (), installed: bool = True
) -> Way:
    """How a file gets onto a board from this machine.

    Parameters
    ----------
    board : Board
    file : Path
        Its bitstream.
    keep : bool
        Into the flash memory, so that it is there after power-off, rather than into the chip, which only
        openFPGALoader does.
    options : iterable of str
        Further arguments of openFPGALoader.
    installed : bool
        Whether the tool must be there; otherwise, where none is, the first that would do is taken.

    Raises
    ------
    FlashError
        If no tool for it is there, saying which would do, and what to do by hand; or if only openFPGALoader
        could do what is asked, and it is not the way.
    """
    options = tuple(options)
    way = _way(board, file, keep, options, _found) or (
        None if installed else _way(board, file, keep, options, lambda tool: tool)
    )
    if way is None:
        raise FlashError(_missing(board, board.flash, file))
    asked = [*options, *([] if keep else ["--volatile"])]
    if asked and Path(way.command[0]).stem != LOADER:
        raise FlashError(
            f"{' '.join(asked)} is for {LOADER}, but {board.title} is loaded here by {way.command[0]}: "
            f"{'install ' + LOADER if board.flash.loader else 'leave it out'}."
        )
    return way


def _way(
    board: Board, file: Path, keep: bool, options: tuple[str, ...], find: Callable[[str], str | None]
) -> Way | None:
    """The first way whose tool `find` finds."""
    flash = board.flash
    if flash.loader and (found := find(LOADER)):
        write = ("--write-flash",) if keep else ()
        return Way((found, *flash.loader, *options, *write, str(file)))
    for tool, *arguments in flash.tools:
        if found := find(tool):
            return Way((found, *arguments, str(file)))
    if flash.drive and (place := _mounted(flash.drive)):
        return Way(("cp", str(file), str(place)), place)
    return None


def _found(tool: str) -> str | None:
    """Where a tool is."""
    return shutil.which(tool) or shutil.which(tool, path=sysconfig.get_path("scripts"))


def _mounted(label: str) -> Path | None:
    if sys.platform == "win32":
        return None  # drive letters do not tell labels
    for pattern in _MOUNTS:
        for place in sorted(Path("/").glob(pattern.lstrip("/"))):
            if place.name.lower() == label.lower() and place.is_dir():
                return place
    return None


def _missing(board: Board, flash: Flash, file: Path) -> str:
    tools = ([LOADER] if flash.loader else []) + [command[0] for command in flash.tools]
    ways = [f"install {' or '.join(tools)} from your system's packages"] if tools else []
    if flash.drive and not flash.by_hand:
        ways.append(f"copy the file onto the drive {flash.drive}")
    if flash.by_hand:
        ways.append(flash.by_hand)
    return f"there is no tool here that loads {board.title}: {', or '.join(ways)}; the file is {file}."


def load(way: Way) -> None:
    """Take a way.

    Raises
    ------
    FlashError
        If it fails.
    """
    if way.drive is not None:
        try:
            shutil.copy(way.command[1], way.drive)
        except OSError as error:
            raise FlashError(
                f"cannot copy {way.command[1]} to {way.drive}: {error.strerror}; plug the board in again."
            ) from None
        return
    # What the tool says is no answer of ours.
    done = subprocess.run(way.command, stdout=_STDERR, check=False)
    if done.returncode:
        raise FlashError(
            f"{way.text()} ended with {done.returncode}: see what it said above; is the board plugged in, "
            "and has this user the right to use it?"
        )
