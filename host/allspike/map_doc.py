"""The tables of docs/memory_map.md, from `device_map`: `python -m allspike.map_doc` rewrites them in place.

A table stands between `<!-- NAME -->` and `<!-- end -->`, NAME being "regions", "constants", the name of a
region that is made of records, or the name of a class of flags.
"""

import ast
import inspect
import re
from enum import Enum
from pathlib import Path

from . import device_map as dm

DOCUMENT = Path(__file__).parents[2] / "docs" / "memory_map.md"
_TABLE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_HEX_FROM = 1 << 12


def render(document: str) -> str:
    """`document` with its tables as `device_map` has them now."""
    return _TABLE.sub(lambda match: f"{match[1]}\n{_table(match[2])}\n\n{match[3]}", document)


def _table(name: str) -> str:
    if name == "regions":
        head, rows = ("region", "base", "item", "access", "contents"), [_region(r) for r in dm.REGIONS]
    elif name == "constants":
        values = {k: v for k, v in vars(dm).items() if k.isupper() and isinstance(v, int)}
        head, rows = ("constant", "value", "meaning"), _members(inspect.getsource(dm), values)
    elif isinstance(flags := getattr(dm, name, None), type) and issubclass(flags, Enum):
        values = {member.name: int(member.value) for member in flags}
        head, rows = ("name", "value", "meaning"), _members(inspect.getsource(flags), values)
    else:
        layout = next(region.layout for region in dm.REGIONS if region.name == name and region.layout)
        head = ("offset", "field", "type", "meaning")
        rows = [(f"{layout.offset(f.name)}", f"`{f.name}`", f.type, f.doc) for f in layout.fields]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _region(region: dm.Region) -> tuple[str, ...]:
    item = f"{region.layout.size} bytes" if region.layout else region.dtype.str.lstrip("<|")
    return f"`{region.name}`", f"`0x{region.base:08X}`", item, "RW" if region.writable else "R", region.doc


def _members(source: str, values: dict[str, int]) -> list[tuple[str, ...]]:
    """Name, value and the string that follows it in the source."""
    body = ast.parse(source).body
    body = body[0].body if isinstance(body[0], ast.ClassDef) else body
    docs = {}
    for statement, after in zip(body, [*body[1:], None], strict=True):
        text = (
            after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        )
        target = (
            statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        )
        docs[getattr(target, "id", "")] = " ".join(str(text).split())
    return [(f"`{k}`", f"`0x{v:X}`" if v >= _HEX_FROM else f"{v}", docs[k]) for k, v in values.items()]


if __name__ == "__main__":
    DOCUMENT.write_text(render(DOCUMENT.read_text("utf-8")), "utf-8")
