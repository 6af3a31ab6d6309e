"""Results for other tools, read back by those tools."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import elephant
import neo
import nixio
import numpy as np
import pandas as pd
import pynwb
import pytest
import quantities as pq

import allspike as asp
from allspike.errors import FileError, MissingExtraError, ParameterError
from allspike.results.export import neo as neo_export
from tests.command import command

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


@pytest.mark.parametrize("form", [lambda result, _: result.to_neo(), written_as_nix], ids=["memory", "nix"])
@ALL
def test_neo_holds_spikes_and_potentials(
    result: asp.Result, form: Callable[[asp.Result, Path], Any], tmp_path: Path
) -> None:
    block = form(result, tmp_path)
    (segment,) = block.segments
    neurons = [(name, k) for name, size in SIZES.items() for k in range(size)]
    assert [(t.annotations["population"], t.annotations["index"]) for t in segment.spiketrains] == neurons
    for train, (name, k) in zip(segment.spiketrains, neurons, strict=True):
        np.testing.assert_allclose(train.rescale("ms").magnitude, 1e3 * np.array(times_of(result, name, k)))
        assert train.size == result.counts(name)[k]
        assert float(train.t_start.rescale("s")) == pytest.approx(result.start * result.dt)
        assert float(train.t_stop.rescale("s")) == pytest.approx((result.start + result.steps) * result.dt)
    assert [signal.annotations["population"] for signal in segment.analogsignals] == list(result.v)
    for signal in segment.analogsignals:
        name = signal.annotations["population"]
        np.testing.assert_allclose(signal.rescale("mV").magnitude, 1e3 * result.v[name])
        np.testing.assert_array_equal(signal.array_annotations["index"], result.v_neurons[name])
        assert float(signal.sampling_period.rescale("s")) == pytest.approx(result.dt)
        assert float(signal.t_start.rescale("s")) == pytest.approx(result.start * result.dt)
    assert [(group.name, len(group.spiketrains)) for group in block.groups] == list(SIZES.items())
    assert block.annotations["counter_firings"] == result.counters["firings"]
    assert (block.description or "") == "\n".join(result.notes)


def test_neo_holds_the_weights() -> None:
    history, last = LATE.to_neo().segments[0].irregularlysampledsignals
    assert history.annotations["projection"] == "in/a"
    np.testing.assert_allclose(history.times.rescale("s").magnitude, [1000 * LATE.dt, 1400 * LATE.dt])
    for record, weights in zip(
        history.magnitude, [LATE.weight_history["in/a"][0], LATE.weights["in/a"]], strict=True
    ):
        pairs = zip(history.array_annotations["pre"], history.array_annotations["post"], strict=True)
        assert record.tolist() == [weights[pre, post] for pre, post in pairs]
    assert last.shape == (1, 3) and last.annotations["projection"] == "b"


def test_nix_holds_the_weights_as_one_array(tmp_path: Path) -> None:
    neo_export.save_nix(LATE, tmp_path / "r.nix")
    file = nixio.File.open(str(tmp_path / "r.nix"), nixio.FileMode.ReadOnly)
    array = file.blocks[0].data_arrays["weights in_a"]
    np.testing.assert_array_equal(array[:], [LATE.weight_history["in/a"][0], LATE.weights["in/a"]])
    np.testing.assert_allclose(array.dimensions[0].ticks, [0.5, 0.7])
    file.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of quantities, in Elephant
def test_elephant_computes_on_it() -> None:
    trains = [t for t in LATE.to_neo().segments[0].spiketrains if t.annotations["population"] == "cells"][1:]
    seconds = LATE.steps * LATE.dt
    raster = LATE.array("cells")[:, 1:].astype(int)
    for k, train in enumerate(trains):
        rate = elephant.statistics.mean_firing_rate(train).rescale("Hz").magnitude
        assert rate == pytest.approx(raster[:, k].sum() / seconds)
        assert rate == pytest.approx(LATE.rates("cells")[k + 1])
        gaps = np.diff(np.flatnonzero(raster[:, k]))
        assert elephant.statistics.cv(elephant.statistics.isi(train)) == pytest.approx(
            gaps.std() / gaps.mean()
        )
    binned = elephant.conversion.BinnedSpikeTrain(trains, bin_size=LATE.dt * pq.s)
    np.testing.assert_array_equal(binned.to_array(), raster.T)
    np.testing.assert_allclose(
        elephant.spike_train_correlation.correlation_coefficient(binned), np.corrcoef(raster.T)
    )
    first, second = (elephant.conversion.BinnedSpikeTrain(t, bin_size=LATE.dt * pq.s) for t in trains[:2])
    found, lags = elephant.spike_train_correlation.cross_correlation_histogram(first, second, window=[-9, 9])
    padded = np.pad(raster[:, 1], 9)
    expected = [int(raster[:, 0] @ padded[9 + lag : 9 + lag + LATE.steps]) for lag in lags]
    assert found.magnitude.ravel().tolist() == expected


@ALL
def test_pandas_holds_everything(result: asp.Result) -> None:
    frames = result.to_pandas()
    assert list(frames.spikes.columns) == ["population", "neuron", "step", "time"]
    assert isinstance(frames.spikes.population.dtype, pd.CategoricalDtype)
    for name, size in SIZES.items():
        mine = frames.spikes[frames.spikes.population == name]
        when, who = result.spikes[name]
        np.testing.assert_array_equal(mine.step, when)
        np.testing.assert_array_equal(mine.neuron, who)
        np.testing.assert_allclose(mine.time, when * result.dt)
        neurons = frames.neurons[frames.neurons.population == name]
        assert neurons.neuron.tolist() == list(range(size))
        np.testing.assert_array_equal(neurons.spikes, result.counts(name))
        np.testing.assert_allclose(neurons.rate, result.rates(name))
    assert frames.v.shape == (result.steps, sum(found.size for found in result.v_neurons.values()))
    np.testing.assert_allclose(frames.v.index, (result.start + np.arange(result.steps)) * result.dt)
    for name, v in result.v.items():
        for k, neuron in enumerate(result.v_neurons[name]):
            np.testing.assert_array_equal(frames.v[name, neuron], v[:, k])
    tidy = frames.v.melt(ignore_index=False, value_name="v").reset_index()
    assert list(tidy.columns) == ["time", "population", "neuron", "v"] and len(tidy) == frames.v.size


def test_pandas_holds_the_weights() -> None:
    weights = LATE.to_pandas().weights
    assert len(weights) == 2 * 12 + 3
    found = weights[weights.projection == "in/a"].set_index(["time", "pre", "post"]).weight
    np.testing.assert_array_equal(found.to_numpy()[:12], LATE.weight_history["in/a"][0].ravel())
    assert found.loc[1400 * LATE.dt, 1, 5] == LATE.weights["in/a"][1, 5]


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


@ALL
def test_nwb_holds_everything(result: asp.Result, tmp_path: Path) -> None:
    result.to_nwb(tmp_path / "r.nwb")
    found = read_nwb(tmp_path / "r.nwb")
    units = found["units"]
    neurons = [(name, k) for name, size in SIZES.items() for k in range(size)]
    assert list(zip(units["population"], units["index"], strict=True)) == neurons
    run = [[result.start * result.dt, (result.start + result.steps) * result.dt]]
    for row, (name, k) in zip(units.itertuples(), neurons, strict=True):
        np.testing.assert_allclose(row.spike_times, times_of(result, name, k), rtol=1e-14)
        np.testing.assert_allclose(row.obs_intervals, run)
    assert found["resolution"] == result.dt
    assert len(found["series"]) == len(result.v)
    for data, unit, rate, start in found["series"].values():
        assert unit == "volts" and rate == pytest.approx(1 / result.dt)
        assert start == pytest.approx(result.start * result.dt) and len(data) == result.steps
    for name, recorded in result.v_neurons.items():
        table = found["v_neurons"][found["v_neurons"].population == name]
        assert table["index"].tolist() == recorded.tolist()
        assert [neurons[unit] for unit in table.unit] == [(name, k) for k in recorded]
        for row in table.itertuples():
            column = recorded.tolist().index(neurons[row.unit][1])
            np.testing.assert_array_equal(
                found["series"][row.series][0][:, row.column], result.v[name][:, column]
            )
    assert len(found["weights"]) == len(result.weights)
    for name, weights in result.weights.items():
        times, data = found["weights"][f"weights_{name.replace('/', '_')}"]
        assert times[-1] == pytest.approx((result.start + result.steps) * result.dt)
        np.testing.assert_array_equal(data[-1], weights)
    assert (found["file"]["notes"] or "") == "\n".join(result.notes)
    assert "firings: " in found["file"]["data_collection"]


def test_nwb_takes_its_session(tmp_path: Path) -> None:
    began = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=5)))
    LATE.to_nwb(str(tmp_path / "r.nwb"), session_start_time=began, description="größe", identifier="me")
    file = read_nwb(tmp_path / "r.nwb")["file"]
    assert (file["session_start_time"], file["session_description"], file["identifier"]) == (
        began,
        "größe",
        "me",
    )
    LATE.to_nwb(tmp_path / "r.nwb", session_start_time=datetime(2026, 1, 2))
    other = read_nwb(tmp_path / "r.nwb")["file"]
    assert other["session_start_time"] == datetime(2026, 1, 2).astimezone()
    LATE.to_nwb(tmp_path / "r.nwb")
    last = read_nwb(tmp_path / "r.nwb")["file"]
    assert abs(last["session_start_time"] - datetime.now(UTC)) < timedelta(minutes=5)
    assert last["identifier"] != other["identifier"]


@pytest.mark.parametrize(
    "wrong", [{"session_start_time": "today"}, {"description": " "}, {"identifier": 5}], ids=str
)
def test_nwb_refuses_what_is_no_session(wrong: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "r.nwb").write_text("old")
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        LATE.to_nwb(tmp_path / "r.nwb", **wrong)
    assert (tmp_path / "r.nwb").read_text() == "old"


@pytest.mark.parametrize(
    "result", [NOTHING, STRANGE, made(steps=0, v={}, v_neurons={})], ids=["0", "odd", "short"]
)
def test_the_ends_of_what_a_result_can_be(result: asp.Result, tmp_path: Path) -> None:
    neurons = sum(result.sizes.values())
    assert len(result.to_neo().segments[0].spiketrains) == neurons
    assert len(written_as_nix(result, tmp_path).segments[0].spiketrains) == neurons
    assert len(result.to_pandas().neurons) == neurons
    result.to_nwb(tmp_path / "r.nwb")
    units = read_nwb(tmp_path / "r.nwb")["units"]
    assert (0 if units is None else len(units)) == neurons


def test_v_of_a_view_of_a_network(tmp_path: Path) -> None:
    net = asp.Network()
    cells = net.neurons(9, asp.LIF(i_offset=2e-9), "cells")
    simulation = asp.Simulation(net)
    simulation.run(0.03)
    result = simulation.run(0.05, record_v=cells[[7, 2]])
    assert result.start == 30
    (signal,) = result.to_neo().segments[0].analogsignals
    np.testing.assert_array_equal(signal.magnitude, result.v[cells[[7, 2]]])
    assert signal.array_annotations["index"].tolist() == [7, 2]
    np.testing.assert_array_equal(result.to_pandas().v["cells", 2], result.v[cells[[2]]][:, 0])


def test_a_file_in_the_way_is_replaced_whole_or_kept(tmp_path: Path) -> None:
    place = tmp_path / "r.nwb"
    place.write_text("old")
    place.chmod(0o640)
    LATE.to_nwb(place)
    assert pynwb.validate(path=str(place)) == [] and place.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [place]
    with pytest.raises(FileError, match="there is no folder"):
        LATE.to_nwb(tmp_path / "absent" / "r.nwb")
    broken = replace(LATE, v={name: np.array([[object()]]) for name in LATE.v})
    before = place.read_bytes()
    with pytest.raises(TypeError):
        broken.to_nwb(place)
    assert place.read_bytes() == before and sorted(tmp_path.iterdir()) == [place]


def test_spikes_come_back_from_neo() -> None:
    trains = LATE.to_neo().groups[0].spiketrains
    net = asp.Network(dt=LATE.dt)
    pixels = net.inputs(6, "in")
    cells = net.neurons(6, asp.delta_lif(tau_m=0.0), "out")
    net.connect(pixels, cells, asp.OneToOne(), weight=1.5)
    again = asp.Simulation(net).run_steps(LATE.steps, {pixels: asp.SpikeTimes.from_neo(trains)})
    np.testing.assert_array_equal(again.array("out"), LATE.array("cells"))
    in_ms = [neo.SpikeTrain(t.rescale("ms"), t_start=t.t_start, t_stop=t.t_stop) for t in trains]
    np.testing.assert_allclose(
        asp.SpikeTimes.from_neo(in_ms).times, asp.SpikeTimes.from_neo(trains).times, atol=1e-12
    )
    assert np.size(asp.SpikeTimes.from_neo(neo.Segment()).times) == 0
    for wrong in ([0.1, 0.2], None, "trains"):
        with pytest.raises(ParameterError, match="spike trains"):
            asp.SpikeTimes.from_neo(wrong)


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result, a network and an image."""
    LATE.save(tmp_path / "r.npz")
    net = asp.Network()
    net.neurons(2, asp.LIF(), "cells")
    net.save(tmp_path / "net.npz")
    asp.compile_network(net).save(tmp_path / "image.npz")
    return tmp_path


