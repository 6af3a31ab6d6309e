"""Where commands write: looked at before the work, and said afterwards."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Event

from ..errors import FileError, MissingExtraError, ParameterError
from ..interrupts import interrupts, telling_of_interrupts
from ..names import nearest
from ..writing import check_writable
from . import talk

_RESULT_ENDING = ".npz"


def check_archive(path: Path | None, what: str, instead: str = "") -> None:
    """Refuse a place for a file of `allspike.files` that cannot be written, or whose ending means another
    kind of file.

    Raises
    ------
    FileError, ParameterError
        Saying what to write instead.
    """
    if path is None:
        return
    check_writable(path)
    if path.suffix not in ("", _RESULT_ENDING) and not _is_special(path):
        raise ParameterError(
            f"{path} ends in {path.suffix}, but {what} is an archive of NumPy arrays: name it "
            f"{path.with_suffix(_RESULT_ENDING)}{instead}."
        )


def check_picture(path: Path | None) -> None:
    """Refuse a place for a picture that cannot be written, a format that is not known, or no Matplotlib.

    Raises
    ------
    FileError, ParameterError, MissingExtraError
        Saying what would do.
    """
    if path is None:
        return
    check_writable(path)
    if find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", "plot", "drawing")
    from matplotlib.backend_bases import FigureCanvasBase

    ending, known = path.suffix.lstrip(".").lower(), sorted(FigureCanvasBase.filetypes)
    if ending not in known:
        likely = nearest(ending, known)
        meant = f"did you mean .{likely}? " if likely else ""
        raise ParameterError(
            f"{path} does not end in a picture format: {meant}use one of {', '.join(known)}."
        )


def check_text(path: Path | None, *endings: str) -> None:
    """Refuse a place for a file of text that cannot be written, or another ending than these, if any are.

    Raises
    ------
    FileError, ParameterError
        Saying what would do.
    """
    if path is None:
        return
    check_writable(path)
    if endings and path.suffix not in endings and not _is_special(path):
        raise ParameterError(f"{path} does not end in {' or '.join(endings)}: rename it.")


def check_folder(folder: Path | None) -> None:
    """Make a folder, unless it is there, and refuse one in which no file can be made.

    Raises
    ------
    FileError
        If it cannot be used.
    """
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make the folder {folder}: {error.strerror}; choose another.") from None
    check_writable(folder / ".allspike")


def check_input(path: Path) -> None:
    """Refuse a file that is not there or cannot be read.

    Raises
    ------
    FileError
        Saying which is near.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        folder = path.parent
        there = [one.name for one in folder.iterdir() if one.is_file()] if folder.is_dir() else []
        likely = nearest(path.name, there) if isinstance(error, FileNotFoundError) else None
        hint = f"; did you mean {folder / likely}?" if likely else "."
        raise FileError(f"cannot read {path}: {error.strerror}{hint}") from None


def _is_special(path: Path) -> bool:
    """A pipe or a device, which has the name that it has."""
    return path.exists() and not path.is_file()


class Writer:
    """Writes the files of a command one after another. Ctrl-C ends it after the file at hand, which is then
    whole; another one leaves that file out."""

    def __init__(self) -> None:
        self.wrote: list[str] = []
        self.lost: list[str] = []
        self._ended = False

    def write(self, path: Path | None, how: Callable[[Path], object]) -> None:
        """Have `how` write a file, unless there is no path for it, or Ctrl-C has ended the writing."""
        if path is None:
            return
        if self._ended:
            self.lost.append(str(path))
            return
        try:
            with _finishing(path) as ended:
                how(path)
            self.wrote.append(str(path))
            self._ended = ended.is_set()
        except KeyboardInterrupt:
            self.lost.append(str(path))
            self._ended = True

    def text(self) -> list[str]:
        """What was written, a line each."""
        return [f"wrote {path}" for path in self.wrote]

    def finish(self) -> None:
        """Say what Ctrl-C kept from being written.

        Raises
        ------
        KeyboardInterrupt
            If it did.
        """
        if self.lost:
            talk.note(f"not written: {', '.join(self.lost)}.")
        if self._ended:
            raise KeyboardInterrupt


@contextmanager
def _finishing(path: Path) -> Iterator[Event]:
    """Inside, a first Ctrl-C sets the event, and a second one is as ever."""
    said = f"finishing {path}; Ctrl-C once more leaves it unwritten."
    with telling_of_interrupts(lambda: _say_now(said)), interrupts() as ended:
        yield ended


def _say_now(sentence: str) -> None:
    """Say something while anything may be under way: by the system's own call, as a stream may be in use."""
    start = "\n" if sys.stderr.isatty() else ""  # behind a progress bar and ^C
    with suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f"{start}{sentence}\n".encode())


@contextmanager
def saying_that_it_stops(step: Callable[[], int], writes: bool) -> Iterator[None]:
    """At Ctrl-C in a run, say at once that it is heard, where the run was, and what another would do."""
    more = "ends without writing" if writes else "ends at once"
    with telling_of_interrupts(lambda: _say_now(f"stopping after step {step():,}; Ctrl-C once more {more}.")):
        yield
