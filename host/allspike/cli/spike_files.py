"""Spikes from files, for `--spikes INPUTS=FILE`.

`.npy`
    An array [steps, inputs] of true and false, or of 0 and 1.
`.npz`
    One such array; or two, `steps` and `inputs` (or `times`, in seconds, and `inputs`), a spike each.
`.csv`
    A spike a line, `step,input`, steps counted from the start of the run. A first line of names may say
    `step,input`, or `time,input`: then times are in seconds. `#` begins a comment.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import files
from ..errors import FileError
from ..stimulus import SpikeArray, SpikeList, SpikeTimes, Stimulus

FORMS = (
    ".npy or .npz (0 and 1, [steps, inputs]), or .csv (lines of step,input, or after a line time,input of "
    "seconds and input)"
)
_NAMES = {
    "step": "step", "steps": "step", "time": "time", "times": "time", "t": "time", "input": "input",
    "inputs": "input", "neuron": "input", "index": "input",
}  # fmt: skip


def read_spikes(path: Path, size: int) -> Stimulus:
    """The spikes in a file, for a population of `size` inputs.

    Raises
    ------
    FileError
        If it is missing, of another form, or names what is not there; with the number of the line.
    """
    if path.suffix == ".csv":
        return _from_text(path, size)
    if path.suffix not in (".npy", ".npz"):
        raise FileError(f"{path} is no spike file: use {FORMS}.")
    with files.reading(path):
        found: Any = np.load(path, allow_pickle=False)
        if isinstance(found, np.ndarray):
            return _checked_array(path, found, size)
        with found:
            arrays = {name: found[name] for name in found.files}
    names = {_NAMES.get(name, name): array for name, array in arrays.items()}
    for when in ("step", "time"):
        if names.keys() == {when, "input"}:
            return _listed(path, when, names[when], names["input"], size)
    if len(arrays) == 1:
        return _checked_array(path, next(iter(arrays.values())), size)
    held = ", ".join(arrays) or "nothing"
    raise FileError(f"{path} is no spike file: it holds {held}; use {FORMS}.")


def _checked_array(path: Path, array: NDArray, size: int) -> SpikeArray:
    if array.ndim != 2 or array.shape[1] != size:
        raise FileError(f"{path} has an array of shape {array.shape}; spikes here are [steps, {size}].")
    if array.dtype.kind not in "biuf" or not np.isin(array, (0, 1)).all():
        raise FileError(f"{path} holds other values than 0 and 1 (or true and false): one for each spike.")
    return SpikeArray(array.astype(bool))


def _listed(path: Path, kind: str, when: NDArray, who: NDArray, size: int) -> Stimulus:
    """Spikes from two arrays of equal length."""
    if when.ndim != 1 or when.shape != who.shape:
        raise FileError(f"{path} has {when.size} {kind}s and {who.size} inputs: they do not pair.")
    whole = [who] if kind == "time" else [when, who]
    if when.dtype.kind not in "iuf" or any(
        one.dtype.kind not in "iuf" or (one != np.floor(one)).any() for one in whole
    ):
        raise FileError(f"{path} holds what is no whole number: use {FORMS}.")
    low = min(when.min(initial=0), who.min(initial=0))
    if not np.isfinite(when).all() or low < 0 or who.max(initial=0) >= size:
        raise FileError(f"{path} names {kind}s or inputs that are not there: inputs are 0 to {size - 1}.")
    return _stimulus(kind, when, who)


def _stimulus(kind: str, when: Any, who: Any) -> Stimulus:
    inputs = np.asarray(who, np.int64)
    if kind == "time":
        return SpikeTimes(np.asarray(when, np.float64), inputs)
    return SpikeList(np.asarray(when, np.int64), inputs)


def _from_text(path: Path, size: int) -> Stimulus:
    with files.reading(path):
        text = path.read_text("utf-8-sig")
    order = ["step", "input"]
    found: dict[str, list[float]] = {}
    first = True
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.partition("#")[0].split(",")]
        if cells == [""]:
            continue
        place = f"line {number} of {path}"
        if len(cells) != 2:
            columns = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
            raise FileError(f"{place} has {columns} where step,input are needed.")
        if first and any(_number(cell) is None for cell in cells):
            order = [_NAMES.get(cell.strip("\"'").lower(), "") for cell in cells]
            if sorted(order) not in (["input", "step"], ["input", "time"]):
                raise FileError(
                    f"{place} names the columns {','.join(cells)}: name them step,input or time,input, or "
                    "leave the line out."
                )
            first = False
            continue
        first = False
        for name, cell in zip(order, cells, strict=True):
            found.setdefault(name, []).append(_cell(place, name, cell, size))
    kind = "time" if "time" in order else "step"
    return _stimulus(kind, found.get(kind, []), found.get("input", []))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _cell(place: str, name: str, cell: str, size: int) -> float:
    """One number of a line, if it can be meant."""
    value = _number(cell)
    if value is None or not math.isfinite(value):
        raise FileError(f"{place}: {name} {cell!r} is no number.")
    if value < 0:
        raise FileError(f"{place}: {name} {cell} is negative.")
    if name != "time" and value != int(value):
        hint = "; for seconds begin the file with the line time,input" if name == "step" else ""
        raise FileError(f"{place}: {name} {cell} is no whole number{hint}.")
    if name == "step" and value >= 1 << 53:
        raise FileError(f"{place}: step {cell} is too large.")
    if name == "input" and value >= size:
        raise FileError(f"{place}: input {cell} is not there; the population has 0 to {size - 1}.")
    return value
