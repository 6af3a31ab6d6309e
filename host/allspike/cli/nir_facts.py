"""What `allspike info` tells of a NIR file: its nodes, how each is translated, what must be said first."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import ParameterError
from ..nir.choosing import Options, chosen
from ..nir.flat import Flat
from ..nir.flattening import flatten
from ..nir.origins import origin_of
from ..nir.reading import is_nir
from ..nir.restoring import restored
from ..nir.step import step_of
from ..nir.translate import translate
from ..nir.translation import NirTranslation
from ..showing import some
from .nir_options import NirOptions
from .wording import as_written

_STEP = 1e-9
"""A step that stands for the unknown one while other options are looked for."""


def about_nir(path: Path, exact: bool, options: NirOptions) -> tuple[dict[str, Any], str]:
    """What a file holds, as plain data and for people.

    Raises
    ------
    FileError, ParameterError, CapacityError
        If it is no NIR file, its graph cannot be meant or fits no build, or it must be exact and is not.
    """
    flat = flatten(path)
    said = Options(**options.arguments())
    network = None if said.given else restored(path)
    missing = [] if network else _missing(flat, said)
    refused = ""
    if network is None and not missing:
        try:
            network = translate(flat, said, exact=exact)
        except ParameterError as error:
            if exact:
                raise
            refused = str(error)
    translation = network.translation if network else None
    assert translation is None or isinstance(translation, NirTranslation)
    plain = _plain(flat, translation) | {"missing": missing, "refused": refused}
    return plain, "\n".join(_lines(flat, plain))


def resetting(path: Path, options: NirOptions) -> NirOptions:
    """The options for where a network fits: one reset is as good as another there, so none need be said."""
    origin = origin_of(options.origin)
    if not is_nir(path) or options.reset or (origin is not None and origin.reset is not None):
        return options
    if not options.given() and restored(path):
        return options
    return replace(options, reset=["to"])


def _missing(flat: Flat, options: Options) -> list[str]:
    """What has to be said before anything can be translated, a sentence each."""
    found = []
    origin = origin_of(options.origin)
    if options.dt is None:
        try:
            step_of(flat, origin, None)
        except ParameterError as error:
            found.append(as_written(str(error)))
            options = replace(options, dt=_STEP)
    if found or options.reset is None:
        try:
            chosen(flat, options)
        except ParameterError as error:
            found.append(as_written(str(error)))
    return found


def _plain(flat: Flat, translation: NirTranslation | None) -> dict[str, Any]:
    verdicts = {} if translation is None else {one.node: one for one in translation.verdicts}
    nodes = [
        {
            "name": one.name, "kind": one.kind, "size": one.size,
            "verdict": verdicts[one.name].verdict if one.name in verdicts else None,
            "sentence": verdicts[one.name].sentence if one.name in verdicts else "",
        }
        for one in flat.cells
    ]  # fmt: skip
    return {
        "kind": "nir", "dt": flat.dt,
        "inputs": {port.name: port.size for port in flat.inputs},
        "outputs": {port.name: port.size for port in flat.outputs},
        "nodes": nodes,
        "edges": [{"pre": e.pre, "post": e.post, "through": list(e.nodes)} for e in flat.edges],
        "facts": [] if translation is None else list(translation.facts),
        "differences": list(flat.notes if translation is None else translation.differences),
    }  # fmt: skip


def _lines(flat: Flat, plain: dict[str, Any]) -> list[str]:
    inputs = some(sum(port.size for port in flat.inputs), "input")
    neurons = some(sum(one.size for one in flat.cells), "neuron")
    lines = [f"NIR, {inputs} and {neurons}"]
    lines += [f"  input {name!r}: {size:,}" for name, size in plain["inputs"].items()]
    for node in plain["nodes"]:
        verdict = f": {node['verdict']}" if node["verdict"] else ""
        why = f", {node['sentence']}" if node["sentence"] else ""
        lines.append(f"  {node['kind']} {node['name']!r}, {some(node['size'], 'neuron')}{verdict}{why}")
    lines += [f"  output {name!r}: {size:,}" for name, size in plain["outputs"].items()]
    for edge in plain["edges"]:
        through = f" through {', '.join(map(repr, edge['through']))}" if edge["through"] else ""
        lines.append(f"  {edge['pre']!r} -> {edge['post']!r}{through}")
    for title, key in (("translated", "facts"), ("not exact", "differences"), ("missing", "missing")):
        lines += [f"  {title}: {sentence}" for sentence in plain[key]]
    return [*lines, *([f"  not supported: {plain['refused']}"] if plain["refused"] else [])]
