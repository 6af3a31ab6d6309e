"""Results that leave nothing out, and the files of other tools read back: what the tests of exports share."""

from pathlib import Path
from typing import Any

import neo
import numpy as np
import pynwb
import pytest

import allspike as asp
from allspike.results.export import neo as neo_export

SIZES = {"cells": 6, "größe/a:b, c": 3, "größe_a_b, c": 1, "empty": 0}


def made(start: int = 1000, steps: int = 400, dt: float = 5e-4, **others: Any) -> asp.Result:
    """A run that began late: neuron 0 of each population is silent, V is of some neurons out of order."""
    rng = np.random.default_rng(start)
    spikes, v, neurons = {}, {}, {}
    for name, size in SIZES.items():
        raster = rng.random((steps, size)) < 0.1
        raster[:, :1] = False
        when, who = np.nonzero(raster)
        spikes[name] = (when + start, who)
    for name, recorded in {"cells": [4, 0], "größe/a:b, c": [2], "größe_a_b, c": [0]}.items():
        neurons[name] = np.array(recorded)
        v[name] = rng.normal(-0.06, 0.01, (steps, len(recorded)))
    values: dict[str, Any] = {
        "dt": dt, "start": start, "steps": steps, "sizes": SIZES,
        "spikes": spikes, "v": v, "v_neurons": neurons,
        "weights": {"in/a": rng.random((2, 6)), "b": rng.random((3, 1))},
        "weight_steps": {"in/a": np.array([start, start + steps])},
        "weight_history": {"in/a": rng.random((2, 2, 6))},
        "counters": {"firings": 7}, "notes": ("one thing: ä.", "another."),
    }  # fmt: skip
    return asp.Result(**values | others)


LATE = made()
JOINED = made() + made(start=1400)
NOTHING = asp.Result(dt=1e-3, start=0, steps=0, sizes={}, spikes={})
SILENT = made(
    steps=20, v={}, v_neurons={}, weights={}, weight_steps={}, weight_history={}, notes=(),
    spikes={name: (np.zeros(0, np.int64),) * 2 for name in SIZES},
)  # fmt: skip
STRANGE = asp.Result(
    dt=1e-3, start=0, steps=3, sizes={"a\0\ud800": 1}, spikes={"a\0\ud800": (np.array([1]), np.array([0]))},
    v={"a\0\ud800": np.zeros((3, 1))}, v_neurons={"a\0\ud800": np.array([0])}, notes=("\ud800.",),
    weights={"\0": np.ones((1, 1))},
)  # fmt: skip
ALL = pytest.mark.parametrize("result", [LATE, JOINED, SILENT], ids=["late", "joined", "silent"])


def times_of(result: asp.Result, name: str, neuron: int) -> list[float]:
    """By a loop: s from the device's reset."""
    return [step * result.dt for step, who in zip(*result.spikes[name], strict=True) if who == neuron]


def written_as_nix(result: asp.Result, folder: Path) -> Any:
    neo_export.save_nix(result, folder / "r.nix")
    with neo.NixIO(str(folder / "r.nix"), "ro") as file:
        return file.read_block()


def read_nwb(path: Path) -> dict[str, Any]:
    """Everything in a file that pynwb's validator passes, as arrays."""
    assert pynwb.validate(path=str(path)) == []
    with pynwb.NWBHDF5IO(str(path), "r") as file:
        nwb = file.read()
        module = nwb.processing.get("simulation")
        return {
            "file": {name: getattr(nwb, name) for name in ("identifier", "session_description", "notes",
                                                           "session_start_time", "data_collection")},
            "units": None if nwb.units is None else nwb.units.to_dataframe(),
            "resolution": None if nwb.units is None else nwb.units.resolution,
            "series": {
                name: (one.data[:], one.unit, one.rate, one.starting_time)
                for name, one in nwb.acquisition.items()
            },
            "v_neurons": None if module is None or "v_neurons" not in module.data_interfaces
            else module["v_neurons"].to_dataframe(),
            "weights": {} if module is None else {
                name: (one.timestamps[:], one.data[:]) for name, one in module.data_interfaces.items()
                if name.startswith("weights")
            },
        }  # fmt: skip
