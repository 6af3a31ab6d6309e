"""The stimuli of a run, as a user gives them: which stimulus is for which members of which population."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.selection import resolve
from ..errors import ParameterError
from ..image.image import PopulationSymbol
from .base import Addable, Run, parts_of
from .currents import Current
from .spikes import SpikeArray


@dataclass(frozen=True)
class Share:
    """One stimulus, and whom it is for."""

    stimulus: Addable
    population: PopulationSymbol
    members: NDArray[np.int64]
    """[members]: their indices in the population."""
    run: Run

    @property
    def size(self) -> int:
        """How many members."""
        return self.members.size

    @property
    def places(self) -> NDArray[np.int64]:
        """[members]: the device's inputs, or neurons."""
        return self.population.start + self.members


def shares(stimuli: Any, populations: Mapping[str, PopulationSymbol], run: Run) -> list[Share]:
    """What a user gave as the stimuli of a run.

    Parameters
    ----------
    stimuli : mapping
        From populations, views or names to a stimulus, an array, or a list of them.
    populations : mapping
        What the device holds, by name.
    run : Run

    Raises
    ------
    ParameterError
        If a key is no population, or a value no stimulus for one of its kind.
    """
    if not isinstance(stimuli, Mapping):
        raise ParameterError(
            f"stimuli are given for populations, as in {{noise: Poisson(50.0)}}; {stimuli!r:.60} names none."
        )
    found: list[Share] = []
    for key, value in stimuli.items():
        symbol, chosen = _resolved(key, value, populations)
        members = np.arange(symbol.size) if chosen is None else chosen
        for stimulus in _parts(value, symbol):
            _check_kind(stimulus, symbol, populations)
            own = sum(share.population is symbol for share in found)
            stream = (zlib.crc32(symbol.name.encode()), own)
            found.append(Share(stimulus, symbol, members, replace(run, stream=stream)))
    return found


def _resolved(
    key: Any, value: Any, populations: Mapping[str, PopulationSymbol]
) -> tuple[PopulationSymbol, NDArray[np.int64] | None]:
    name = key if isinstance(key, str) else getattr(key, "name", None)
    if name in populations:
        return resolve(key, populations)
    parts = value if isinstance(value, list | tuple) else [value]
    kind = "neurons" if any(isinstance(part, Current) for part in parts) else "inputs"
    return resolve(key, _of_kind(populations, kind), f"population of {kind}")


def _of_kind(populations: Mapping[str, PopulationSymbol], kind: str) -> dict[str, PopulationSymbol]:
    return {name: symbol for name, symbol in populations.items() if symbol.kind == kind}


def _parts(value: Any, symbol: PopulationSymbol) -> Iterator[Addable]:
    """The stimuli that a value of the mapping stands for."""
    if isinstance(value, list | tuple) and any(isinstance(part, Addable) for part in value):
        for part in value:
            yield from _parts(part, symbol)
    elif isinstance(value, Addable):
        yield from parts_of(value)
    elif not (isinstance(value, list | tuple) and not value):  # an empty list is no stimulus at all
        yield SpikeArray(_array(value, symbol))


def _check_kind(
    stimulus: Addable, symbol: PopulationSymbol, populations: Mapping[str, PopulationSymbol]
) -> None:
    """Refuse a current into inputs, and spikes to neurons."""
    wanted = "neurons" if isinstance(stimulus, Current) else "inputs"
    if symbol.kind == wanted:
        return
    hint = (
        "inputs take spikes, such as Poisson(50.0)"
        if symbol.kind == "inputs"
        else "neurons take currents, such as ConstantCurrent(1e-9), and spikes by `connect`"
    )
    raise ParameterError(
        f"{symbol.name!r} has {symbol.kind}, to which {stimulus!r:.80} cannot go: {hint}; populations of "
        f"{wanted} are: {', '.join(_of_kind(populations, wanted)) or 'none'}."
    )


def _array(value: Any, symbol: PopulationSymbol) -> NDArray:
    """An array given in place of a stimulus."""
    name, neurons = symbol.name, symbol.kind == "neurons"
    try:
        array = np.asarray(value.toarray() if hasattr(value, "toarray") else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ParameterError(f"the stimulus of {name!r} is no array: {error}.") from None
    if array.ndim == 0 and array.dtype.kind in "iuf":
        meant = f"ConstantCurrent({array:g}), in A" if neurons else f"Poisson({array:g}), in Hz"
        raise ParameterError(f"{value!r:.60} is no stimulus of {name!r}: did you mean {meant}?")
    if array.ndim == 0 or array.dtype.kind not in "biuf":
        such = "a current, such as ConstantCurrent(1e-9)" if neurons else "one such as Poisson(50.0)"
        raise ParameterError(f"{value!r:.60} is no stimulus of {name!r}: give {such}.")
    if neurons:
        raise ParameterError(
            f"an array of shape {array.shape} for {name!r}, which are neurons: did you mean "
            "CurrentArray(array), in A? Spikes go to inputs."
        )
    return array
