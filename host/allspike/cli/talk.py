"""What the commands say: the answer on stdout, as text or as JSON, and everything else on stderr.

Warnings of the project go to stderr as they come; with `--json` they are in the answer instead.
"""

import json
import math
import os
import sys
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, TextIO

import typer

from ..errors import AllspikeWarning
from .wording import as_written

_READABLE = 80
"""Columns of a report where no terminal tells."""
_NARROW = 24
"""Columns that the last column of a table needs at least."""


@dataclass
class _Session:
    """What one command line has said so far."""

    as_json: bool = False
    warned: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Warnings that wait for a JSON answer."""


_session = _Session()


def _set_json(chosen: bool) -> bool:
    _session.as_json = chosen
    return chosen


Json = Annotated[
    bool,
    typer.Option(
        "--json", help="Print the answer as JSON, and nothing else, to stdout.",
        callback=_set_json, is_eager=True,
    ),
]  # fmt: skip


@contextmanager
def session() -> Iterator[None]:
    """The ground of one command line: inside it the project's warnings are told as sentences."""
    global _session  # noqa: PLW0603  (a process has one stdout)
    before, _session = _session, _Session()
    with warnings.catch_warnings():
        warnings.simplefilter("always", AllspikeWarning)
        otherwise = warnings.showwarning

        def show(message: Any, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, AllspikeWarning):
                warning(str(message))
            else:
                otherwise(message, category, *place, **more)

        warnings.showwarning = show
        try:
            yield
        finally:
            _release()
            _session = before


def warning(sentence: str) -> None:
    """Warn, once of the same."""
    sentence = as_written(sentence)
    if sentence in _session.warned:
        return
    _session.warned.append(sentence)
    if _session.as_json:
        _session.kept.append(sentence)
    else:
        note(sentence, "warning: ", columns(sys.stderr))


def _release() -> None:
    """Tell the warnings that found no answer to be in."""
    for sentence in _session.kept:
        note(sentence, "warning: ", columns(sys.stderr))
    _session.kept.clear()


def error(sentence: str) -> None:
    """Say why the command ends."""
    sys.stdout.flush()
    _release()
    note(as_written(sentence), "error: ")


def note(sentence: str, label: str = "", width: int | None = None) -> None:
    """Say something beside the answer, on stderr: one line, but for terminals."""
    print(filled(label + sentence, width or terminal(sys.stderr)), file=sys.stderr, flush=True)


def answer(value: dict[str, Any] | list[Any], text: str) -> None:
    """Print the answer: with `--json` the value, an object with the warnings so far; otherwise the text."""
    if not _session.as_json:
        print(text)
        return
    if isinstance(value, dict):
        told = [*value.get("warnings", []), *_session.kept]
        value = value | {"warnings": list(dict.fromkeys(told))}
        _session.kept.clear()
    print(json.dumps(_plain(value), allow_nan=False))


def _plain(value: Any) -> Any:
    """The same without the numbers that JSON has not: null for infinities and what is no number."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def terminal(stream: TextIO) -> int | None:
    """Columns of the terminal that a stream goes to; None for pipes and files."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if stream.isatty() else None
    except (OSError, ValueError):
        return None


def columns(stream: TextIO | None = None) -> int | None:
    """Columns to wrap tables and reports at: what `COLUMNS` says, or the terminal; None if neither does."""
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isdigit() and int(said) else terminal(stream or sys.stdout)


def report_columns() -> int:
    """Columns of a report on stdout."""
    return columns() or _READABLE


def lines(text: str) -> str:
    """Lines for people, each a line in pipes, and wrapped on a terminal."""
    return filled(text, terminal(sys.stdout))


def filled(text: str, width: int | None) -> str:
    """Text wrapped between words, line by line, further lines indented; unchanged without a width."""
    if width is None:
        return text
    return "\n".join(_wrapped(line, width) for line in text.splitlines())


def _wrapped(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    parts = textwrap.wrap(
        line.strip(), max(width, _NARROW), initial_indent=indent, subsequent_indent=indent + "  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(parts)


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> str:
    """A table with nothing cut off.

    Columns are as wide as what they hold; where the terminal is narrower the last one is wrapped, and where
    that does not do, each row becomes a paragraph.

    Parameters
    ----------
    titles : sequence of str
    rows : sequence of rows, a text for each title
    right : sequence of str
        Titles of the columns that are aligned to the right.
    """
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    gaps = ["" if k == 0 else " " if title in right else "  " for k, title in enumerate(titles)]
    before = sum(map(len, gaps)) + sum(widths[:-1])
    limit = columns()
    if limit is not None and before + widths[-1] > limit:
        if limit - before < min(_NARROW, widths[-1]):
            return _paragraphs(titles, rows, limit)
        widths[-1] = limit - before
    lines = []
    for row in (titles, *rows):
        *cells, last = row
        line = ""
        for gap, title, width, cell in zip(gaps, titles, widths, cells, strict=False):
            line += gap + (cell.rjust(width) if title in right else cell.ljust(width))
        first, *more = textwrap.wrap(last, widths[-1], break_on_hyphens=False) or [""]
        first = first.rjust(widths[-1]) if titles[-1] in right else first
        lines += [(line + gaps[-1] + first).rstrip(), *(" " * before + part for part in more)]
    return "\n".join(lines)


def _paragraphs(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    texts = []
    for name, *cells in rows:
        facts = [f"{title} {cell}" for title, cell in zip(titles[1:], cells, strict=True) if cell]
        texts.append(filled(f"{name}: {', '.join(facts)}", width))
    return "\n".join(texts)
