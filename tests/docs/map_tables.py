"""The tables of docs/memory_map.md and docs/protocol.md, from `device_map` and `link_map`.

`python -m tests.docs.map_tables` rewrites them. A table stands between `<!-- NAME -->` and `<!-- end -->`;
NAME is "regions", "constants", "example", a region made of records, or a class of flags.
"""

import ast
import inspect
import re
from dataclasses import replace
from enum import Enum
from pathlib import Path
from types import ModuleType

from allspike.map import constants, flags, link_map
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.record import Field

from . import protocol_example

DOCS = Path(__file__).parents[2] / "docs"
SOURCES: dict[Path, tuple[tuple[ModuleType, ...], tuple[dm.Region, ...]]] = {
    DOCS / "memory_map.md": ((constants, flags), dm.REGIONS),
    DOCS / "protocol.md": ((link_map,), link_map.LINK_REGIONS),
}
"""Of each page, the modules and the regions that its tables come from."""
BUILD = Config()
"""The build whose neurons are shown."""
_TABLE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_Rows = list[tuple[str, ...]]


def render(page: Path) -> str:
    """The page with its tables as the sources have them now."""
    return _TABLE.sub(
        lambda match: f"{match[1]}\n{_table(match[2], *SOURCES[page])}\n\n{match[3]}", page.read_text("utf-8")
    )


def _table(name: str, sources: tuple[ModuleType, ...], regions: tuple[dm.Region, ...]) -> str:
    rows: _Rows = [("name", "value", "meaning")]
    if name == "regions":
        rows = [("region", "base", "item", "access", "contents"), *map(_region, regions)]
    elif name == "example":
        rows = [("from", "before COBS", "on the line", "meaning"), *protocol_example.rows()]
    elif name == "constants":
        source = sources[0]
        rows += _members(source, {k: v for k, v in vars(source).items() if k.isupper() and _number(v)})
    elif kinds := [vars(source)[name] for source in sources if name in vars(source)]:
        (kind,) = kinds
        rows += _members(kind, {member.name: member.value for member in kind})
    else:
        (region,) = (region for region in regions if region.name == name)
        record = region.layout(BUILD)
        assert record is not None
        kept = region.writable  # a build keeps bits of what is written
        rows = [("offset", "field", "type", *["bits"] * kept, "meaning")]
        rows += [
            (f"{record.offset(f.name)}", f"`{f.name}`", f.type, *[bits(f)] * kept, f.doc)
            for f in record.fields
        ]
    rows.insert(1, ("---",) * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("**", r"\*\*")


def bits(field: Field) -> str:
    """The bits that are kept of it: their number, or what in a build tells it."""
    width = field.width(BUILD)
    mask = field.mask(BUILD)
    if mask != (1 << width) - 1:
        return f"`0x{mask:X}` alone"
    for size in ("weight_bits", "state_bits", "trace_bits"):
        less = replace(BUILD, **{size: getattr(BUILD, size) - 1})
        if field.width(less) != width:
            beside = width - getattr(BUILD, size)
            return f"`{size}`" + (f" {'-' if beside < 0 else '+'} {abs(beside)}" if beside else "")
    if field.width(replace(BUILD, max_delay=2 * BUILD.max_delay)) != width:
        return "log2(`max_delay`)"
    return str(width)


def _region(region: dm.Region) -> tuple[str, ...]:
    dtype = region.dtype(BUILD)
    item = f"{dtype.itemsize} bytes" if region.layout(BUILD) else dtype.str.lstrip("<|")
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
