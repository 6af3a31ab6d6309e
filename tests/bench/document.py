"""Pages that several commands write: each its own section, between `<!-- NAME -->` and `<!-- end -->`."""

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from allspike.errors import FileError
from allspike.writing import check_writable, write


def check_section(parser: argparse.ArgumentParser, page: Path | None, name: str) -> None:
    """End the command, before it has worked for minutes, if `page` cannot take its section; None: none is."""
    if page is not None:
        check_place(parser, page)
        try:
            _section(page, name)
        except (OSError, ValueError) as error:
            parser.error(f"cannot write {page}: {getattr(error, 'strerror', None) or error}")


def check_place(parser: argparse.ArgumentParser, place: Path | None) -> None:
    """End the command if `place` cannot be written."""
    if place is not None:
        try:
            check_writable(place)
        except FileError as error:
            parser.error(str(error))


def write_section(page: Path, name: str, text: str) -> None:
    """Replace the section `name` of a page.

    Raises
    ------
    ValueError
        If the page has no such section.
    """
    before, after = _section(page, name)
    write(page, f"{before}\n{text.strip()}\n\n{after}")


def _section(page: Path, name: str) -> tuple[str, str]:
    """What comes before the contents of a section, and what after."""
    text = page.read_text("utf-8")
    found = list(re.finditer(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL))
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} sections between <!-- {name} --> and <!-- end -->, not one")
    return text[: found[0].start(1)], text[found[0].end(1) :]


def table(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table whose first column is text and whose others are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(str(cell) for cell in cells) + " |" for cells in (head, rule, *rows))
