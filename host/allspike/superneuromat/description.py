"""What a SuperNeuroMAT network says, as plain arrays: read from its object or from its JSON file.

Nothing here needs the package: an object is read by the names of its attributes, which are those of the file.
"""

import json
from base64 import b64decode, b85decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import files
from ..errors import FileError, ParameterError
from ..names import known_names

_NEURON_LISTS = (
    "neuron_thresholds", "neuron_leaks", "neuron_reset_states", "neuron_states",
    "neuron_refractory_periods", "neuron_refractory_periods_state",
)  # fmt: skip
_SYNAPSE_LISTS = (
    "pre_synaptic_neuron_ids", "post_synaptic_neuron_ids", "synaptic_weights", "synaptic_delays",
    "enable_stdp",
)  # fmt: skip
_OTHERS: dict[str, Any] = {
    "input_spikes": {}, "spike_train": [], "stdp": True, "apos": [], "aneg": [],
    "stdp_positive_update": True, "stdp_negative_update": True,
}  # fmt: skip
_DEFAULTS = _OTHERS | {key: [] for key in _SYNAPSE_LISTS}
"""What a new SNN holds, so what it reads from a file that leaves these out (`skipkeys`). It has no neurons:
their lists must be there."""
_WITHOUT = {"synaptic_delays": 1.0, "enable_stdp": 0.0}
"""Lists of synapses that it runs without, and what each synapse then is."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """A network as SuperNeuroMAT holds it; arrays are [neurons] or [synapses], times are steps."""

    threshold: NDArray[np.float64]
    leak: NDArray[np.float64]
    """A step; infinite: no memory."""
    reset: NDArray[np.float64]
    state: NDArray[np.float64]
    period: NDArray[np.int64]
    waiting: NDArray[np.int64]
    """Refractory steps left."""
    pre: NDArray[np.int64]
    post: NDArray[np.int64]
    weight: NDArray[np.float64]
    delay: NDArray[np.int64]
    """1; or -d at the last synapse of a chain of d - 1 hidden neurons."""
    plastic: NDArray[np.bool_]
    inputs: dict[int, dict[int, float]]
    """Input spikes: step, neuron, value."""
    potentiation: NDArray[np.float64]
    """[L]: Apos; entry k - 1 is for a pre spike k steps before the post spike."""
    depression: NDArray[np.float64]
    """[L]: Aneg."""
    has_run: bool
    """Whether spikes are under way or still within the memory of the learning rule."""

    def __len__(self) -> int:
        return self.threshold.size


def read(source: Any, name: int | str = 0) -> Description:
    """The description in a SuperNeuroMAT object, or in a file of its `saveas_json`.

    Parameters
    ----------
    source : SNN, str or Path
    name : int or str
        Which network of a file, by its place or its name.

    Raises
    ------
    FileError
        If the file is missing, damaged or of another kind.
    ParameterError
        If a value is nothing that SuperNeuroMAT runs.
    """
    if isinstance(source, str | Path):
        with files.reading(source):
            document = json.loads(Path(source).read_text(encoding="utf-8"))
            try:
                return _checked(_from_file(document, name))
            except ParameterError as error:
                raise FileError(f"cannot read {source}: {error}") from None
    missing = [key for key in (*_NEURON_LISTS, *_SYNAPSE_LISTS, *_OTHERS) if not hasattr(source, key)]
    if missing:
        raise ParameterError(
            f"{type(source).__name__} is no SuperNeuroMAT network, for it has no {missing[0]}: give an SNN "
            "or the path of its JSON file."
        )
    return _checked({key: getattr(source, key) for key in (*_NEURON_LISTS, *_SYNAPSE_LISTS, *_OTHERS)})


def _from_file(document: Mapping[str, Any], name: int | str) -> dict[str, Any]:
    """The data of one network of a file, arrays decoded."""
    networks = document["networks"]
    if isinstance(name, int):
        if not -len(networks) <= name < len(networks):
            raise ParameterError(f"it has no network {name}, for it has {len(networks)}, counted from 0.")
        chosen = networks[name]
    else:
        named = [network for network in networks if network.get("name") == name]
        if len(named) != 1:
            names = [network["name"] for network in networks if "name" in network]
            several = f"{len(named)} networks are named {name!r}: choose one by its place, from 0 on"
            raise ParameterError(
                f"{several}." if named else f"no network is named {name!r}: {known_names(name, names)}."
            )
        (chosen,) = named
    if chosen["meta"]["format"] != "snm":
        raise ValueError(f"its network has the format {chosen['meta']['format']!r}, not 'snm'")
    data = chosen["data"]
    missing = [key for key in _NEURON_LISTS if key not in data]
    if missing:
        raise ParameterError(
            f"it leaves out {', '.join(missing)}, without which no network runs in SuperNeuroMAT either: "
            "save it again without skipping that."
        )
    return _DEFAULTS | {key: _decoded(value) for key, value in data.items()}


def _decoded(value: Any) -> Any:
    for key, decode in (("base85", b85decode), ("base64", b64decode)):
        if isinstance(value, dict) and key in value:
            return np.frombuffer(decode(value[key]), np.dtype(value.get("dtype", "<f8")))
    return value


def _checked(data: Mapping[str, Any]) -> Description:
    neurons = {key: _array(data, key, len(data["neuron_thresholds"])) for key in _NEURON_LISTS}
    count = len(data["synaptic_weights"])
    synapses = {
        key: np.full(count, _WITHOUT[key])
        if key in _WITHOUT and not len(data[key])
        else _array(data, key, count)
        for key in _SYNAPSE_LISTS
    }
    size = neurons["neuron_thresholds"].size
    for key, values in (neurons | synapses).items():
        if np.isnan(values).any() or (key != "neuron_leaks" and np.isinf(values).any()):
            raise ParameterError(f"{key} holds a value that is not finite: only leaks may be infinite.")
    for key in ("neuron_leaks", "neuron_refractory_periods", "neuron_refractory_periods_state"):
        if (neurons[key] < 0).any():
            raise ParameterError(f"{key} holds {neurons[key].min():g}; it must be 0 or more.")
    for key in ("pre_synaptic_neuron_ids", "post_synaptic_neuron_ids"):
        if ((synapses[key] < 0) | (synapses[key] >= size)).any():
            raise ParameterError(f"{key} names a neuron that is not there; there are {size}.")
    potentiation, depression = _rule(data)
    memory = max(1, potentiation.size)
    return Description(
        threshold=neurons["neuron_thresholds"],
        leak=neurons["neuron_leaks"],
        reset=neurons["neuron_reset_states"],
        state=neurons["neuron_states"],
        period=neurons["neuron_refractory_periods"].astype(np.int64),
        waiting=neurons["neuron_refractory_periods_state"].astype(np.int64),
        pre=synapses["pre_synaptic_neuron_ids"].astype(np.int64),
        post=synapses["post_synaptic_neuron_ids"].astype(np.int64),
        weight=synapses["synaptic_weights"],
        delay=synapses["synaptic_delays"].astype(np.int64),
        plastic=synapses["enable_stdp"].astype(bool) & bool(potentiation.any() or depression.any()),
        inputs=_inputs(data["input_spikes"], size),
        potentiation=potentiation,
        depression=depression,
        has_run=bool(np.asarray(data["spike_train"], bool).reshape(-1, max(size, 1))[-memory:].any()),
    )


def _array(data: Mapping[str, Any], key: str, size: int) -> NDArray[np.float64]:
    try:
        values = np.asarray(data[key], np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise ParameterError(f"{key} holds something that is no number.") from None
    if values.size != size:
        raise ParameterError(f"{key} has {values.size} entries where {size} are needed.")
    return values


def _rule(data: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Apos and Aneg as far as they act, both of one length."""
    lists = {}
    for key, switch in (("apos", "stdp_positive_update"), ("aneg", "stdp_negative_update")):
        acts = bool(data["stdp"]) and bool(data[switch])
        lists[key] = _array(data, key, len(data[key])) if acts else np.zeros(0)
    positive, negative = lists["apos"], lists["aneg"]
    if positive.any() and negative.any() and positive.size != negative.size:
        raise ParameterError(
            f"apos has {positive.size} entries and aneg {negative.size}: they must be of one length."
        )
    if not np.isfinite([*positive, *negative]).all() or (positive < 0).any() or (negative > 0).any():
        raise ParameterError("apos must hold numbers of 0 or more, aneg numbers of 0 or less.")
    length = max(positive.size, negative.size)
    return np.resize(positive, length) if positive.any() else np.zeros(length), (
        np.resize(negative, length) if negative.any() else np.zeros(length)
    )


def _inputs(spikes: Mapping[Any, Any], size: int) -> dict[int, dict[int, float]]:
    """Input spikes by step and neuron; of two for one neuron in a step the later one stands."""
    found: dict[int, dict[int, float]] = {}
    for step, entry in spikes.items():
        pairs = zip(entry["nids"], entry["values"], strict=True)
        values = {int(neuron): float(value) for neuron, value in pairs}
        for neuron, value in values.items():
            if not 0 <= neuron < size or not np.isfinite(value):
                raise ParameterError(f"an input spike of value {value:g} is for neuron {neuron} of {size}.")
        found[int(step)] = {neuron: value for neuron, value in values.items() if value != 0}
    return {step: values for step, values in sorted(found.items()) if values}
