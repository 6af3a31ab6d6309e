"""What goes on from a checkpoint is what would have gone on without it, to the last bit, on every device."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.device import journal
from allspike.device.device import Device
from allspike.errors import DeviceError
from tests.command import command

from .checkpoint_devices import board, emulator
from .checkpoints import ACTS, CONFIG, changing, contents, network, uninterrupted
from .former_files import with_map_1


@pytest.fixture(scope="module")
def expected() -> list:
    seen = uninterrupted(asp.Simulation(network(), emulator(), seed=3))
    assert len({repr(one) for one in seen}) == len(ACTS), "every act shows"
    return seen


@pytest.mark.parametrize(
    "opened",
    [emulator, board, lambda k: (emulator, board)[k % 2](), lambda k: (board, emulator)[k % 2]()],
    ids=["emulator", "board", "from emulator to board", "from board to emulator"],
)
@pytest.mark.parametrize("every", [1, 3])
def test_it_goes_on_as_if_nothing_had_been(opened, every: int, expected: list, tmp_path: Path) -> None:
    for act, found, right in zip(ACTS, changing(tmp_path / "c.npz", opened, every), expected, strict=True):
        assert found == right, act


def test_it_is_resumed_by_name_of_a_device(tmp_path: Path) -> None:
    simulation = asp.Simulation(network(), seed=3)
    simulation.run_steps(30, {"noise": asp.Poisson(50.0)})
    simulation.checkpoint(tmp_path / "c.npz")
    resumed = asp.Simulation.resume(tmp_path / "c.npz", "emulator")
    runs = [one.run_steps(30, {"noise": asp.Poisson(50.0)}) for one in (simulation, resumed)]
    assert runs[0].start == runs[1].start == 30
    assert contents(resumed.device) == contents(simulation.device)
    assert resumed.image.report == simulation.image.report


@pytest.mark.parametrize("opened", [emulator, board])
def test_a_run_that_was_stopped_can_be_kept(opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its events and currents were to become."""
    simulation = asp.Simulation(network(), opened(), seed=3)

    def press(done: int, steps: int) -> None:
        if done >= 40:
            signal.raise_signal(signal.SIGINT)

    many = 100_000
    current = asp.StepCurrent([0.0, 0.01, 90.0], [0.1e-9, 0.4e-9, 0.9e-9])
    with pytest.raises(KeyboardInterrupt):
        simulation.run_steps(
            many,
            {"noise": asp.SpikeTimes(np.arange(0, 90, 0.01), np.arange(9000) % 8), "cells": current},
            progress=press,
        )
    assert simulation.last is not None
    assert 40 <= simulation.last.steps < many
    simulation.checkpoint(tmp_path / "c.npz")
    resumed = asp.Simulation.resume(tmp_path / "c.npz", board())
    assert contents(resumed.device) == contents(simulation.device)
    for one in (simulation, resumed):
        one.run_steps(50, {"noise": asp.Poisson(50.0)})
    assert contents(resumed.device) == contents(simulation.device)


def test_a_device_run_that_is_stopped_with_changes_to_come(tmp_path: Path) -> None:
    simulation = asp.Simulation(network(), emulator(), seed=3)
    stop = threading.Event()
    drive = (np.array([5, 9_000_000]), np.array([0, 0]), np.array([7, 9]))
    simulation.device.run_observed(
        10_000_000, drive=drive, progress=lambda done, _: stop.set() if done > 100 else None, stop=stop
    )
    simulation.checkpoint(tmp_path / "c.npz")
    resumed = asp.Simulation.resume(tmp_path / "c.npz", board())
    assert resumed.device.read("bias")[0] == 7
    simulation.reset()
    simulation.checkpoint(tmp_path / "c.npz")
    assert asp.Simulation.resume(tmp_path / "c.npz", board()).device.read("bias")[0] == 7


def test_a_reset_forgets_what_was_before_it() -> None:
    """Where the weights are known, which a simulation reads after each run that learns."""
    simulation = asp.Simulation(network(), board(), seed=3)
    simulation.run_steps(50, {"noise": asp.Poisson(50.0)})
    assert simulation.device.journal.entries
    simulation.reset(5)
    assert not simulation.device.journal.entries
    assert simulation.device.journal.base.seed == 5
    assert np.array_equal(simulation.device.journal.base.weights, simulation.device.read("weights"))


def test_an_image_that_is_changed_later_changes_no_history(tmp_path: Path) -> None:
    image = asp.compile_network(network(), CONFIG)
    simulation = asp.Simulation(image, board())
    image.weights[:] = 0
    simulation.run_steps(20, {"noise": asp.Poisson(50.0)})
    simulation.checkpoint(tmp_path / "c.npz")
    resumed = asp.Simulation.resume(tmp_path / "c.npz", board())
    assert contents(resumed.device) == contents(simulation.device)


