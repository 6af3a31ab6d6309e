"""The parts of docs/nir.md that are made: what translates how, what origins mean, what the golden files gave.

`python -m tests.nir --write` makes them again. What is supported is asked of the translator, a small graph at
a time; figures need the data, and stay as they are without them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nir
import numpy as np

import allspike as asp
from allspike.nir import ORIGINS
from allspike.nir.choosing import KINDS
from allspike.nir.settings import RESETS, WORDS

from .golden import CASES, GOLDEN, measured
from .graphs import graph

PAGE = Path(__file__).parents[2] / "docs" / "nir.md"
PART = re.compile(r"(<!-- (\w+) -->\n\n)(?:(?!<!-- end).)*(<!-- end of \2 -->)", re.DOTALL)
TWO = np.ones(2)


def node(kind: str, size: int = 2) -> Any:
    """A node of neurons."""
    one = np.ones(size)
    fields = {
        "LIF": {"tau": 9 * one, "r": one, "v_leak": 0 * one, "v_threshold": one},
        "IF": {"r": one, "v_threshold": one},
        "CubaLIF": {"tau_mem": 9 * one, "tau_syn": 7 * one, "r": one, "v_leak": 0 * one, "v_threshold": one},
        "LI": {"tau": 9 * one, "r": one, "v_leak": 0 * one},
        "I": {"r": one},
        "CubaLI": {"tau_mem": 9 * one, "tau_syn": 7 * one, "r": one, "v_leak": 0 * one},
        "Threshold": {"threshold": one},
    }
    return getattr(nir, kind)(**fields[kind])


def tried(source: nir.NIRGraph, **options: Any) -> tuple[str, str]:
    """The verdict on a graph, and the sentence that goes with it."""
    try:
        translation = asp.Network.from_nir(source, **{"dt": 1.0} | options).translation
    except asp.AllspikeError as error:
        return "refused", str(error)
    if translation.differences:
        return "bounded", translation.differences[0]
    return "exact", ""


def between(middle: dict[str, Any], *edges: str, size: int = 2, out: int = 2) -> nir.NIRGraph:
    """Nodes between an input and an output."""
    ends = {"in": nir.Input(np.array([size])), "out": nir.Output(np.array([out]))}
    return graph(ends | middle, *edges)


def nodes() -> Iterator[str]:
    """Every kind of neurons as every origin has it."""
    columns: dict[str, dict[str, Any]] = {}
    for name, origin in ORIGINS.items():
        resets = [None] if origin.reset else list(RESETS)
        for reset in resets:
            columns[f"{name}, {reset}" if reset else name] = {"origin": name, "reset": reset}
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    sentences: dict[str, int] = {}
    for title, options in columns.items():
        cells = []
        for kind in KINDS:
            verdict, sentence = tried(between({"n": node(kind)}, "in n out"), **options)
            if sentence:
                said = sentence.removeprefix("'n': ")
                verdict += f" ({sentences.setdefault(said, len(sentences) + 1)})"
            cells.append(verdict)
        groups.setdefault(title.partition(",")[0], {})[title] = tuple(cells)
    yield f"| read as | {' | '.join(KINDS)} |"
    yield "| --- |" + " --- |" * len(KINDS)
    for name, rows in groups.items():
        alike: dict[tuple[str, ...], list[str]] = {}
        for title, row in rows.items():
            alike.setdefault(row, []).append(title.partition(", ")[2])
        for row, resets in alike.items():
            listed = f", reset {', '.join(f'`{reset}`' for reset in resets)}" if resets[0] else ""
            yield f"| `{name}`{listed} | {' | '.join(row)} |"
    yield ""
    yield from (f"({number}) {sentence[0].upper()}{sentence[1:]}" for sentence, number in sentences.items())


def structures() -> Iterator[str]:
    """Linear nodes, and ways in which nodes are connected."""
    lif, lif2, two = node("LIF"), node("LIF"), np.array([2, 2])
    image = np.array([1, 4, 4])
    conv = nir.Conv2d((4, 4), np.ones((1, 1, 3, 3)), 1, 1, 1, 1, np.ones(1))
    pooled = {"in": nir.Input(image), "out": nir.Output(np.array([1, 2, 2])), "n": node("LIF", 1)}
    rows: dict[str, tuple[nir.NIRGraph, dict[str, Any]]] = {}

    def add(title: str, source: nir.NIRGraph, **options: Any) -> None:
        rows[title] = source, {"reset": "to"} | options

    linear = nir.Linear(np.eye(2))
    add("Affine", between({"w": nir.Affine(np.eye(2), TWO), "n": lif}, "in w n out"))
    add("Linear", between({"w": linear, "n": lif}, "in w n out"))
    add("Scale", between({"w": nir.Scale(TWO), "n": lif}, "in w n out"))
    wide = {"w": nir.Conv1d(4, np.ones((1, 1, 3)), 1, 1, 1, 1, np.ones(1)), "n": node("LIF", 1)}
    ends = {"in": nir.Input(np.array([1, 4])), "out": nir.Output(np.array([1, 4]))}
    add("Conv1d: strides, padding, groups, dilation", graph(ends | wide, "in w n out"))
    ends = {"in": nir.Input(image), "out": nir.Output(image)}
    add("Conv2d: likewise", graph(ends | {"w": conv, "n": node("LIF", 1)}, "in w n out"))
    add("SumPool2d", graph(pooled | {"w": nir.SumPool2d(two, two, 0 * two)}, "in w n out"))
    add("AvgPool2d", graph(pooled | {"w": nir.AvgPool2d(two, two, 0 * two)}, "in w n out"))
    flatten = {"w": nir.Flatten({"input": image}, 0, -1), "n": node("LIF", 16)}
    add("Flatten", graph({"in": nir.Input(image), "out": nir.Output(np.array([16]))} | flatten, "in w n out"))
    inner = nir.NIRGraph.from_list(nir.Linear(np.eye(2)), node("LIF"))
    add("NIRGraph, nested to any depth", between({"g": inner, "n": lif}, "in g n out"))
    add("Delay of whole steps", between({"d": nir.Delay(3 * TWO), "n": lif, "m": lif2}, "in n d m out"))
    add("Delay of other lengths", between({"d": nir.Delay(TWO / 3), "n": lif, "m": lif2}, "in n d m out"))
    add("Delay that would make two of one spike", between(
        {"w": nir.Linear(np.ones((2, 2))), "d": nir.Delay(np.array([1.0, 2.0])), "n": lif, "m": lif2},
        "in n w d m out",
    ))  # fmt: skip
    skip = between({"n": lif, "m": lif2, "o": node("LIF")}, "in n m o out", "n o")
    add("connections that skip layers, or take several times (relays)", skip)
    loop = between({"n": lif, "w": linear, "m": lif2}, "in n m out", "n w n", "m n")
    add("loops; each connection within one takes a step", loop)
    add("loops without neurons", between({"n": lif, "w": linear}, "in w n out", "w w"))
    add("Threshold behind LI, CubaLI or I", between({"n": node("LI"), "m": node("Threshold")}, "in n m out"))
    add("LI, CubaLI, I before other neurons", between({"n": node("LI"), "m": lif}, "in n m out"))
    add("linear nodes before an output, computed by the host", between({"n": lif, "w": linear}, "in n w out"))
    add("an input that is an output", between({"n": lif}, "in n out", "in out"))
    add("a step as long as a time constant", between({"n": lif}, "in n out"), dt=9.0)
    yield "| node or structure | | |"
    yield "| --- | --- | --- |"
    for title, (source, options) in rows.items():
        verdict, sentence = tried(source, **options)
        yield f"| {title} | {verdict} | {sentence} |"


def origins() -> Iterator[str]:
    """What each origin means."""
    yield "| `origin` | read as | dt | reset | integration | spikes | fires at V |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, origin in ORIGINS.items():
        if name == "jaxsnn":  # one with hxtorch
            continue
        dt = "must be said" if origin.dt is None else f"{origin.dt:g}"
        if origin.tells:
            dt = f"as `{origin.tells}` tells" + ("" if origin.dt is None else f", else {origin.dt:g}")
        shown = [_words(words) for words in (origin.reset, origin.integration, origin.spikes)]
        names = "`hxtorch`, `jaxsnn`" if name == "hxtorch" else f"`{name}`"
        yield f"| {names} | {origin.about} | {dt} | {' | '.join(shown)} | `{origin.fires}` theta |"


def _words(words: Any) -> str:
    if words is None:
        return "must be said"
    if isinstance(words, str):
        return f"`{words}`"
    rest = [f"else `{words['']}`"] if "" in words else []
    by_word: dict[str, list[str]] = {}
    for kind, word in words.items():
        if kind:
            by_word.setdefault(word, []).append(kind)
    return "; ".join([f"`{word}` for {', '.join(kinds)}" for word, kinds in by_word.items()] + rest)


def options() -> Iterator[str]:
    """The words that options take."""
    yield "| option | word | meaning |"
    yield "| --- | --- | --- |"
    for option, words in WORDS.items():
        yield from (f"| `{option}` | `{word}` | {meaning} |" for word, meaning in words.items())


def figures() -> Iterator[str]:
    """The golden networks."""
    yield "| network | read as | entries | spikes there | unrounded: differ | spikes here | 8 bits: differ |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for case in CASES:
        found = measured(case)
        assert found.arithmetic == 0, case.name
        reset = f", `{case.options['reset']}`" if "reset" in case.options else ""
        yield (
            f"| {case.name} | `{case.options['origin']}`{reset} | {found.entries:,} | {found.theirs:,} | "
            f"{found.unrounded:,} | {found.ours:,} | {found.compiled:,} |"
        )


PARTS = {"origins": origins, "options": options, "nodes": nodes, "structures": structures}
MEASURED = {"figures": figures}


def render(text: str, measure: bool) -> str:
    """The page with its parts as they are now; those that are measured only if asked to."""
    parts = PARTS | (MEASURED if measure and GOLDEN.is_dir() else {})

    def made(match: re.Match[str]) -> str:
        if match[2] not in parts:
            return match[0]
        return match[1] + "\n".join(parts[match[2]]()) + "\n\n" + match[3]

    return PART.sub(made, text)
