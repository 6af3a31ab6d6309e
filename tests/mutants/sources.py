"""Mutants of Python sources, drawn from those that Cosmic Ray can make."""

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

Position = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One change at one place of one file."""

    file: str
    """Relative to the folder that was drawn in."""
    line: int
    name: str
    """File, line, and how it read and reads."""
    text: str
    """The whole file, changed."""


@dataclass(frozen=True)
class _Change:
    file: str
    operator: str
    occurrence: int
    line: int


def drawn(folder: Path, files: list[str], count: int, seed: int) -> list[Mutant]:
    """Mutants of some files, in the order in which they are drawn; more of them begin with the same ones.

    Each place is as likely as any other, however many changes there are of it, and is drawn once. Annotations
    have no places: nothing runs them.
    """
    texts = {file: (folder / file).read_text("utf-8") for file in files}
    places: dict[tuple[str, Position], list[_Change]] = defaultdict(list)
    for file, text in texts.items():
        for position, change in _changes(file, text):
            places[file, position].append(change)
    random = Random(seed)
    order = sorted(places)
    random.shuffle(order)
    found: list[Mutant] = []
    for place in order:
        if len(found) == count:
            break
        if mutant := _made(random.choice(places[place]), texts):
            found.append(mutant)
    return found


def _changes(file: str, text: str) -> Iterator[tuple[Position, _Change]]:
    annotations = list(_annotations(text))
    nodes = list(ast_nodes(get_ast(text)))
    for name in operator_names():
        if get_operator(name).arguments():
            continue  # a variable by name, which has to be given
        operator = get_operator(name)()
        occurrence = 0
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                if not any(first <= start < last for first, last in annotations):
                    yield start, _Change(file, name, occurrence, start[0])
                occurrence += 1


def _annotations(text: str) -> Iterator[tuple[Position, Position]]:
    for node in ast.walk(ast.parse(text)):
        for name in ("annotation", "returns"):
            if (at := getattr(node, name, None)) is not None:
                yield (at.lineno, at.col_offset), (at.end_lineno, at.end_col_offset)


def _is_python(text: str) -> bool:
    with warnings.catch_warnings(action="ignore"):  # of `is` with a literal
        try:
            ast.parse(text)
        except SyntaxError:
            return False
    return True


def _made(change: _Change, texts: dict[str, str]) -> Mutant | None:
    before = texts[change.file]
    try:
        after = mutate_code(before, get_operator(change.operator)(), change.occurrence)
    except AttributeError:  # Cosmic Ray's, where an exception's name has a dot in it
        return None
    if after is None or after == before or not _is_python(after):
        return None
    old, new = before.splitlines(), after.splitlines()
    was = old[change.line - 1]
    now = next((line for other, line in zip(old, new, strict=False) if other != line), "")
    kind = change.operator.partition("/")[2]
    return Mutant(
        change.file,
        change.line,
        f"{change.file}:{change.line}: {was.strip()} -> {now.strip()} ({kind})",
        after,
    )
