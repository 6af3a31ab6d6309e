"""Results as files of Neurodata Without Borders, which its own validator passes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pynwb
import pytest

import allspike as asp
from allspike.errors import FileError, ParameterError

from .exported import ALL, LATE, SIZES, read_nwb, times_of


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
