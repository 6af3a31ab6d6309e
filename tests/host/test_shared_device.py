"""A device holds one network and has one time: who comes second, or at once, is told."""

import copy
import pickle
import threading

import numpy as np
import pytest

from allspike import DeviceError, Network, OneToOne, Poisson, Simulation, delta_lif
from allspike import open as open_device


def relay(size: int) -> Network:
    """As many inputs, each of which makes its neuron fire."""
    net = Network(dt=1e-3)
    net.connect(
        net.inputs(size, "noise"), net.neurons(size, delta_lif(tau_m=0.0), "cells"), OneToOne(), weight=1.0
    )
    return net


@pytest.mark.parametrize(
    "use",
    [
        lambda sim: sim.run_steps(2), lambda sim: sim.state("cells"), lambda sim: sim.weights("noise-cells"),
        lambda sim: sim.set_weights("noise-cells", 0.5), lambda sim: sim.reset(),
        lambda sim: sim.learning_gain, lambda sim: sim.snapshot(), lambda sim: sim.checkpoint("late.npz"),
    ],
)  # fmt: skip
def test_a_simulation_whose_device_was_loaded_again_says_so(use: object, tmp_path, monkeypatch) -> None:
    """Otherwise the second network's spikes would come under the first one's names."""
    monkeypatch.chdir(tmp_path)
    device = open_device("emulator", config="core96")
    first, second = Simulation(relay(4), device), Simulation(relay(3), device)
    with pytest.raises(DeviceError, match=r"loaded with another network since.*new Simulation"):
        use(first)
    assert second.run_steps(2, {"noise": np.ones((2, 3))}).counts("cells").tolist() == [2, 2, 2]
    assert "Simulation" in repr(first)
    with first:
        pass


def test_a_network_loaded_again_runs_again() -> None:
    device = open_device("emulator", config="core96")
    for size in (4, 3, 4):
        found = Simulation(relay(size), device).run_steps(2, {"noise": np.ones((2, size))})
        assert found.counts("cells").tolist() == [2] * size


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda sim: pickle.loads(pickle.dumps(sim))])
def test_a_copy_of_a_simulation_has_a_device_of_its_own(copied: object) -> None:
    sim = Simulation(relay(4))
    other = copied(sim)
    other.run_steps(3)
    assert (sim.device.step, other.device.step) == (0, 3)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda sim: pickle.loads(pickle.dumps(sim))])
def test_a_copy_of_a_simulation_goes_on_as_the_first_would(copied: object) -> None:
    """With the spikes that are under way."""
    net = Network(dt=1e-3)
    noise, cells = net.inputs(5, "noise"), net.neurons(11, delta_lif(delay=7e-3), "cells")
    net.connect(noise, cells, weight=1.0)
    net.connect(cells, cells, OneToOne(), weight=1.0)
    sim = Simulation(net)
    sim.run_steps(9, {"noise": np.eye(9, 5) > 0})
    other = copied(sim)
    # Each of five waves of eleven comes again seven steps later.
    waves = sum(step % 7 < 5 for step in range(9, 39))
    assert [one.run_steps(30).counts("cells").sum() for one in (sim, other)] == [11 * waves] * 2


def test_threads_that_run_one_simulation_at_once_are_refused_and_do_no_harm() -> None:
    """Two runs at once share rings and time: what came of them would be neither's."""
    sim = Simulation(relay(4), seed=1)
    steps, drive = 200_000, {"noise": Poisson(100)}
    begun, refused = threading.Event(), []

    def at_once() -> None:
        begun.wait()
        for use in (lambda: sim.run_steps(steps, drive), lambda: sim.device.run(3)):
            with pytest.raises(DeviceError, match="another thread is running this device") as error:
                use()
            refused.append(error)

    def note(done: int, asked: int) -> None:
        if not begun.is_set():
            begun.set()
            other.join()

    other = threading.Thread(target=at_once, daemon=True)
    other.start()
    found = sim.run_steps(steps, drive, progress=note)
    assert len(refused) == 2
    alone = Simulation(relay(4), seed=1).run_steps(steps, drive)
    for one, whole in zip(found.spikes["cells"], alone.spikes["cells"], strict=True):
        np.testing.assert_array_equal(one, whole)
    assert sim.run_steps(2).start == steps  # the next one may


def test_a_run_that_failed_lets_the_next_thread_in() -> None:
    sim = Simulation(relay(4))

    def fail(done: int, asked: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sim.run_steps(10, progress=fail)
    sim.reset()
    found = []
    thread = threading.Thread(target=lambda: found.append(sim.run_steps(4)))
    thread.start()
    thread.join()
    assert found[0].steps == 4
