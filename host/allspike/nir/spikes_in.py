"""From spikes as arrays in the graph's steps to what a run takes: late, and twice, as delays want it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checks import plain_array
from ..errors import ParameterError
from ..names import known_names
from ..stimulus import SpikeList
from .flat import Port
from .places import Taps


def arrays_of(source: str, ports: Sequence[Port], spikes: Any) -> dict[str, NDArray[np.bool_]]:
    """The spikes of each input, [n, size], none where none are given; see `NirTranslation.stimuli`.

    Raises
    ------
    ParameterError
        If an input is unknown, or its spikes are something else or of other steps than those of another.
    """
    names = [port.name for port in ports]
    if not isinstance(spikes, Mapping):
        if len(names) != 1:
            raise ParameterError(
                f"{source} has the inputs {', '.join(map(repr, names)) or 'none'}: give a mapping from their "
                "names to arrays."
            )
        spikes = {names[0]: spikes}
    for name in spikes:
        if name not in names:
            raise ParameterError(f"{source} has no input {name!r}; {known_names(str(name), names)}.")
    given = {port.name: _binary(port, spikes[port.name]) for port in ports if port.name in spikes}
    lengths = {len(array) for array in given.values()}
    if len(lengths) > 1:
        raise ParameterError(f"the spikes of the inputs have {sorted(lengths)} steps: give all the same.")
    steps = max(lengths, default=0)
    return {port.name: given.get(port.name, np.zeros((steps, port.size), bool)) for port in ports}


def placed(taps: Iterable[Taps], arrays: Mapping[str, NDArray[np.bool_]], steps: int) -> dict[str, SpikeList]:
    """What to give a run of so many steps, by population: the spikes of its inputs, when they are to act."""
    found = {}
    for tap in taps:
        array = arrays[tap.port.name]
        parts = [(tap.port.name, array, tap.shift)]
        if tap.again.size:
            parts.append((tap.later, array[:, tap.again], tap.again_shift))
        for name, values, shift in parts:
            when, who = np.nonzero(values)
            when = when + shift[who]
            found[name] = SpikeList(when[when < steps], who[when < steps])
    return found


def _binary(port: Port, values: Any) -> NDArray[np.bool_]:
    """The spikes of an input as booleans [n, size].

    Raises
    ------
    ParameterError
        If they are something else.
    """
    array = plain_array(f"the spikes of {port.name!r}", values)
    if array.ndim == 1 and port.size == 1:
        array = array[:, None]
    if array.ndim == 0 or array.shape[1:] not in (port.shape, (port.size,)):
        shapes = " or ".join(
            f"[n, {', '.join(map(str, shape))}]" for shape in dict.fromkeys((port.shape, (port.size,)))
        )
        raise ParameterError(
            f"the spikes of {port.name!r} have shape {array.shape}; give {shapes}, of n steps."
        )
    odd = array[(array != 0) & (array != 1)]
    if odd.size:
        raise ParameterError(
            f"the spikes of {port.name!r} hold {odd.flat[0]:g}: in a step an input spikes or not, 1 or 0; "
            "turn values into spikes first."
        )
    return array.reshape(len(array), port.size) != 0
