"""Checkpoints that are damaged or do not fit are refused by name, and so are those that cannot be made."""

import json
from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.device.device import Device
from allspike.device.patch import whole
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError, FileError
from allspike.map import device_map as dm

from .checkpoint_devices import Board, board, emulator
from .checkpoints import CONFIG, network


def test_a_checkpoint_within_a_run_is_refused(tmp_path: Path) -> None:
    simulation = asp.Simulation(network(), emulator())

    def progress(done: int, steps: int) -> None:
        simulation.checkpoint(tmp_path / "c.npz")

    with pytest.raises(DeviceError, match="a run is under way"):
        simulation.run_steps(10, progress=progress)


def test_a_checkpoint_of_memory_map_1_with_parts_of_parameters_is_refused(tmp_path: Path) -> None:
    simulation = asp.Simulation(network(reset="subtract"), board(), seed=3)
    simulation.device.put([whole(dm.NEURON_PARAMS.base + 8, bytes(4))])
    simulation.checkpoint(tmp_path / "c.npz")
    asp.Simulation.resume(tmp_path / "c.npz", board())
    with np.load(tmp_path / "c.npz") as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays.pop("header")))
    header["image"]["map_version"] = header["base"]["map_version"] = 1
    np.savez(tmp_path / "c.npz", header=np.array(json.dumps(header)), **arrays)
    with pytest.raises(
        FileError, match="memory map 1, and its history writes 4 bytes at 0x10000008, part of"
    ):
        asp.Simulation.resume(tmp_path / "c.npz", board())


def test_a_device_that_computes_something_else_is_found(tmp_path: Path) -> None:
    simulation = asp.Simulation(network(), board(), seed=3)
    simulation.run_steps(30, {"noise": asp.Poisson(50.0)})
    simulation.checkpoint(tmp_path / "c.npz")

    class Wrong(Board):
        def read(self, address: int, size: int) -> bytes:
            data = super().read(address, size)
            late = super().read(dm.STATUS.address("step"), 1) > b"\10"
            return data if address != dm.TRACES.base or not late else bytes([data[0] ^ 1]) + data[1:]

    with pytest.raises(DeviceError, match="holds other traces than the checkpoint says of step 30"):
        asp.Simulation.resume(tmp_path / "c.npz", Device(Wrong(CONFIG)))


def test_a_device_of_another_build_is_refused(tmp_path: Path) -> None:
    simulation = asp.Simulation(network(), emulator())
    simulation.checkpoint(tmp_path / "c.npz")
    with pytest.raises(DeviceError, match="does not fit"):
        asp.Simulation.resume(tmp_path / "c.npz", Device(EmulatorBus(asp.Config(neurons=24, inputs=8))))


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    simulation = asp.Simulation(network(), emulator())
    with pytest.raises(FileError, match="cannot write"):
        simulation.checkpoint(tmp_path / "none" / "c.npz")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    simulation = asp.Simulation(network(), emulator(), seed=3)
    simulation.run_steps(20, {"noise": asp.Poisson(50.0)})
    simulation.checkpoint(tmp_path / "c.npz")
    return tmp_path / "c.npz"


def test_a_damaged_file_is_named(kept: Path) -> None:
    data = kept.read_bytes()
    places = np.linspace(0, len(data) - 1, 60).astype(int)
    for damaged in (data[:0], data[:100], data[: len(data) // 2], b"other"):
        kept.write_bytes(damaged)
        with pytest.raises(FileError, match=r"c\.npz"):
            asp.Simulation.resume(kept)
    for place in places.tolist():
        kept.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            resumed = asp.Simulation.resume(kept)
        except FileError:
            continue
        assert resumed.device.step == 20, "a byte that nobody reads"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("journal.entries", lambda a: a[:, :5]),
        ("journal.entries", lambda a: a[:-1]),
        ("journal.entries", lambda a: a * 0 + 9),
        ("journal.entries", lambda a: -a),
        ("journal.writes", lambda a: a[:-1]),
        ("journal.changes", lambda a: a[:2]),
        ("held.weights", lambda a: a.T),
        ("held.neuron_state", lambda a: a.view(np.uint8)),
        ("hidden.generators", None),
        ("base.weights", lambda a: a[:3]),
    ],
)
def test_arrays_that_do_not_fit_are_named(kept: Path, name: str, changed) -> None:
    with np.load(kept) as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays.pop("header")))
    if changed is None:
        del arrays[name]
    else:
        arrays[name] = changed(arrays[name])
    header["arrays"] = sorted(arrays)
    np.savez(kept, header=np.array(json.dumps(header)), **arrays)
    with pytest.raises(FileError, match=r"c\.npz"):
        asp.Simulation.resume(kept)


def test_other_files_are_refused(tmp_path: Path) -> None:
    network().save(tmp_path / "net.npz")
    with pytest.raises(FileError, match="'allspike-network'; here a file of kind 'allspike-checkpoint'"):
        asp.Simulation.resume(tmp_path / "net.npz")
    with pytest.raises(FileError, match="cannot read"):
        asp.Simulation.resume(tmp_path / "none.npz")


def test_a_device_that_somebody_else_ran_is_known(tmp_path: Path) -> None:
    """Past its journal, by commands of the map."""
    simulation = asp.Simulation(network(), board(), seed=3)
    simulation.device.bus.write(dm.CONTROL.address("run_until"), (7).to_bytes(8, "little"))
    with pytest.raises(
        DeviceError, match="brought back to step 7: it was run otherwise than by its simulation"
    ):
        simulation.checkpoint(tmp_path / "c.npz")
