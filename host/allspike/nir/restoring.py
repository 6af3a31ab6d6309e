"""A network out of the NIR file that this package wrote: as it was, if nothing but weights was changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..describe.connect import Pairs
from ..describe.network import Network
from ..describe.plausible import taken_as_given
from ..errors import AllspikeError, AllspikeWarning
from ..notices import warn
from .drives import Reading
from .flat import Port
from .nodes_out import OWN, read
from .places import EXACT, Place, Taps, Verdict
from .reading import Stored, metadata_of, opened
from .translation import NirTranslation
from .writing import FORMAT, physics_of, tree_of

_AGREE = 1e-6
"""Relative difference that single precision makes."""


def restored(source: Any) -> Network | None:
    """The network that was written by `Network.to_nir`; None if another program wrote or changed the graph.

    Raises
    ------
    FileError
        If the file is missing, damaged or no NIR file.
    """
    with opened(source) as tree:
        own = metadata_of(tree).get(OWN)
        if not isinstance(own, Mapping):
            return None
        plain = _plain(tree)
    name = str(source) if isinstance(source, str | Path) else "the graph"
    try:
        network = _network(plain)
        same = plain["metadata"][OWN]["format"] <= FORMAT and _same(plain, tree_of(network))
    except (AllspikeError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        same = False
    if not same:
        warn(
            f"{name} was written by Network.to_nir and changed since, so it is read like any NIR file; what "
            "NIR cannot say of its neurons is lost.",
            AllspikeWarning,
        )
        return None
    network.translation = _translation(network, plain, name)
    return network


def _plain(fields: Any) -> Any:
    """Dictionaries with all their arrays read."""
    if isinstance(fields, Mapping):
        return {key: _plain(value) for key, value in fields.items()}
    if isinstance(fields, Stored):
        return fields.read()
    return fields.decode() if isinstance(fields, bytes) else fields


def _network(tree: Mapping[str, Any]) -> Network:
    metadata = tree["metadata"]
    with taken_as_given():
        network = Network(float(metadata["dt"]), seed=int(metadata[OWN]["seed"]))
        ours = [(own, fields) for fields in tree["nodes"].values() if (own := _own(fields))]
        ours.sort(key=lambda pair: int(pair[0]["order"]))
        for own, fields in ours:
            if "model" in own:
                network.neurons(fields["v_threshold"].size, read(own["model"]), own["name"])
            elif "pre" not in own:
                network.inputs(int(np.prod(fields["shape"])), own["name"])
        for own, fields in ours:
            if "pre" in own:
                weight = _weight(network, own, np.asarray(fields["weight"], np.float64))
                pre, post = np.nonzero(weight.T)
                network.connect(
                    own["pre"], own["post"], Pairs(pre, post), weight=weight[post, pre], name=own["name"]
                )
    return network


def _weight(network: Network, own: Mapping[str, Any], volts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights [post, pre] in the unit of their neurons: as they were, where the node still says the same."""
    charge = physics_of(network)[own["post"]].charge[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        changed = np.where(charge == 0, 0.0, volts / charge)
    held = np.asarray(own.get("weight", changed), np.float64)
    return np.where(np.isclose(held * charge, volts, rtol=_AGREE, atol=0), held, changed)


def _own(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return metadata_of(fields).get(OWN, {})


def _same(there: Mapping[str, Any], here: Mapping[str, Any]) -> bool:
    """Whether two graphs say the same in NIR's own words."""
    edges = [{tuple(map(_text, edge)) for edge in tree["edges"]} for tree in (there, here)]
    nodes, others = there["nodes"], here["nodes"]
    return edges[0] == edges[1] and nodes.keys() == others.keys() and all(
        _same_fields(nodes[name], others[name]) for name in nodes
    )  # fmt: skip


def _same_fields(there: Mapping[str, Any], here: Mapping[str, Any]) -> bool:
    names = [{*fields} - {"metadata"} for fields in (there, here)]
    return names[0] == names[1] and all(
        _text(there[name]) == here[name] if isinstance(here[name], str)
        else np.shape(there[name]) == np.shape(here[name])
        and np.allclose(there[name], here[name], rtol=_AGREE, atol=0)
        for name in names[0]
    )  # fmt: skip


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _translation(network: Network, tree: Mapping[str, Any], source: str) -> NirTranslation:
    """What `Network.from_nir` gives with every network: here nothing runs behind, and all starts at rest."""
    outputs, readings = [], {}
    names = {name: own["name"] for name, fields in tree["nodes"].items() if "name" in (own := _own(fields))}
    for edge in tree["edges"]:
        pre, post = map(_text, edge)
        if _text(tree["nodes"][post]["type"]) == "Output":
            size = network[names[pre]].size
            none = np.zeros(size, np.int64)
            outputs.append(Port(post, (size,)))
            readings[post] = (Reading(names[pre], post, None, np.zeros(size), none),)
    nothing = np.zeros(0, np.int64)
    return NirTranslation(
        source=source,
        verdicts=tuple(
            Verdict(p.name, _text(tree["nodes"][node]["type"]), EXACT)
            for node, name in names.items() for p in network.neuron_populations if p.name == name
        ),
        facts=("It was written by Network.to_nir and is as it was; a hop between populations takes a step.",),
        differences=(),
        strict={},
        whole=False,  # it compiles as the network that was written
        taps=tuple(
            Taps(Port(p.name, (p.size,)), np.zeros(p.size, np.int64), nothing, nothing)
            for p in network.input_populations
        ),
        places={p.name: _place(p) for p in network.neuron_populations},
        readings=readings,
        ports=tuple(outputs),
    )  # fmt: skip


def _place(population: Any) -> Place:
    size, model = population.size, population.model
    zeros = np.zeros(size)
    return Place(
        name=population.name, shape=(size,), lag=0, emits=0, fires=True,
        leaks=bool(np.isfinite(model.array("tau_m", size)).all()), start_v=model.array("v_rest", size),
        start_i=zeros, alpha=zeros, waits=False,
    )  # fmt: skip
