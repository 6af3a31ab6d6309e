"""Files as they were written with memory map 1, where nobody said what is subtracted: made of today's."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from allspike.device.acts import Run, Write, of_arrays, to_arrays
from allspike.device.patch import whole
from allspike.map import device_map as dm


def with_map_1(path: Path) -> None:
    """Rewrite an image or a checkpoint: under RESET_SUBTRACT the field `reset` holds anything."""
    with np.load(path) as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays.pop("header")))
    for part in (header, header.get("image", {}), header.get("base", {})):
        if "map_version" in part:
            part["map_version"] = 1
    if "journal.writes" in arrays:
        _rewrite_journal(arrays)
    for name, values in arrays.items():
        if name.rpartition(".")[2] == "neuron_params":
            arrays[name] = _forgotten(values)
    contents: dict[str, Any] = {"header": np.array(json.dumps(header)), **arrays}
    np.savez(path, **contents)


def _forgotten(params: np.ndarray) -> np.ndarray:
    params = params.copy()
    subtracts = (params["flags"] & dm.NeuronFlag.RESET_SUBTRACT) != 0
    assert (params["reset"] == params["threshold"])[subtracts].all(), "no other amount could be said"
    params["reset"][subtracts] = np.arange(params.size)[subtracts] * 77 - 99
    return params


def _rewrite_journal(arrays: dict[str, np.ndarray]) -> None:
    """Whoever wrote a field of many neurons wrote their whole records; with other contents."""
    params = arrays["base.neuron_params"].copy()
    journal = {name: arrays[f"journal.{name}"] for name in ("entries", "writes", "events", "changes")}
    acts = list(of_arrays(journal))
    for k, act in enumerate(acts):
        if isinstance(act, Run):
            _, neurons, biases = act.changes
            params["bias"][neurons] = biases
        elif isinstance(act, Write) and act.patch.start >> 24 == dm.NEURON_PARAMS.base >> 24:
            act.patch.apply(params.view(np.uint8), dm.NEURON_PARAMS.base)
            acts[k] = Write(whole(dm.NEURON_PARAMS.base, _forgotten(params).tobytes()))
    arrays |= {f"journal.{name}": values for name, values in to_arrays(acts).items()}
