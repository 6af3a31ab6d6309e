"""The tables of docs/memory_map.md and docs/protocol.md, from `device_map` and `link_map`.

`python -m tests.docs.map_tables` rewrites them. A table stands between `<!-- NAME -->` and `<!-- end -->`;
NAME is "regions", "constants", "example", a region made of records, or a class of flags.
"""

import ast
import inspect
import re
from enum import Enum
from pathlib import Path
from types import ModuleType

from allspike.map import device_map as dm
from allspike.map import link_map

from . import protocol_example

DOCS = Path(__file__).parents[2] / "docs"
SOURCES: dict[Path, tuple[ModuleType, tuple[dm.Region, ...]]] = {
    DOCS / "memory_map.md": (dm, dm.REGIONS),
    DOCS / "protocol.md": (link_map, link_map.LINK_REGIONS),
}
"""Of each page, where its tables come from."""
_TABLE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_Rows = list[tuple[str, ...]]


def render(page: Path) -> str:
    """The page with its tables as the sources have them now."""
    return _TABLE.sub(
        lambda match: f"{match[1]}\n{_table(match[2], *SOURCES[page])}\n\n{match[3]}", page.read_text("utf-8")
    )


def _table(name: str, source: ModuleType, regions: tuple[dm.Region, ...]) -> str:
    rows: _Rows = [("name", "value", "meaning")]
    if name == "regions":
        rows = [("region", "base", "item", "access", "contents"), *map(_region, regions)]
    elif name == "example":
        rows = [("from", "before COBS", "on the line", "meaning"), *protocol_example.rows()]
    elif name == "constants":
        rows += _members(source, {k: v for k, v in vars(source).items() if k.isupper() and _number(v)})
    elif isinstance(flags := getattr(source, name, None), type) and issubclass(flags, Enum):
        rows += _members(flags, {member.name: member.value for member in flags})
    else:
        layout = next(region.layout for region in regions if region.name == name and region.layout)
        rows = [("offset", "field", "type", "meaning")]
        rows += [(f"{layout.offset(f.name)}", f"`{f.name}`", f.type, f.doc) for f in layout.fields]
    rows.insert(1, ("---",) * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("**", r"\*\*")


def _region(region: dm.Region) -> tuple[str, ...]:
    item = f"{region.layout.size} bytes" if region.layout else region.dtype.str.lstrip("<|")
    return f"`{region.name}`", f"`0x{region.base:08X}`", item, "RW" if region.writable else "R", region.doc


def _members(owner: object, values: dict[str, float]) -> _Rows:
    """Name, value and, for each, the string that follows it in the source."""
    body: list = ast.parse(inspect.getsource(owner)).body  # type: ignore[arg-type]
    body = body[0].body if isinstance(body[0], ast.ClassDef) else body
    docs = {}
    for place, after in zip(body, [*body[1:], None], strict=True):
        target = getattr(place, "target", None) or getattr(place, "targets", [None])[0]
        text = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else ""
        docs[getattr(target, "id", "")] = " ".join(text.split())
    return [(f"`{k}`", _value(v), docs[k]) for k, v in values.items()]


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, Enum)


def _value(value: float) -> str:
    if isinstance(value, float) or (value % 1000 == 0 and value):
        return f"{value:,}"
    return f"`0x{value:X}`" if value >> 12 else str(int(value))


if __name__ == "__main__":
    for path in SOURCES:
        path.write_text(render(path), "utf-8")
