"""The picture and the tables of docs/architecture.md, from imports, docstrings and the order of the rooms.

`python -m tests.docs.architecture` writes them anew; a test says when they are old. A table stands between
`<!-- rooms NAME -->` and `<!-- end -->`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..imports import AT_ONCE, HINT, LATE, PACKAGES, Module, imports, modules, target
from ..rooms import FRONTS, ROOMS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "architecture.md"
PICTURE = DOCS / "pictures" / "architecture.svg"

_TABLE = re.compile(r"(<!-- rooms (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_CELL, _LEFT, _TOP, _MARGIN = 18, 170, 130, 12
_INK, _PALE, _LINE = "#0072B2", "#9ECAE9", "#D0D0D0"
_FILL = {AT_ONCE: _INK, LATE: _PALE, HINT: "#FFFFFF"}


@dataclass(frozen=True)
class Room:
    """A row of the picture: a room, or what lies in a package beside its rooms."""

    folder: str
    name: str

    @property
    def label(self) -> str:
        """As the picture names it."""
        beside = "for everybody" if self.folder == "host" else "the whole"
        return f"{self.folder}: {self.name or beside}" if self.folder in ROOMS else self.folder


def rooms() -> list[Room]:
    """All of them, in the order of who may import whom."""
    found = []
    for folder in PACKAGES:
        ordered = list(ROOMS.get(folder, ()))
        found += [Room(folder, name) for name in (["", *ordered] if folder == "host" else [*ordered, ""])]
    return found


def room_of(folder: str, module: Module) -> Room | None:
    """Where a module lies; None for a front, which names what others define."""
    if module.name in FRONTS:
        return None
    return Room(folder, module.room if folder in ROOMS else "")


def found_imports() -> dict[tuple[Room, Room], str]:
    """Of each room and each that it imports the strongest kind of import there is."""
    known = {module.name: module for folder in PACKAGES for module in modules(folder)}
    home = {m.name: room_of(folder, m) for folder in PACKAGES for m in modules(folder)}
    kinds = [HINT, LATE, AT_ONCE]
    found: dict[tuple[Room, Room], str] = {}
    for module in known.values():
        here = home[module.name]
        for one in imports(module):
            other = target(one.name, known)
            there = None if other is None else home[other.name]
            if here is not None and there is not None and here != there:
                before = found.get((here, there), HINT)
                found[here, there] = max(before, one.kind, key=kinds.index)
    return found


def picture() -> str:
    """A row and a column a room; a square where the room of the row imports that of the column."""
    order = rooms()
    parts = list(_grid(order))
    for (row, column), kind in sorted(found_imports().items(), key=lambda item: str(item[0])):
        x, y = _LEFT + order.index(column) * _CELL, _TOP + order.index(row) * _CELL
        told = escape(f"{row.label} imports {column.label}: {kind}")
        parts.append(
            f'<rect x="{x + 2}" y="{y + 2}" width="{_CELL - 4}" height="{_CELL - 4}" rx="2" '
            f'fill="{_FILL[kind]}" stroke="{_INK}"><title>{told}</title></rect>'
        )
    width, height = _LEFT + len(order) * _CELL + _MARGIN, _TOP + len(order) * _CELL + _MARGIN + 24
    parts += _legend(height - 14)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="11" fill="#222222">',
        "<title>Which room imports which: nothing lies above the diagonal</title>",
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>', *parts, "</svg>", "",
    ])  # fmt: skip


def _grid(order: list[Room]) -> Iterator[str]:
    """Lines, names, and the diagonal."""
    end = len(order) * _CELL
    for k, room in enumerate(order):
        x, y = _LEFT + k * _CELL, _TOP + k * _CELL
        new = k == 0 or order[k - 1].folder != room.folder
        colour = "#808080" if new else _LINE
        yield f'<path d="M{_LEFT},{y}H{_LEFT + end}M{x},{_TOP}V{_TOP + end}" stroke="{colour}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 13}" text-anchor="end">{room.label}</text>'
        yield f'<text transform="translate({x + 13},{_TOP - 6}) rotate(-90)">{room.label}</text>'
        yield f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="#EEEEEE"/>'


def _legend(y: int) -> Iterator[str]:
    told = {AT_ONCE: "imports", LATE: "imports late, to start sooner", HINT: "in hints alone"}
    x = _LEFT
    for kind, text in told.items():
        box = f'x="{x}" y="{y - 10}" width="12" height="12" rx="2"'
        yield f'<rect {box} fill="{_FILL[kind]}" stroke="{_INK}"/>'
        yield f'<text x="{x + 18}" y="{y}">{text}</text>'
        x += 40 + 6 * len(text)


def page() -> str:
    """The page with its tables as the sources have them now."""
    return _TABLE.sub(lambda match: f"{match[1]}\n{table(match[2])}\n\n{match[3]}", PAGE.read_text("utf-8"))


def table(folder: str) -> str:
    """The rooms of a package: what each is, by its docstring, and what it may import."""
    rows = [("room", "what it is", "may import"), ("---",) * 3]
    known = {module.name: module for module in modules(folder)}
    for name, allowed in ROOMS[folder].items():
        others = ", ".join(f"`{other}`" for other in ROOMS[folder] if other in allowed)
        rows.append((f"`{name}`", said(known[f"{PACKAGES[folder]}.{name}"]), others or "none"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def said(module: Module) -> str:
    """The first paragraph of a docstring, in one line."""
    text = ast.get_docstring(ast.parse(module.source)) or ""
    return " ".join(text.partition("\n\n")[0].split())


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8")
    PAGE.write_text(page(), "utf-8")
    print(f"wrote {PICTURE.name} and the tables of {PAGE.name}")