def test_convert_writes_each_form(folder: Path, capsys: pytest.CaptureFixture) -> None:
    for ending in ("csv", "nix", "nwb", "NWB"):
        assert command("convert", folder / "r.npz", "--out", folder / f"r.{ending}", "--json") == 0
        answer = json.loads(capsys.readouterr().out)
        assert answer["wrote"] == [str(folder / f"r.{ending}")]
    assert len(read_nwb(folder / "r.nwb")["units"]) == len(read_nwb(folder / "r.NWB")["units"]) == 10
    with neo.NixIO(str(folder / "r.nix"), "ro") as file:
        assert len(file.read_block().segments[0].spiketrains) == 10
    with (folder / "r.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected = [
        (name, who, step - LATE.start) for name in SIZES for step, who in zip(*LATE.spikes[name], strict=True)
    ]
    assert [(row["population"], int(row["neuron"]), int(row["step"])) for row in rows] == expected


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("r.npz --out r.npz", 3, "use one of .csv, .nix, .nwb"),
        ("r.npz --out new.npz", 3, "use one of .csv, .nix, .nwb"),
        ("r.npz --out r.nbw", 3, "did you mean .nwb?"),
        ("r.npz --out r", 3, "use one of"),
        ("r.npz --out absent/r.nwb", 5, "there is no folder"),
        ("noise.npz --out absent/r.nwb", 5, "there is no folder"),  # said before anything is read
        ("rr.npz --out r.nwb", 5, "did you mean"),
        ("net.npz --out r.nwb", 3, "is a network"),
        ("image.npz --out r.nix", 3, "is an image"),
        ("noise.npz --out r.nwb", 5, "damaged"),
        ("r.npz", 2, "--out"),
    ],
)
def test_convert_refuses(
    arguments: str, code: int, said: str, folder: Path, capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(folder)
    (folder / "noise.npz").write_bytes(bytes(range(256)))
    before = sorted(folder.iterdir())
    assert command("convert", *arguments.split()) == code
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("package", "extra", "what"),
    [
        ("neo", "neo", lambda folder: LATE.to_neo()),
        ("pandas", "pandas", lambda folder: LATE.to_pandas()),
        ("pynwb", "nwb", lambda folder: LATE.to_nwb(folder / "new.nwb")),
        ("nixio", "neo", lambda folder: neo_export.save_nix(LATE, folder / "new.nix")),
    ],
)
def test_a_missing_package_is_asked_for(
    package: str, extra: str, what: Callable[[Path], object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent(package, monkeypatch)
    with pytest.raises(MissingExtraError, match=rf'"allspike\[{extra}\]"'):
        what(folder)


def absent(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a package not be installed."""
    from importlib import import_module  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    def importing(name: str, *rest: Any) -> Any:
        if name == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return import_module(name, *rest)

    monkeypatch.setattr("allspike.optional.import_module", importing)
    monkeypatch.setattr(
        "allspike.cli.convert.find_spec", lambda name: None if name == package else find_spec(name)
    )


def test_the_command_asks_for_it_before_anything_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    absent("nixio", monkeypatch)
    assert command("convert", folder / "r.npz", "--out", folder / "r.nix") == 7
    assert 'pip install "allspike[neo]"' in capsys.readouterr().err
    assert not (folder / "r.nix").exists()
