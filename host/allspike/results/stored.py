"""Results in files: arrays under the names of what they are of, and plain values."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

import numpy as np

from .. import files

if TYPE_CHECKING:
    from .result import Result

Kind = TypeVar("Kind", bound="Result")
FORMAT = "allspike-result"
_PLAIN = ("dt", "start", "steps", "sizes", "counters", "notes")
_GROUPS = ("v", "v_neurons", "weights", "weight_steps", "weight_history")
"""Arrays by name, beside the spikes."""


def save(result: "Result", path: str | Path) -> None:
    """See `Result.save`."""
    header = {name: getattr(result, name) for name in _PLAIN} | {"quoted": True}
    arrays = {f"spikes/{_quoted(name)}": np.stack(pair) for name, pair in result.spikes.items()}
    for group in _GROUPS:
        arrays |= {f"{group}/{_quoted(name)}": values for name, values in getattr(result, group).items()}
    files.save(path, FORMAT, header, arrays)


def load(kind: type[Kind], path: str | Path) -> Kind:
    """See `Result.load`."""
    header, arrays = files.load(path, FORMAT)
    with files.reading(path):
        groups: dict[str, Any] = {group: {} for group in ("spikes", *_GROUPS)}
        for key, values in arrays.items():
            group, _, name = key.partition("/")
            if header.get("quoted"):  # files of 0.1.0 hold names as they are
                name = unquote(name, errors="surrogatepass")
            groups[group][name] = tuple(values) if group == "spikes" else values
        plain = {name: header[name] for name in _PLAIN if name != "notes" or name in header}
        return kind(**groups | plain)


def _quoted(name: str) -> str:
    """A name as part of an array's name in a file: a zip file keeps no null, nor everywhere a backslash."""
    return quote(name, safe="/ ", errors="surrogatepass")