def test_weights_that_are_read_within_a_run_are_not_those_at_its_end(tmp_path: Path) -> None:
    """Also where the history was lost within it."""
    simulation = asp.Simulation(network(), emulator(), seed=3)

    def progress(done: int, steps: int) -> None:
        simulation.learning_gain = 0.5
        simulation.device.read("weights")

    simulation.device.run(5000, (np.arange(5000), np.arange(5000) % 8), progress)
    simulation.reset()
    simulation.checkpoint(tmp_path / "c.npz")
    resumed = asp.Simulation.resume(tmp_path / "c.npz", emulator())
    assert contents(resumed.device) == contents(simulation.device)
    anew = asp.Simulation.resume(
        tmp_path / "c.npz", board()
    )  # a history that began at the reset, with others
    assert contents(anew.device) == contents(simulation.device)


def test_a_history_that_is_too_long_is_dropped_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LIMIT", 2000)
    there, here = (asp.Simulation(network(), one, seed=3) for one in (board(), emulator()))
    for simulation in (there, here):
        for _ in range(12):
            simulation.run_steps(10, {"noise": asp.Poisson(50.0)})
    with pytest.raises(DeviceError, match=r"cannot be brought back to step 120: .* more than 0 MB"):
        there.checkpoint(tmp_path / "c.npz")
    here.checkpoint(tmp_path / "c.npz")
    with pytest.raises(DeviceError, match="on an emulator of its own build alone"):
        asp.Simulation.resume(tmp_path / "c.npz", board())
    resumed = asp.Simulation.resume(tmp_path / "c.npz")
    assert contents(resumed.device) == contents(here.device)
    for simulation in (there, resumed):  # from the reset on there is a history again
        simulation.reset()
        simulation.run_steps(10, {"noise": asp.Poisson(50.0)})
        simulation.checkpoint(tmp_path / "c.npz")
        again = asp.Simulation.resume(tmp_path / "c.npz", board())
        assert contents(again.device) == contents(simulation.device)


def test_what_was_written_within_a_run_can_be_kept_by_the_emulator_alone(tmp_path: Path) -> None:
    def simulated(device: Device) -> asp.Simulation:
        simulation = asp.Simulation(network(), device, seed=3)

        def progress(done: int, steps: int) -> None:
            simulation.learning_gain = 0.25

        simulation.run_steps(5000, {"noise": asp.Poisson(50.0)}, progress=progress)
        return simulation

    here = simulated(emulator())
    here.checkpoint(tmp_path / "c.npz")
    resumed = asp.Simulation.resume(tmp_path / "c.npz", emulator())
    assert contents(resumed.device) == contents(here.device)
    with pytest.raises(DeviceError, match="it was written while a run was under way"):
        simulated(board()).checkpoint(tmp_path / "c.npz")


@pytest.mark.parametrize("opened", [emulator, board])
def test_a_checkpoint_of_memory_map_1_subtracts_thresholds_as_it_did(
    opened: Callable[[], Device], tmp_path: Path
) -> None:
    """Biases that changed on the way are writes of parameters in the history of a board."""
    simulations = []
    for k in range(2):
        simulation = asp.Simulation(network(reset="subtract"), opened(), seed=3)
        drive = {"noise": asp.Poisson(60.0), "cells": asp.StepCurrent([0.0, 0.005], [0.0, 1.5e-9])}
        simulation.run_steps(60, drive)
        simulations.append(simulation)
        if k:
            simulation.checkpoint(tmp_path / "c.npz")
            with_map_1(tmp_path / "c.npz")
            simulations[k] = asp.Simulation.resume(tmp_path / "c.npz", opened())
    assert contents(simulations[0].device) == contents(simulations[1].device)
    results = [simulation.run_steps(200, {"noise": asp.Poisson(60.0)}) for simulation in simulations]
    assert results[0].counts("cells").sum() > 50
    np.testing.assert_equal(results[1].spikes, results[0].spikes)
    assert contents(simulations[0].device) == contents(simulations[1].device)


def test_the_command_line_writes_one_and_goes_on_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    network().save("net.npz")
    noise = ("--poisson", "noise=60")
    assert command("run", "net.npz", "--steps", 60, *noise, "--seed", 4, "--out", "whole.npz") == 0
    assert command("run", "net.npz", "--steps", 30, *noise, "--seed", 4, "--checkpoint", "half.npz") == 0
    assert "wrote half.npz" in capsys.readouterr().out
    assert command("run", "half.npz", "--steps", 30, *noise, "--out", "rest.npz") == 0
    whole, rest = (asp.Result.load(f"{name}.npz") for name in ("whole", "rest"))
    assert (rest.start, rest.steps) == (30, 30)
    assert rest.array("cells").tolist() == whole.array("cells")[30:].tolist()
    assert np.array_equal(rest.weights["noise-cells"], whole.weights["noise-cells"])
    for option in (("--seed", 4), ("--config", "core96"), ("--exact",)):
        assert command("run", "half.npz", "--steps", 30, *option) == 2
        assert "half.npz is a checkpoint" in " ".join(capsys.readouterr().err.split())
    assert command("run", "net.npz", "--steps", 9, "--checkpoint", "none/half.npz") == 5
    assert command("info", "half.npz") == 0
    assert "Checkpoint at step 30 (0.03 s), 30 steps of history" in capsys.readouterr().out
    (tmp_path / "half.npz").write_bytes((tmp_path / "half.npz").read_bytes()[:500])
    assert command("run", "half.npz", "--steps", 30) == 5
