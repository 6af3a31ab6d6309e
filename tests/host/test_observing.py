"""V after every step and biases that change at a step: the same numbers however a device does it."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.device.bus import Bus
from allspike.device.device import Device
from allspike.device.observing import Observation
from allspike.emulator.bus import EmulatorBus
from allspike.errors import ParameterError
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.lif import LIF
from tests.examples import examples

from .networks import Network, networks
from .test_model import reference

CONFIG = Config(neurons=16, inputs=4, event_ring=16, spike_ring=16)
relaxed = settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))


class Plain(EmulatorBus):
    """As a board is: its host stops at the steps that matter. Counts what that takes."""

    patch = Bus.patch

    def __init__(self, config: Config) -> None:
        self.read_from: list[tuple[int, int]] = []
        self.written: list[tuple[int, int]] = []
        super().__init__(config)

    def observe(self, asked: Observation | None) -> bool:
        return False

    def read(self, address: int, size: int) -> bytes:
        self.read_from.append((address, size))
        return super().read(address, size)

    def write(self, address: int, data: bytes) -> None:
        self.written.append((address, len(data)))
        super().write(address, data)


@st.composite
def observations(draw: st.DrawFn, network: Network) -> tuple:
    """Probes, also the same twice, and changes, also several of a neuron in one step."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    neurons, top = network.config.neurons, network.config.state_max
    probes = rng.integers(0, neurons, draw(st.integers(0, 5)))
    count = draw(st.integers(0, 20))
    limit = draw(st.sampled_from((20, top)))
    biases = rng.integers(-limit - 1, limit, count, endpoint=True)
    return probes, (np.sort(rng.integers(0, network.steps, count)), rng.integers(0, neurons, count), biases)


@relaxed
@given(network=networks(), data=st.data())
def test_what_is_observed_is_what_the_document_says(network: Network, data: st.DataObject) -> None:
    """On the fast path, and stopping at the steps; the spikes, V, and what is left; events in any order."""
    probes, (steps, neurons, biases) = data.draw(observations(network))
    model = reference(network)
    spikes, v = [], np.zeros((network.steps, probes.size), int)
    for t in range(network.steps):
        for k in np.flatnonzero(steps == t):
            model.neurons[neurons[k]].params["bias"] = int(biases[k])
        spikes += [(t, j) for j in model.step(np.flatnonzero(network.events[t]))]
        v[t] = [model.neurons[j].state["v"] for j in probes]
    for bus in (EmulatorBus(network.config), Plain(network.config)):
        device = Device(bus)
        network.write_to(device)
        found, seen = device.run_observed(
            network.steps,
            tuple(part[::-1] for part in network.events_from(0, network.steps)),
            probes=probes,
            drive=(steps, neurons, biases),
        )
        assert list(zip(*(part.tolist() for part in found), strict=True)) == spikes
        assert seen.dtype == np.int32
        assert seen.tolist() == v.tolist()
        assert device.read("bias").tolist() == [neuron.params["bias"] for neuron in model.neurons]
        assert device.read("neuron_state.v").tolist() == model.state("v")


def ramp(bus: EmulatorBus) -> Device:
    """V counts the steps."""
    device = Device(bus)
    device.write("threshold", 10_000)
    device.write("beta", 1 << dm.DECAY_BITS)
    device.write("bias", 1)
    return device


@pytest.mark.parametrize("kind", [EmulatorBus, Plain])
def test_a_run_after_another_is_observed_from_where_it_starts(kind: type[EmulatorBus]) -> None:
    device = ramp(kind(CONFIG))
    device.run(5)
    _, v = device.run_observed(3, probes=[2], drive=([1], [2], [10]))
    assert v.tolist() == [[6], [16], [26]]
    device.run(1)
    assert device.read("v")[2] == 36, "the bias stays"
    _, v = device.run_observed(2, drive=([0], [2], [-1]))
    assert v.shape == (2, 0)
    assert device.read("v")[2] == 34


