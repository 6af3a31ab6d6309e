"""What TAB offers: names that can be told without NumPy, in the time of a keystroke; those in a NIR file come
through h5py, and take a little longer.

Where nothing is offered the shell completes files.
"""

import ast
import json
import zipfile
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer

_BUILDS, _DEVICES = "allspike.builds", "allspike.devices"
_KINDS = {"poisson": "inputs", "spikes": "inputs", "record_v": "neurons", "current": "neurons"}
"""Populations that an option takes."""


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def configurations(incomplete: str) -> list[str]:
    """Presets and boards."""
    from ..map.presets import PRESETS

    return _starting([*PRESETS, *_boards()], incomplete)


def devices(incomplete: str) -> list[str]:
    """The emulator, what packages add, boards by name, and the serial ports of this machine."""
    from serial.tools import list_ports

    kind, colon, _ = incomplete.partition(":")
    made = ["emulator", *sorted(entry_points(group=_DEVICES).names)]
    if colon and kind in made:
        return [f"{kind}:{name}" for name in configurations(incomplete[len(kind) + 1 :])]
    ports = [port.device for port in list_ports.comports()]
    return _starting([*made, *_boards(), *ports], incomplete)


def _boards() -> list[str]:
    """Boards that installed packages know."""
    return [name for point in entry_points(group=_BUILDS) for name in point.load()]


def origins(incomplete: str) -> list[str]:
    """Programs that write NIR files."""
    from ..nir.origins import ORIGINS

    return _starting(ORIGINS, incomplete)


def words(option: str) -> Any:
    """A function that completes the words of an option of NIR files."""

    def complete(incomplete: str) -> list[str]:
        from ..nir.settings import WORDS

        return _starting([word.replace(" ", "-") for word in WORDS[option]], incomplete)

    return complete


def populations(option: str) -> Any:
    """A function that completes `NAME=` with those populations of the file on the line that suit."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        if "=" in incomplete:
            return []
        names = [name for name, kind in _populations(_file(ctx, "network")) if kind == _KINDS[option]]
        return _starting([f"{name}=" for name in names], incomplete)

    return complete


def results(ctx: typer.Context, incomplete: str) -> list[str]:
    """Populations and projections of the result on the line."""
    header = header_of(_file(ctx, "result"))
    names = [*header.get("sizes", {}), *header.get("weights", [])]
    return _starting([name for name in names if isinstance(name, str)], incomplete)


def _file(ctx: typer.Context, argument: str) -> Any:
    """The file that a command is given; an option without its value yet leaves the arguments unsorted."""
    return ctx.params.get(argument) or next(iter(ctx.args), None)


def _populations(path: Any) -> list[tuple[str, str]]:
    """Name and kind of each population of a network or an image."""
    if str(path).lower().endswith(".nir"):
        return _places(path)
    found = []
    for entry in header_of(path).get("populations", []):
        kind = entry.get("kind") or ("neurons" if "model" in entry else "inputs")
        found.append((str(entry.get("name")), kind))
    return found


def _places(path: Any) -> list[tuple[str, str]]:
    """Name and kind of each input and node of neurons of a NIR file."""
    from ..nir.graph import NEURONS, inlined
    from ..nir.reading import opened

    kinds = {"Input": "inputs"} | dict.fromkeys(NEURONS, "neurons")
    try:
        with opened(path) as tree:
            nodes = inlined(tree).nodes.values()
    except Exception:  # as below
        return []
    return [(node.name, kinds[node.kind]) for node in nodes if node.kind in kinds]


def header_of(path: Any) -> dict[str, Any]:
    """The JSON header of a file of `allspike.files`; empty if it cannot be had.

    It is a zip archive of arrays, of which `header.npy` is one string.
    """
    try:
        with zipfile.ZipFile(Path(path)) as archive:
            data = archive.read("header.npy")
        start = 10 if data[6] == 1 else 12  # of the description, which a length of two or four bytes precedes
        end = start + int.from_bytes(data[8:start], "little")
        order = {"<": "utf-32-le", ">": "utf-32-be"}[ast.literal_eval(data[start:end].decode())["descr"][0]]
        header = json.loads(data[end:].decode(order))
    except Exception:  # a key was pressed: whatever is wrong with the file, there is nothing to offer
        return {}
    return header if isinstance(header, dict) else {}
