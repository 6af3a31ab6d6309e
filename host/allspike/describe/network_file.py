"""Networks as files: populations and rules in JSON, parameters and synapses as arrays."""

from pathlib import Path
from typing import Any

import numpy as np

from .. import files
from ..aliases import ArrayLike, NDArray
from .connect import Pairs
from .learning import STDP
from .lif import LIF
from .network import Network
from .neuron import MODELS
from .population import Neurons

FORMAT = "allspike-network"


def save(network: Network, path: str | Path) -> None:
    """Write a network; see `Network.save`."""
    arrays: dict[str, np.ndarray] = {}
    populations = []
    for k, population in enumerate(network.populations.values()):
        entry: dict[str, object] = {"name": population.name, "size": population.size}
        if isinstance(population, Neurons):
            words = {}
            for name, value in population.model.non_default().items():
                if isinstance(value, str):
                    words[name] = value
                else:
                    arrays[f"population{k}_{name}"] = np.asarray(value, np.float64)
            entry["model"] = words
            if (
                population.model.neuron != LIF.neuron
            ):  # files of former versions are all of LIF, and say no name
                entry["neuron"] = population.model.neuron
        populations.append(entry)
    projections = []
    for k, projection in enumerate(network.projections.values()):
        arrays[f"projection{k}_pairs"] = projection.pairs
        arrays[f"projection{k}_weights"] = projection.weights
        rule = None if projection.stdp is None else vars(projection.stdp)
        entry = {"name": projection.name, "pre": projection.pre.name, "post": projection.post.name}
        projections.append(entry | {"stdp": rule})
    header = {"dt": network.dt, "seed": network.seed, "populations": populations, "projections": projections}
    files.save(path, FORMAT, header, arrays)


def load(path: str | Path) -> Network:
    """Read a network; see `Network.load`."""
    header, arrays = files.load(path, FORMAT)
    with files.reading(path):
        network = Network(header["dt"], seed=header.get("seed", 0))
        for k, entry in enumerate(header["populations"]):
            if "model" not in entry:
                network.inputs(entry["size"], entry["name"])
                continue
            prefix = f"population{k}_"
            given: dict[str, Any] = {
                name[len(prefix) :]: _scalar(value)
                for name, value in arrays.items()
                if name.startswith(prefix)
            }
            described = MODELS[entry.get("neuron", LIF.neuron)]
            network.neurons(entry["size"], described(**entry["model"], **given), entry["name"])
        for k, entry in enumerate(header["projections"]):
            rows, columns = arrays[f"projection{k}_pairs"]
            network.connect(
                network[entry["pre"]],
                network[entry["post"]],
                Pairs(rows, columns),
                weight=arrays[f"projection{k}_weights"],
                stdp=None if entry["stdp"] is None else STDP(**entry["stdp"]),
                name=entry["name"],
            )
    return network


def _scalar(value: NDArray[np.float64]) -> ArrayLike:
    return float(value) if value.ndim == 0 else value