def test_the_map_sees_and_keeps_the_biases_of_a_run() -> None:
    device = ramp(EmulatorBus(CONFIG))
    device.run_observed(4, drive=([0, 3], [5, 6], [50, 60]))
    assert device.read("bias").tolist() == [1] * 5 + [50, 60] + [1] * 9
    device.write("threshold", 9000, index=3)
    device.run(1)
    assert device.read("v")[5:8].tolist() == [250, 123, 5]


@pytest.mark.parametrize("kind", [EmulatorBus, Plain])
def test_a_run_that_is_stopped_has_what_was_done(kind: type[EmulatorBus]) -> None:
    device, stop = ramp(kind(CONFIG)), threading.Event()
    many = 10_000 if kind is Plain else 10_000_000

    def progress(done: int, steps: int) -> None:
        assert steps == many
        if done >= 30:
            stop.set()

    _, v = device.run_observed(
        many, probes=[0, 1], drive=([20, many - 1], [1, 1], [2, 3]), progress=progress, stop=stop
    )
    done = device.step
    assert 30 <= done < many
    assert len(v) == done
    assert v[:9000, 0].tolist() == [*range(1, min(done, 9000) + 1)]
    assert v[19:21, 1].tolist() == [20, 22]
    assert device.read("bias")[:3].tolist() == [1, 2, 1], (
        "changes of steps that were not reached are not made"
    )


def test_a_run_that_is_stopped_at_once_changes_nothing() -> None:
    stop = threading.Event()
    stop.set()
    for kind in (EmulatorBus, Plain):
        device = ramp(kind(CONFIG))
        spikes, v = device.run_observed(10, probes=[0], drive=([0], [0], [7]), stop=stop)
        assert (spikes[0].size, v.shape, device.step) == (0, (0, 1), 0)
        assert device.read("bias")[0] == 1


def test_a_board_is_read_and_written_where_it_matters() -> None:
    """Values that are near each other are read in one command; what does not change is not written."""
    bus = Plain(replace(CONFIG, neurons=64))
    device = ramp(bus)
    bus.read_from.clear()
    bus.written.clear()
    drive = ([1, 1, 1, 2, 3], [3, 5, 60, 3, 60], [9, 9, 9, 9, 1])
    device.run_observed(5, drive=drive)
    bias, size = LIF.params_record.offset("bias"), dm.PARAMS_BYTES
    params = [(a - dm.NEURON_PARAMS.base, n) for a, n in bus.written if a >= dm.NEURON_PARAMS.base]
    assert params == [(k * size + bias, 4) for k in (3, 5, 60, 60)]
    bus.read_from.clear()
    device.run_observed(2, probes=[63, 2, 1])
    size = dm.STATE_BYTES
    state = [(a - dm.NEURON_STATE.base, n) for a, n in bus.read_from if a >> 24 == dm.NEURON_STATE.base >> 24]
    assert state == [(size, size + 4), (63 * size, 4)] * 2


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"probes": [16]}, "neurons of probes are 0 to 15 here, not 16"),
        ({"probes": [-1]}, "not -1"),
        ({"drive": ([0], [16], [0])}, "neurons of drive are 0 to 15"),
        ({"drive": ([10], [0], [0])}, "steps of drive are 0 to 9 here, not 10"),
        ({"drive": ([0], [0], [CONFIG.state_max + 1])}, "biases of drive are -8388608 to 8388607"),
        ({"drive": ([3, 2], [0, 0], [0, 0])}, "must ascend"),
        ({"drive": ([3], [0, 1], [0])}, "1 steps, 2 neurons and 1 biases do not pair"),
        ({"events": ([10], [0])}, "this run has steps 0 to 9"),
    ],
)
@pytest.mark.parametrize("kind", [EmulatorBus, Plain])
def test_what_cannot_be_observed_is_refused(kind: type[EmulatorBus], asked: dict, says: str) -> None:
    device = ramp(kind(CONFIG))
    with pytest.raises(ParameterError, match=says):
        device.run_observed(10, **asked)
    assert device.step == 0


def test_potentials_beyond_the_memory_are_refused() -> None:
    with pytest.raises(ParameterError, match="V of 16000 neurons in 999999999999 steps takes"):
        ramp(EmulatorBus(CONFIG)).run_observed(10**12 - 1, probes=[*range(16)] * 1000)
