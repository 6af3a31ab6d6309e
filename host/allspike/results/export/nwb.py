"""Results as files of Neurodata Without Borders."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from ...aliases import NDArray
from ...errors import ParameterError
from ...optional import optional
from ...showing import brief
from ...version import __version__
from ...writing import check_writable, writing
from .records import joined, span, text, trains, weight_records

if TYPE_CHECKING:
    from ..result import Result

MODULE = "simulation"
"""The processing module of what NWB has no place of its own for."""


def save(
    result: "Result",
    path: str | Path,
    session_start_time: datetime | None = None,
    description: str | None = None,
    identifier: str | None = None,
) -> None:
    """See `Result.to_nwb`, of which this is the work."""
    pynwb = optional("pynwb", "nwb", "writing NWB")
    began = _moment(session_start_time)
    check_writable(path)
    first, last = span(result)
    file = pynwb.NWBFile(
        session_description=_line("description", description)
        or f"{result.steps} steps of {result.dt:g} s of a spiking network, from {first:g} to {last:g} s",
        identifier=_line("identifier", identifier) or str(uuid4()),
        session_start_time=began,
        was_generated_by=[["allspike", __version__]],
        data_collection=", ".join(f"{name}: {count}" for name, count in result.counters.items()) or None,
        notes="\n".join(map(text, result.notes)) or None,
    )
    _add_units(pynwb, file, result)
    _add_potentials(pynwb, file, result)
    _add_weights(pynwb, file, result)
    with writing(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The file path provided")  # of an ending that the user chose
        with pynwb.NWBHDF5IO(str(temporary), "w") as stream:
            stream.write(file)


def _moment(given: datetime | None) -> datetime:
    """A time with its zone; one without is this machine's."""
    if given is None:
        return datetime.now().astimezone()
    if not isinstance(given, datetime):
        raise ParameterError(
            f"session_start_time = {brief(given)} is no moment: give a datetime.datetime, with its time zone."
        )
    return given if given.tzinfo is not None else given.astimezone()


def _line(name: str, given: str | None) -> str | None:
    if given is not None and not (isinstance(given, str) and given.strip()):
        raise ParameterError(f"{name} = {brief(given)} is no text: give some, or leave it out.")
    return given if given is None else text(given)


def _add_units(pynwb: Any, file: Any, result: "Result") -> None:
    """A unit a neuron, silent ones too. Whole columns: row by row takes seconds where these take none."""
    owners, members = _neurons(result.sizes)
    times = [train for name in result.sizes for train in trains(result, name)]
    if not times:  # a table wants rows
        return
    spikes = _ragged(pynwb, "spike_times", "times of the spikes, s from the device's reset", times)
    watched = _ragged(
        pynwb, "obs_intervals", "the run, s from the device's reset", [[span(result)]] * len(times)
    )
    columns = [
        _column(pynwb, "population", "population of the neuron", owners),
        _column(pynwb, "index", "index of the neuron in its population", members),
    ]
    file.units = pynwb.misc.Units(
        name="units",
        description="the neurons of the network",
        resolution=result.dt,
        id=np.arange(len(times)),
        columns=[*columns, *spikes, *watched],
        colnames=["population", "index", "spike_times", "obs_intervals"],
    )


def _neurons(sizes: Mapping[str, int]) -> tuple[list[str], NDArray[np.int64]]:
    """Population and index of each neuron."""
    owners = [text(name) for name, size in sizes.items() for _ in range(size)]
    return owners, joined([np.arange(size) for size in sizes.values()], np.int64)


def _column(pynwb: Any, name: str, description: str, values: Any) -> Any:
    return pynwb.core.VectorData(name=name, description=description, data=values)


def _ragged(pynwb: Any, name: str, description: str, rows: Sequence[Any]) -> list[Any]:
    """A column of arrays of any length, and its index."""
    column = _column(pynwb, name, description, np.concatenate(rows).astype(np.float64))
    ends = np.cumsum([len(row) for row in rows])
    return [column, pynwb.core.VectorIndex(name=f"{name}_index", target=column, data=ends)]


def _add_potentials(pynwb: Any, file: Any, result: "Result") -> None:
    """A series a population, and in the table `v_neurons` whose each of their columns is."""
    neurons = result.v_neurons
    if not neurons:
        return
    names = _series_names("v", neurons)
    for population, name in names.items():
        file.add_acquisition(
            pynwb.TimeSeries(
                name=name,
                description=f"membrane potentials of neurons of {text(population)}; see the table v_neurons",
                data=result.v[population],
                unit="volts",
                starting_time=span(result)[0],
                rate=1 / result.dt,
                continuity="continuous",
            )
        )
    owners, columns = _neurons({name: found.size for name, found in neurons.items()})
    first = dict(zip(result.sizes, np.cumsum([0, *result.sizes.values()]).tolist(), strict=False))
    units = joined([found + first[name] for name, found in neurons.items()], np.int64)
    if not units.size:
        return
    series = [names[name] for name, found in neurons.items() for _ in found]
    members = joined([*neurons.values()], np.int64)
    table = [
        _column(pynwb, "series", "the series in acquisition", series),
        _column(pynwb, "column", "column of its data", columns),
        _column(pynwb, "population", "population of the neuron", owners),
        _column(pynwb, "index", "index of the neuron in its population", members),
        _column(pynwb, "unit", "id of the neuron in units", units),
    ]
    _module(file).add(
        pynwb.core.DynamicTable(
            name="v_neurons",
            description="whose membrane potential each column of the series in acquisition is",
            id=np.arange(units.size),
            columns=table,
        )
    )


def _add_weights(pynwb: Any, file: Any, result: "Result") -> None:
    """A series a plastic projection, [records, pre, post]."""
    names = _series_names("weights", result.weights)
    for projection, times, weights in weight_records(result):
        _module(file).add(
            pynwb.TimeSeries(
                name=names[projection],
                description=f"weights [records, pre, post] of {text(projection)}, the last after the run",
                data=weights,
                unit="as in the network",
                timestamps=times,
                continuity="step",
            )
        )


def _module(file: Any) -> Any:
    """The processing module, made when it is first needed: empty ones are not written."""
    about = "what a simulation has and a recording has not"
    return file.processing.get(MODULE) or file.create_processing_module(MODULE, about)


def _series_names(kind: str, owners: Iterable[str]) -> dict[str, str]:
    """A name for the series of each owner: HDF5 has no name with a slash, NWB none with a colon."""
    names: dict[str, str] = {}
    for owner in owners:
        plain = name = f"{kind}_{text(owner).replace('/', '_').replace(':', '_')}"
        while name in names.values():
            name = f"{plain}_{len(names)}"
        names[owner] = name
    return names
