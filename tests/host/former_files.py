"""Files as they were written with memory map 1, where nobody said what is subtracted: made of today's."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from allspike.map import device_map as dm
from allspike.map.lif import LIF


def with_map_1(path: Path) -> None:
    """Rewrite an image or a checkpoint: under RESET_SUBTRACT the field `reset` holds anything."""
    with np.load(path) as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays.pop("header")))
    for part in (header, header.get("image", {}), header.get("base", {})):
        if "map_version" in part:
            part["map_version"] = 1
    for name, values in arrays.items():
        if name.rpartition(".")[2] == "neuron_params":
            arrays[name] = _forgotten(values)
    if "journal.writes" in arrays:
        arrays["journal.writes"] = _writes(arrays["journal.entries"], arrays["journal.writes"])
    contents: dict[str, Any] = {"header": np.array(json.dumps(header)), **arrays}
    np.savez(path, **contents)


def _forgotten(params: np.ndarray) -> np.ndarray:
    params = params.copy()
    subtracts = (params["flags"] & dm.NeuronFlag.RESET_SUBTRACT) != 0
    assert (params["reset"] == params["threshold"])[subtracts].all(), "no other amount could be said"
    params["reset"][subtracts] = np.arange(params.size)[subtracts] * 77 - 99
    return params


def _writes(entries: np.ndarray, writes: np.ndarray) -> np.ndarray:
    """The journal's writes, those of parameters with other contents."""
    changed, place = writes.copy(), 0
    for kind, address, size, *_ in entries.tolist():
        if kind == 0:
            if address >> 24 == dm.NEURON_PARAMS.base >> 24:
                records = changed[place : place + size].view(LIF.params_record.dtype)
                records[:] = _forgotten(records)
            place += size
    return changed
