"""What one value costs on a line: a command or two, whatever it is one of; also on a bad line."""

import itertools

import numpy as np
import pytest

import allspike as asp
from allspike.device.device import Device
from allspike.device.traffic import Traffic
from allspike.errors import LinkError
from allspike.link.frames import answer_size, on_line, request_size
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.link_map import Op
from tests.host.lively import lively

from .boards import board, port_of
from .faults import Faults

CONFIG = Config(neurons=128, inputs=64)
ASK = on_line(request_size(Op.READ))


def written(size: int) -> int:
    """Most bytes on the line of a WRITE of so many bytes."""
    return on_line(request_size(Op.WRITE, size))


def answered(size: int = 0) -> int:
    """Most bytes on the line of an answer with so much data."""
    return on_line(answer_size(size))


def patient() -> Device:
    """A device that is never asked twice, however busy this machine is."""
    return board(CONFIG, latency=5.0, timeout=30.0)


class Counted:
    """What goes over the line of a device in a block."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def _now(self) -> Traffic:
        assert self._device.traffic is not None
        return self._device.traffic

    def __enter__(self) -> "Counted":
        self._before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        spent = self._now() - self._before
        self.sent, self.received, self.commands = spent.bytes_sent, spent.bytes_received, spent.requests


@pytest.mark.parametrize(
    ("name", "index", "size"),
    [("v", 5, 4), ("weights", (100, 7), 1), ("threshold", 127, 4), ("traces", 3, 2), ("gain", 0, 1)],
)
def test_one_value_is_a_command_to_write_and_one_to_read(name: str, index: object, size: int) -> None:
    device = patient()
    with Counted(device) as line:
        assert device.read(name, index) == 0
    assert line.commands == 1
    assert line.sent <= ASK
    assert line.received <= answered(size)
    with Counted(device) as line:
        device.write(name, 3, index)
    assert line.commands == 2, "and what is held is read back"
    assert line.sent <= written(size) + ASK
    assert line.received <= answered() + answered(size)
    assert device.read(name, index) == 3
    device.close()


def test_a_field_of_every_neuron_goes_in_one_burst_and_comes_in_one_read() -> None:
    device = patient()
    with Counted(device) as line:
        device.write("threshold", np.arange(128))
    assert line.commands == 128 + 1
    assert line.sent <= 128 * written(4) + ASK
    assert line.received <= 128 * answered() + answered(128 * dm.PARAMS_BYTES)
    assert device.read("threshold").tolist() == [*range(128)]
    assert port_of(device).most_unanswered > 10 * written(4), "many are under way at once"
    device.close()


def test_a_row_of_weights_is_a_write_and_a_digest() -> None:
    device = patient()
    row = np.random.default_rng(0).integers(-128, 128, 128)
    with Counted(device) as line:
        device.write("weights", row, 77)
    assert line.commands <= 4
    assert line.received <= 2 * (answered() + answered(4))
    assert line.sent <= written(128) + 3 * ASK
    assert device.read("weights", 77).tolist() == row.tolist()
    device.close()


def test_a_view_of_a_population_is_read_alone() -> None:
    simulation = asp.Simulation(lively(), patient())
    some = lively()["some"]
    simulation.set_state("some", "v", np.linspace(-0.06, -0.055, 9))
    for view, size in ((some[4], 4), (some[2:5], 2 * 16 + 4)):
        with Counted(simulation.device) as line:
            seen = simulation.state(view, "v")
        assert (line.commands, line.received <= answered(size)) == (1, True)
        np.testing.assert_array_equal(seen, simulation.state("some", "v")[view.indices])
    with Counted(simulation.device) as line:
        simulation.set_state(some[4], "v", -0.05)
    assert (line.commands, line.sent <= written(4) + ASK) == (2, True)
    simulation.device.close()


def test_what_is_written_over_a_bad_line_is_what_was_meant() -> None:
    device = board(CONFIG, to_device=Faults(1, 1e-3), to_host=Faults(2, 1e-3), latency=0.02)
    rng = np.random.default_rng(0)
    weights = np.zeros((192, 128), int)
    for _ in range(4):
        chosen = rng.random(weights.shape) < 0.02
        weights[chosen] = rng.integers(-100, 100, chosen.sum())
        device.write("weights", weights[chosen], chosen)
    device.write("bias", np.arange(128), slice(None))
    assert device.read("weights").tolist() == weights.tolist()
    assert device.read("bias").tolist() == [*range(128)]
    assert device.traffic is not None
    assert device.traffic.retries > 0
    device.close()


@pytest.mark.parametrize("after", [1, 40])
def test_a_line_that_dies_leaves_each_value_old_or_new(after: int) -> None:
    count = itertools.count()
    dead = [False]

    def dying(data: bytes) -> bytes:
        return b"" if dead[0] and next(count) >= after else data

    device = board(CONFIG, to_device=dying, timeout=0.3)
    device.write("bias", 257)
    dead[0] = True
    with pytest.raises(LinkError, match="did not answer"):
        device.write("bias", -2)
    dead[0] = False
    held = device.read("bias")
    assert set(held.tolist()) <= {257, -2}
    assert (held == -2).sum() <= after
    device.write("bias", -2)
    assert set(device.read("bias").tolist()) == {-2}
    device.close()
