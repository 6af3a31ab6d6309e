"""Signals as spikes, and what output neurons answer: alike in float64 and on a device."""

import numpy as np
import pytest

from allspike import Network, ParameterError, Simulation, delta_lif
from allspike.training import answers, population_code, readout


@pytest.mark.parametrize(("size", "repeat"), [(2, 1), (5, 1), (9, 4), (12, 3)])
def test_the_mean_of_the_inputs_that_spike_is_the_value(size: int, repeat: int) -> None:
    values = np.random.default_rng(0).uniform(-3, 5, (4, 7, 2))
    spikes = population_code(values, [-3, -4], [5.0, 6], size, repeat)
    assert spikes.shape == (4, 7 * repeat, 2 * size) and spikes.dtype == bool
    each = spikes.reshape(4, 7, repeat, 2, size)
    assert (each.sum(axis=-1) == 1).all()
    mean = each.argmax(axis=-1).mean(axis=2) / (size - 1) * np.array([8, 10]) + np.array([-3, -4])
    assert np.abs(mean - values).max() <= 0.5 / repeat / (size - 1) * 10 * (1 + 1e-9)


def test_what_is_outside_is_at_the_bound_and_what_is_no_number_does_not_spike() -> None:
    spikes = population_code([[-9.0, np.nan], [9.0, 0.5], [np.inf, 0.49]], 0, 1, 2)
    assert spikes.astype(int).tolist() == [[1, 0, 0, 0], [0, 1, 0, 1], [0, 1, 1, 0]]
    assert population_code(np.zeros((0, 3, 2), np.float16), 0, 1, 4, 2).shape == (0, 6, 8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"values": [1.0]}, r"values have shape \(1,\)"),
        ({"values": "a"}, "values must be a number or an array"),
        ({"low": 1.0}, "low below high"),
        ({"high": np.inf}, "finite numbers"),
        ({"low": np.nan}, "low holds NaN"),
        ({"low": [0, 0, 0]}, r"low has shape \(3,\)"),
        ({"size": 1}, "size = 1 must"),
        ({"repeat": 0}, "repeat = 0 must"),
    ],
)
def test_a_code_that_cannot_be_is_refused(options: dict, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        population_code(**{"values": np.zeros((3, 2)), "low": 0, "high": 1} | options)


def network(model: object = None) -> tuple[Network, np.ndarray]:
    """Three classes, each with inputs of its own, and samples of them."""
    net = Network()
    pre, out = net.inputs(6, "pre"), net.neurons(3, model or readout(), "out")  # type: ignore[arg-type]
    net.connect(pre, out, np.kron(np.eye(3), np.full((2, 1), 0.4)))
    truth = np.array([2, 0, 1, 1, 2])
    rates = np.where(np.arange(6) // 2 == truth[:, None], 0.6, 0.1)
    return net, np.random.default_rng(3).random((5, 40, 6)) < rates[:, None]


@pytest.mark.parametrize(("model", "read"), [(None, "v"), (delta_lif(), "spikes")])
def test_answers_are_of_each_sample_from_a_fresh_start(model: object, read: str) -> None:
    net, spikes = network(model)
    told: list[tuple[int, int]] = []
    for source in (net, Simulation(net)):
        for _ in range(2):
            found = answers(
                source, {"pre": spikes}, net["out"], read=read, progress=lambda *p: told.append(p)  # type: ignore[arg-type]
            )  # fmt: skip
            assert found.tolist() == [2, 0, 1, 1, 2]
        apart = answers(source, [{"pre": one} for one in spikes], "out", read=read)  # type: ignore[arg-type]
        assert apart.tolist() == [2, 0, 1, 1, 2]
    assert told[:40] == [(k + 1, 40) for k in range(40)] and told[-5:] == [(k + 1, 5) for k in range(5)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"read": "rate"}, "read = 'rate'"),
        ({"source": 3}, "3 is no network and no simulation"),
        ({"output": "pre"}, "pre"),
        ({"output": "nobody"}, "nobody"),
        ({"runs": {}}, "give steps="),
        ({"runs": []}, "no sample"),
    ],
)
def test_questions_that_cannot_be_answered_are_refused(change: dict, words: str) -> None:
    net, spikes = network()
    for source in (net, Simulation(net)):
        with pytest.raises(ParameterError, match=words):
            answers(**{"source": source, "runs": {"pre": spikes}, "output": "out"} | change)


@pytest.mark.parametrize("reach", [0, -1, np.nan, "far"])
def test_a_readout_out_of_reach_of_nothing_is_refused(reach: object) -> None:
    with pytest.raises(ParameterError, match="reach = "):
        readout(reach)  # type: ignore[arg-type]
