"""Results as Neo's objects, which Elephant and other tools of electrophysiology take, and as NIX files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...optional import optional
from ...writing import writing
from .records import span, text, trains, weight_records

if TYPE_CHECKING:
    from ..result import Result


def block(result: "Result") -> Any:
    """See `Result.to_neo`, of which this is the work."""
    neo = optional("neo", "neo", "Neo's form of a result")
    made = _without_weights(neo, result)
    made.segments[0].irregularlysampledsignals.extend(_weights(neo, result))
    return made


def save_nix(result: "Result", path: str | Path) -> None:
    """Write a result as a NIX file, which `neo.NixIO` reads.

    Neo writes each channel of a signal as an array of its own: weights, of which there are many, are written
    beside what Neo writes, as one array [records, pre, post] a projection.

    Raises
    ------
    MissingExtraError
        If Neo or nixio is not installed.
    FileError
        If the place cannot be written.
    """
    neo = optional("neo", "neo", "writing .nix", "nixio")
    made = _without_weights(neo, result)
    with writing(path) as temporary, neo.NixIO(str(temporary), "ow") as file:
        file.write_block(made, use_obj_names=False)
        for projection, times, weights in weight_records(result):
            if weights.size:
                array = file.nix_file.blocks[0].create_data_array(
                    f"weights {text(projection)}".replace("/", "_"), "allspike.weights", data=weights
                )
                array.append_range_dimension(times, label="time", unit="s")
                array.append_set_dimension()
                array.append_set_dimension()


def _without_weights(neo: Any, result: "Result") -> Any:
    segment = neo.Segment(name="run")
    groups = []
    for name in result.sizes:
        found = _spike_trains(neo, result, name)
        segment.spiketrains.extend(found)
        signals = _potentials(neo, result, name)
        segment.analogsignals.extend(signals)
        groups.append(neo.Group([*found, *signals], name=text(name)))
    counters = {f"counter_{name}": count for name, count in result.counters.items()}
    made = neo.Block(
        name="allspike",
        description="\n".join(map(text, result.notes)) or None,
        **{"dt": result.dt, "start": result.start, "steps": result.steps} | counters,
    )
    made.segments.append(segment)
    made.groups.extend(groups)
    return made


def _spike_trains(neo: Any, result: "Result", population: str) -> list[Any]:
    first, last = span(result)
    return [
        neo.SpikeTrain(
            times,
            units="s",
            t_start=first,
            t_stop=last,
            sampling_rate=1 / _seconds(result.dt),
            name=f"{text(population)}[{k}]",
            population=text(population),
            index=k,
        )
        for k, times in enumerate(trains(result, population))
    ]


def _potentials(neo: Any, result: "Result", population: str) -> list[Any]:
    """One signal, if V of some neurons was recorded: NIX holds none without channels."""
    neurons = result.v_neurons.get(population)
    if neurons is None or not neurons.size:
        return []
    signal = neo.AnalogSignal(
        result.v[population],
        units="V",
        t_start=_seconds(span(result)[0]),
        sampling_period=_seconds(result.dt),
        name="v",
        population=text(population),
        array_annotations={"index": np.asarray(neurons)},
    )
    return [signal]


def _weights(neo: Any, result: "Result") -> list[Any]:
    """A channel a pair, row by row."""
    signals = []
    for projection, times, weights in weight_records(result):
        records, pre, post = weights.shape
        if pre * post:
            signals.append(
                neo.IrregularlySampledSignal(
                    times,
                    weights.reshape(records, pre * post),
                    time_units="s",
                    units="dimensionless",
                    name="weights",
                    projection=text(projection),
                    array_annotations={
                        "pre": np.repeat(np.arange(pre), post),
                        "post": np.tile(np.arange(post), pre),
                    },
                )
            )
    return signals


def _seconds(value: float) -> Any:
    return value * optional("quantities", "neo", "Neo's form of a result").s
