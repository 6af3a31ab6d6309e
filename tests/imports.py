"""What imports what, read from the sources of the four packages: modules, rooms and circles.

An import is one of three: at once, when a module is; `late`, within a function, to start sooner; or a `hint`,
of which nothing is left at run time. What a stub beside an `__init__` says is late.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = {"host": "allspike", "hdl": "allspike_hdl", "sim": "allspike_sim", "boards": "allspike_boards"}
"""Folders, and the package in each."""
AT_ONCE, LATE, HINT = "at once", "late", "hint"
_IMPORTERS = ("import_module", "__import__", "find_spec")


@dataclass(frozen=True)
class Module:
    """A module, or the `__init__` of a package."""

    name: str
    package: bool
    source: str
    path: Path | None = None

    @property
    def room(self) -> str:
        """Its folder within the package; "" for what lies beside the rooms."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 + (not self.package) else ""


@dataclass(frozen=True)
class Import:
    """One name that a module imports."""

    name: str
    """Dotted and absolute: of a module, or of something in one."""
    kind: str
    line: int
    """In the module; 0 for what its stub says."""


@cache
def modules(folder: str) -> tuple[Module, ...]:
    """Every module of a package; stubs count as late imports of theirs."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT / folder).with_suffix("").parts
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        found.append(Module(name, package, path.read_text("utf-8"), path))
    return tuple(found)


def imports(module: Module) -> list[Import]:
    """What a module imports, wherever in it, by a statement or by name."""
    found = list(_within(module, ast.parse(module.source), AT_ONCE))
    if module.path is not None and (stub := module.path.with_suffix(".pyi")).exists():
        named = _within(module, ast.parse(stub.read_text("utf-8")), LATE)
        found += [replace(one, line=0) for one in named]
    return found


def _within(module: Module, node: ast.AST, kind: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inner = kind
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            inner = HINT
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and kind == AT_ONCE:
            inner = LATE
        yield from (Import(name, inner, child.lineno) for name in _names(module, child))
        yield from _within(module, child, inner)


def _names(module: Module, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            here = module.name.split(".")
            here = here[: len(here) - node.level + module.package]
            base = ".".join([*here, base] if base else here)
        yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called in _IMPORTERS:
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant))


def within(name: str, allowed: Iterable[str]) -> bool:
    """Whether a dotted name is one of the allowed modules or below one."""
    return any(name == module or name.startswith(f"{module}.") for module in allowed)


def target(name: str, known: Mapping[str, Module]) -> Module | None:
    """The module of ours that an imported name is, or is defined in; None if it is another's."""
    while name not in known:
        name, dot, _ = name.rpartition(".")
        if not dot:
            return None
    return known[name]


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """What can be reached from itself, by Tarjan's strongly connected components."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            at = stack.index(node)
            component = set(stack[at:])
            del stack[at:]
            if len(component) > 1 or node in graph.get(node, ()):
                found.append(component)

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found
