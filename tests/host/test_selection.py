"""A key is an object, a view or a name; what is none of them is told so."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

import allspike as asp
from allspike.describe.selection import projection_name, resolve


@pytest.fixture(scope="module")
def net() -> asp.Network:
    net = asp.Network()
    net.inputs(4, "pixels")
    net.neurons(6, name="cells")
    net.neurons(2, name="others")
    net.connect(net["pixels"], net["cells"], weight=1e-9)
    return net


def test_objects_views_and_names_mean_the_same(net: asp.Network) -> None:
    cells = net["cells"]
    for key in ("cells", np.str_("cells"), cells):
        assert resolve(key, net.populations) == (cells, None)
    found, indices = resolve(cells[[4, 1]], net.populations)
    assert found is cells and indices is not None and indices.tolist() == [4, 1]
    assert projection_name(net["pixels-cells"], net.projections) == "pixels-cells"
    assert projection_name("pixels-cells", net.projections) == "pixels-cells"


@pytest.mark.parametrize(
    "key", [None, 3, 1.5, ["cells"], {"cells": 1}, {"cells"}, b"cells", asp.Network, np.zeros(3)]
)
def test_what_is_no_key_is_refused(net: asp.Network, key: object) -> None:
    with pytest.raises(
        asp.ParameterError, match=r"is no population: give a population, a view of one, or a name\.$"
    ):
        resolve(key, net.populations)
    with pytest.raises(asp.ParameterError, match=r"is no projection: give a projection or its name\.$"):
        projection_name(key, net.projections)


def test_an_unknown_name_is_answered_with_the_nearest_and_all(net: asp.Network) -> None:
    with pytest.raises(
        asp.ParameterError, match=r"no population 'cels'; did you mean 'cells'\?.*pixels, cells, others"
    ):
        resolve("cels", net.populations)
    with pytest.raises(asp.ParameterError, match=r"no population of inputs 'cells'; there are: pixels"):
        resolve(net["cells"], {"pixels": net["pixels"]}, "population of inputs")
    with pytest.raises(asp.ParameterError, match=r"no projection 'pixel-cell'; did you mean 'pixels-cells'"):
        projection_name("pixel-cell", net.projections)
    with pytest.raises(asp.ParameterError, match="is no projection"):
        projection_name(net["cells"], net.projections)


def test_a_population_of_another_network_is_refused(net: asp.Network) -> None:
    foreign = asp.Network().neurons(9, name="cells")
    for key in (foreign, foreign[:2]):
        for known in (net.populations, {"cells": 6}):
            with pytest.raises(asp.ParameterError, match="is no population of this network"):
                resolve(key, known)


@pytest.fixture(scope="module")
def result(net: asp.Network) -> asp.Result:
    """Spikes of `cells` in two steps, V of three of them."""
    return asp.Result(
        dt=1e-3,
        start=10,
        steps=3,
        sizes={"cells": 6, "others": 2},
        spikes={
            "cells": (np.array([10, 10, 12, 12]), np.array([1, 4, 0, 4])),
            "others": (np.zeros(0, np.int64), np.zeros(0, np.int64)),
        },
        v={"cells": np.arange(9.0).reshape(3, 3)},
        v_neurons={"cells": np.array([5, 0, 2])},
        weights={"pixels-cells": np.ones((4, 6))},
    )


def test_a_result_takes_objects_views_and_names(net: asp.Network, result: asp.Result) -> None:
    cells = net["cells"]
    for key in ("cells", cells):
        assert result.spikes[key][1].tolist() == [1, 4, 0, 4] and key in result.spikes
        assert result.counts(key).tolist() == [1, 1, 0, 0, 2, 0]
        assert result.v[key].shape == (3, 3) and result.v_neurons[key].tolist() == [5, 0, 2]
    assert list(result.spikes) == ["cells", "others"] and len(result.spikes) == 2
    assert result.weights[net["pixels-cells"]] is result.weights["pixels-cells"]


def test_a_view_of_a_result_is_numbered_from_0(net: asp.Network, result: asp.Result) -> None:
    view = net["cells"][[4, 2, 0]]
    steps, neurons = result.spikes[view]
    assert steps.tolist() == [10, 12, 12] and neurons.tolist() == [0, 0, 2]
    assert result.counts(view).tolist() == [2, 0, 1]
    assert result.rates(view) == pytest.approx([2 / 3e-3, 0, 1 / 3e-3])
    assert result.times(view) == pytest.approx([0, 2e-3, 2e-3])
    np.testing.assert_array_equal(result.array(view), result.array("cells")[:, [4, 2, 0]])
    assert result.v[net["cells"][[0, 5]]].tolist() == [[1, 0], [4, 3], [7, 6]]
    assert result.v_neurons[net["cells"][[0, 5]]].tolist() == [0, 5]
    assert result.counts(net["cells"][:0]).size == 0 and result.array(net["cells"][:0]).shape == (3, 0)


def test_what_a_result_has_not_is_told(net: asp.Network, result: asp.Result) -> None:
    with pytest.raises(asp.ParameterError, match=r"cells\[1\] was not recorded.*record_v"):
        result.v[net["cells"][:2]]
    with pytest.raises(asp.ParameterError, match="no population 'others'; there are: cells"):
        result.v["others"]
    with pytest.raises(asp.ParameterError, match="no population 'pixels'"):
        result.spikes[net["pixels"]]
    with pytest.raises(asp.ParameterError, match="no population of this network"):
        result.rates(asp.Network().neurons(7, name="cells"))
    with pytest.raises(asp.ParameterError, match="did you mean 'pixels-cells'"):
        result.weights["pixels_cells"]
    for missing in ("nothing", None, ["cells"]):
        assert missing not in result.spikes and result.spikes.get(missing) is None
        with pytest.raises(asp.ParameterError):
            result.counts(missing)


def test_its_mappings_copy_and_pickle(net: asp.Network, result: asp.Result) -> None:
    for other in (deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert other.v["cells"].tolist() == result.v["cells"].tolist()
        assert other.v[net["cells"][[5]]].tolist() == [[0], [3], [6]]


# On a loaded network


def test_a_view_reads_and_sets_its_members_states(net: asp.Network) -> None:
    sim = asp.Simulation(net)
    cells = net["cells"]
    sim.set_state(cells[[4, 1]], "v", [-60e-3, -55e-3])
    expected = [-65e-3, -55e-3, -65e-3, -65e-3, -60e-3, -65e-3]
    for key in ("cells", cells):
        assert sim.state(key) == pytest.approx(expected, abs=1e-6)
    assert sim.state(cells[1:5]) == pytest.approx(expected[1:5], abs=1e-6)
    assert sim.state("others") == pytest.approx([-65e-3] * 2)


def test_projections_are_objects_or_names(net: asp.Network) -> None:
    sim = asp.Simulation(net)
    projection = net["pixels-cells"]
    sim.set_weights(projection, 0.5e-9)
    np.testing.assert_array_equal(sim.weights(projection), sim.weights("pixels-cells"))
    assert sim.weights(projection) == pytest.approx(np.full((4, 6), 0.5e-9), rel=0.02)


@pytest.mark.parametrize(
    ("name", "likely"),
    [("learning_gian", "learning_gain"), ("devise", "device"), ("lats", "last"), ("run", None)],
)
def test_only_what_a_simulation_has_can_be_set(net: asp.Network, name: str, likely: str | None) -> None:
    sim = asp.Simulation(net)
    with pytest.raises(asp.ParameterError, match=f"Simulation.{name} is no .*{likely or ''}"):
        setattr(sim, name, 0)
    with pytest.raises(AttributeError, match=r"no attribute 'wieghts'; did you mean 'weights'\?"):
        sim.wieghts  # noqa: B018
    assert not hasattr(sim, "wieghts") and not hasattr(sim, "_repr_png_")
    sim.learning_gain = 0.5
    assert sim.learning_gain == 0.5
