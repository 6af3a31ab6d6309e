"""The tables of docs/memory_map.md, from `device_map`; `python -m tests.docs.map_tables` rewrites them.

A table stands between `<!-- NAME -->` and `<!-- end -->`; NAME is "regions", "constants", a region made of
records, or a class of flags.
"""

import ast
import inspect
import re
from enum import Enum
from pathlib import Path

from allspike import device_map as dm

DOCUMENT = Path(__file__).parents[2] / "docs" / "memory_map.md"
_TABLE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_Rows = list[tuple[str, ...]]


def render(document: str) -> str:
    """`document` with its tables as `device_map` has them now."""
    return _TABLE.sub(lambda match: f"{match[1]}\n{_table(match[2])}\n\n{match[3]}", document)


def _table(name: str) -> str:
    rows: _Rows = [("name", "value", "meaning")]
    if name == "regions":
        rows = [("region", "base", "item", "access", "contents"), *map(_region, dm.REGIONS)]
    elif name == "constants":
        rows += _members(dm, {k: v for k, v in vars(dm).items() if k.isupper() and isinstance(v, int)})
    elif isinstance(flags := getattr(dm, name, None), type) and issubclass(flags, Enum):
        rows += _members(flags, {member.name: member.value for member in flags})
    else:
        layout = next(region.layout for region in dm.REGIONS if region.name == name and region.layout)
        rows = [("offset", "field", "type", "meaning")]
        rows += [(f"{layout.offset(f.name)}", f"`{f.name}`", f.type, f.doc) for f in layout.fields]
    rows.insert(1, ("---",) * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("**", r"\*\*")


def _region(region: dm.Region) -> tuple[str, ...]:
    item = f"{region.layout.size} bytes" if region.layout else region.dtype.str.lstrip("<|")
    return f"`{region.name}`", f"`0x{region.base:08X}`", item, "RW" if region.writable else "R", region.doc


def _members(owner: object, values: dict[str, int]) -> _Rows:
    """Name, value and, for each, the string that follows it in the source."""
    body: list = ast.parse(inspect.getsource(owner)).body  # type: ignore[arg-type]
    body = body[0].body if isinstance(body[0], ast.ClassDef) else body
    docs = {}
    for place, after in zip(body, [*body[1:], None], strict=True):
        target = getattr(place, "target", None) or getattr(place, "targets", [None])[0]
        text = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else ""
        docs[getattr(target, "id", "")] = " ".join(text.split())
    return [(f"`{k}`", f"`0x{v:X}`" if v >> 12 else str(int(v)), docs[k]) for k, v in values.items()]


if __name__ == "__main__":
    DOCUMENT.write_text(render(DOCUMENT.read_text("utf-8")), "utf-8")
