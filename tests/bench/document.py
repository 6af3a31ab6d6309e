"""Pages that several commands write: each its own section, between `<!-- NAME -->` and `<!-- end -->`."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_section(page: Path, name: str, text: str) -> None:
    """Replace the section `name` of a page.

    Raises
    ------
    ValueError
        If the page has no such section.
    """
    found = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    before = page.read_text("utf-8")
    after, count = found.subn(lambda match: f"{match[1]}\n{text.strip()}\n\n{match[2]}", before)
    if count != 1:
        raise ValueError(f"{page} has {count} sections named {name}, not one")
    page.write_text(after, "utf-8")


def table(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table whose first column is text and whose others are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(str(cell) for cell in cells) + " |" for cells in (head, rule, *rows))
