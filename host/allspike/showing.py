"""How objects show themselves: within ten lines of a hundred characters."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import Enum
from html import escape
from textwrap import fill
from typing import Any


def some(count: int, word: str) -> str:
    """`count` of what `word` says: "1 spike", "2,000 spikes"."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def brief(value: object) -> str:
    """`repr` on one line of at most 60 characters."""
    return f"{' '.join(repr(value).split()):.60}"


def call(name: str, arguments: Mapping[str, Any]) -> str:
    """The call that makes an object, `name(first=1.0, ...)`; of arrays only how many values they have."""
    shown = [f"{argument}={_value(value)}" for argument, value in arguments.items()]
    text = f"{name}({', '.join(shown)})"
    # Blanks within a value are no place to break a line.
    joined = text.replace(" ", "\0").replace(",\0", ", ")
    return fill(joined, _WIDTH, subsequent_indent="    ", break_long_words=False).replace("\0", " ")


class ShownAsCall:
    """Dataclasses that show the call that makes them, with what differs from the defaults."""

    __slots__ = ()

    def __repr__(self) -> str:
        import numpy as np  # noqa: PLC0415  (the command line starts without it)

        values = [(field, getattr(self, field.name)) for field in fields(self)]  # type: ignore[arg-type]
        shown = {field.name: value for field, value in values if not np.array_equal(value, field.default)}  # type: ignore[arg-type]
        return call(type(self).__name__, shown)


def _value(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value)
    if hasattr(value, "item") and not value.ndim:
        return repr(value.item())
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return brief(value)
    if isinstance(value, tuple) and len(repr(value)) <= _SHORT:
        return repr(value)
    return f"[{some(getattr(value, 'size', len(value)), 'value')}]"


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
_SHORT = 40
_ROWS = 40
