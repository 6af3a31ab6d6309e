"""Weight units that a user gives: a number, one a neuron, or by population; and what is refused."""

from typing import Any

import numpy as np
import pytest

from allspike import (
    STDP,
    Config,
    Image,
    Network,
    ParameterError,
    QuantisationWarning,
    Simulation,
    compile_network,
    delta_lif,
    format_report,
)

BUILD = Config(neurons=8, inputs=4)
WEIGHTS = np.array([[1.0, 2.0, -4.0], [0.5, 0.1, 3.0]])


def network(learns: bool = False) -> Network:
    """Two inputs onto three cells, and two others that may learn."""
    net = Network()
    pre, cells, others = (
        net.inputs(2, "pre"),
        net.neurons(3, delta_lif(), "cells"),
        net.neurons(2, delta_lif(), "others"),
    )
    net.connect(pre, cells, WEIGHTS, name="wires")
    rule = STDP(a_plus=0.01, a_minus=0.01, w_max=1.0) if learns else None
    net.connect(pre, others, weight=1.0, stdp=rule, name="learn")
    return net


def of_cells(unit: Any) -> Any:
    return lambda net: {net["cells"]: unit}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0.05, [0.05] * 5),
        (np.float16(0.5), [0.5] * 5),
        (np.array(0.25), [0.25] * 5),
        ([0.04, 0.05, 0.06, 0.01, 0.02], [0.04, 0.05, 0.06, 0.01, 0.02]),
        (np.asfortranarray(np.arange(1, 6, dtype=np.uint8)), [1, 2, 3, 4, 5]),
        ({"cells": 0.05}, [0.05] * 3 + [1 / 127] * 2),
        (of_cells([0.04, 0.05, 0.06]), [0.04, 0.05, 0.06] + [1 / 127] * 2),
        (lambda net: {net["cells"][1:]: np.float32(0.5)}, [1 / 127, 0.5, 0.5] + [1 / 127] * 2),
        (lambda net: {net["cells"][[2]]: 0.5, "others": [0.01, 0.02]}, [1 / 127, 2 / 127, 0.5, 0.01, 0.02]),
        ({}, [1 / 127, 2 / 127, 4 / 127] + [1 / 127] * 2),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::allspike.QuantisationWarning")
def test_a_unit_goes_where_it_was_given(given: Any, expected: list[float], tmp_path: Any) -> None:
    net = network()
    unit = given(net) if callable(given) else given
    image = compile_network(net, BUILD, weight_unit=unit)
    np.testing.assert_allclose(image.weight_unit[:5], expected, rtol=1e-12)
    whole = np.clip(np.rint(WEIGHTS / image.weight_unit[:3]), -128, 127)
    assert np.array_equal(image.weights[:2, :3], whole)
    np.testing.assert_allclose(image.v_unit[:3], image.weight_unit[:3] / 2**image.weight_shift, rtol=1e-12)
    with Simulation(net, config=BUILD, weight_unit=unit) as simulation:
        np.testing.assert_allclose(simulation.weights("wires"), whole * image.weight_unit[:3], rtol=1e-12)
    image.save(tmp_path / "image.npz")
    assert np.array_equal(Image.load(tmp_path / "image.npz").weight_unit, image.weight_unit)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([0.1, 0.2], r"weight_unit has shape \(2,\): give one number, or one for each of 5 neurons, \[5\]"),
        (np.ones((5, 1)), r"weight_unit has shape \(5, 1\)"),
        ([], r"weight_unit has shape \(0,\)"),
        ([1, 1, 1, 0, 1], r"weight_unit\[3\] = 0 must be a number above 0"),
        ([1, np.nan, 1, 1, 1], r"weight_unit\[1\] = nan must be"),
        ([1, 1, 1, 1, np.inf], r"weight_unit\[4\] = inf must be"),
        ([1, 1, -2, 1, 1], r"weight_unit\[2\] = -2 must be"),
        ([[1, 2], [3]], "weight_unit must be a number or an array of numbers"),
        (["a"] * 5, "weight_unit must be a number or an array of numbers"),
        ([True] * 5, "weight_unit = .* is true or false"),
        ("0.1", "weight_unit = '0.1' must be a number above 0"),
        ({"cells": [1.0, 2.0]}, r"weight_unit of cells has shape \(2,\): .* 3 neurons, \[3\]"),
        ({"cells": -1.0}, r"weight_unit of cells = -1.0 must be a number above 0"),
        ({"cells": None}, "weight_unit of cells = None must be"),
        ({"cell": 1.0}, "no population of neurons 'cell'; did you mean 'cells'"),
        ({"pre": 1.0}, "no population of neurons 'pre'"),
        ({3: 1.0}, "3 is no population of neurons"),
        (lambda net: {net["cells"]: 1.0, net["cells"][:1]: 2.0}, "names neurons of 'cells' twice"),
        (lambda net: {network()["cells"]: 1.0}, "is no population of this network"),
    ],
)
def test_what_is_no_unit_is_refused_in_a_sentence(given: Any, words: str) -> None:
    net = network()
    for build in (compile_network, Simulation):
        with pytest.raises(ParameterError, match=f"{words}.*\\.$"):
            build(net, weight_unit=given(net) if callable(given) else given)


def test_neurons_that_learn_share_the_unit_that_one_of_them_is_given() -> None:
    net = network(learns=True)
    image = compile_network(net, BUILD, weight_unit={"cells": [0.04, 0.05, 0.06], net["others"][:1]: 0.02})
    assert image.weight_unit[:5].tolist() == [0.04, 0.05, 0.06, 0.02, 0.02]
    words = "^weight_unit is from 0.01 to 0.02 on neurons that learn, and all those share one unit, .*\\.$"
    with pytest.raises(ParameterError, match=words):
        compile_network(net, BUILD, weight_unit={"others": [0.01, 0.02]})


def test_what_saturates_is_counted_and_by_how_much_each_in_its_own_unit() -> None:
    """The worst that saturates, not the worst of all: a coarse unit elsewhere rounds by more."""
    with pytest.warns(QuantisationWarning) as said:
        image = compile_network(network(), BUILD, weight_unit={"cells": [0.005, 0.9, 1 / 32]})
    entry = image.report["projections"]["wires"]
    assert entry["saturated"] == 1
    assert entry["saturated_by"] == pytest.approx(1 - 0.635)
    assert "1 (by up to 0.365) saturated" in format_report(image.report)
    assert any("1 of 6 weights saturate, at worst 1 becomes 0.635:" in str(one.message) for one in said)
    assert entry["largest_error"] == pytest.approx(max(0.365, 2 - 1.8))
