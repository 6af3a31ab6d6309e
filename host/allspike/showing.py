"""How objects show themselves: within ten lines of a hundred characters."""

from collections.abc import Sequence
from html import escape


def some(count: int, word: str) -> str:
    """`count` of what `word` says: "1 spike", "2,000 spikes"."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def shortened(lines: Sequence[str], most: int, word: str) -> list[str]:
    """The first lines, each cut to a line's length, and how many more there are."""
    shown = [line if len(line) <= _WIDTH else f"{line[: _WIDTH - 3]}..." for line in lines]
    if len(shown) <= most:
        return shown
    return [*shown[: most - 1], f"  ... and {some(len(shown) - most + 1, word)} more"]


def html_table(titles: Sequence[str], rows: Sequence[Sequence[object]], word: str) -> str:
    """A table of the first rows, everything escaped, and how many more there are."""

    def row(tag: str, cells: Sequence[object]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(row("td", cells) for cells in rows[:_ROWS])
    if len(rows) > _ROWS:
        body += row("td", [f"... and {some(len(rows) - _ROWS, word)} more"])
    return f"<table>{row('th', titles)}{body}</table>"


_WIDTH = 98
_ROWS = 40
