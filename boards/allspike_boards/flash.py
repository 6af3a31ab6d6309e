"""Getting a bitstream onto a board: by openFPGALoader, the board's own tool, or its drive."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .board import Board, Flash
from .errors import FlashError

LOADER = "openFPGALoader"
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


def way_for(board: Board, file: Path, *, keep: bool = True, options: Iterable[str] = ()) -> Way:
    """How a file gets onto a board from this machine.

    Parameters
    ----------
    board : Board
    file : Path
        Its bitstream.
    keep : bool
        Into the flash memory, so that it is there after power-off, rather than into the chip. The board's own
        tools decide themselves.
    options : iterable of str
        Further arguments of openFPGALoader.

    Raises
    ------
    FlashError
        If no tool for it is there, saying which would do, and what to do by hand.
    """
    flash = board.flash
    path = sysconfig.get_path("scripts")
    if flash.loader and (found := shutil.which(LOADER) or shutil.which(LOADER, path=path)):
        write = ("--write-flash",) if keep else ()
        return Way((found, *flash.loader, *options, *write, str(file)))
    for tool, *arguments in flash.tools:
        if found := shutil.which(tool) or shutil.which(tool, path=path):
            return Way((found, *arguments, str(file)))
    if flash.drive and (place := _mounted(flash.drive)):
        return Way(("cp", str(file), str(place)), place)
    raise FlashError(_missing(board, flash, file))


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
    done = subprocess.run(way.command, check=False)
    if done.returncode:
        raise FlashError(
            f"{way.text()} ended with {done.returncode}: see what it said above; is the board plugged in, "
            "and has this user the right to use it?"
        )
