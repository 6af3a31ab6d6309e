"""What a translation takes and gives: spikes, inputs, potentials, runs in the steps of the file."""

from collections.abc import Callable
from typing import Any

import nir
import numpy as np
import pytest

import allspike as asp
from allspike.nir import NirTranslation

from .firing import TWO, integrate, layers
from .graphs import graph

JUMPS: dict[str, Any] = {"dt": 1e-3, "reset": "to", "spikes": "jump"}


def opened(source: nir.NIRGraph, **options: Any) -> tuple[NirTranslation, asp.Simulation]:
    """A translation and its simulation."""
    net = asp.Network.from_nir(source, **JUMPS | options)
    return net.translation, asp.Simulation(net)


@pytest.mark.parametrize(
    "kind",
    [
        bool,
        np.uint8,
        np.int64,
        np.float16,
        np.float32,
        np.asfortranarray,
        np.ndarray.tolist,
        lambda a: a[::1],
    ],
)
def test_spikes_may_be_of_any_type(kind: Callable[[Any], Any] | type) -> None:
    translation, simulation = opened(layers(3))
    spikes = np.random.default_rng(0).random((20, 2)) < 0.4
    given = spikes.astype(kind) if isinstance(kind, type) else kind(spikes)
    assert np.array_equal(translation.run(simulation, given)["out"], spikes)
    assert np.array_equal(translation.run(simulation, given, nodes="l1")["l1"], spikes)  # it starts anew


def test_inputs_have_their_shapes_and_names() -> None:
    nodes = {"a": nir.Input(np.array([1, 2, 3])), "b": nir.Input(np.array([1, 2, 3]))}
    nodes |= {"if": integrate((1, 2, 3)), "out": nir.Output(np.array([1, 2, 3]))}
    translation, simulation = opened(graph(nodes, "a if out", "b if"))
    a, b = np.random.default_rng(1).random((2, 9, 1, 2, 3)) < 0.3
    shown = translation.run(simulation, {"a": a, "b": b.reshape(9, 6)})["out"]
    assert shown.shape == (9, 1, 2, 3) and np.array_equal(shown, a | b)
    assert np.array_equal(translation.run(simulation, {"b": b})["out"], b)
    for given, sentence in (
        (a, "has the inputs 'a', 'b': give a mapping"),
        ({"c": a}, "has no input 'c'"),
        ({"a": a, "b": b[:5]}, r"have \[5, 9\] steps"),
        ({"a": a[:, 0]}, r"have shape \(9, 2, 3\); give \[n, 1, 2, 3\] or \[n, 6\]"),
        ({"a": 1}, "have shape"),
        ({"a": "spikes"}, "must be a number or an array"),
    ):
        with pytest.raises(asp.ParameterError, match=sentence):
            translation.stimuli(given)


@pytest.mark.parametrize(("value", "shown"), [(0.5, "0.5"), (2, "2"), (-1, "-1"), (np.nan, "nan")])
def test_an_input_that_is_no_spike_is_refused_with_its_value(value: float, shown: str) -> None:
    translation, _ = opened(layers(1))
    spikes = np.zeros((5, 2))
    spikes[3, 1] = value
    with pytest.raises(asp.ParameterError, match=f"spikes of 'in' hold {shown}: in a step"):
        translation.stimuli(spikes)


def test_runs_are_as_long_as_the_layers_run_behind() -> None:
    translation, simulation = opened(layers(4))
    assert translation.lag == 3 and translation.steps(0) == 3 and translation.steps(10) == 13
    assert translation.run(simulation, np.zeros((0, 2)))["out"].shape == (0, 2)
    simulation.reset()
    with pytest.raises(asp.ParameterError, match="a run of 2 steps shows nothing yet"):
        translation.outputs(simulation.run_steps(2))
    for steps in (-1, 1.5, "ten"):
        with pytest.raises(asp.ParameterError, match="steps"):
            translation.steps(steps)


def test_results_in_pieces_are_joined_to_be_read() -> None:
    translation, simulation = opened(layers(3))
    spikes = np.random.default_rng(2).random((10, 2)) < 0.5
    ((name, events),) = translation.stimuli(spikes).items()
    when, who = np.asarray(events.steps), np.asarray(events.inputs)
    first = simulation.run_steps(5, {name: asp.SpikeList(when[when < 5], who[when < 5])})
    second = simulation.run_steps(7, {name: asp.SpikeList(when[when >= 5] - 5, who[when >= 5])})
    assert np.array_equal(translation.outputs(first + second)["out"], spikes)


def test_potentials_are_shown_where_they_were_recorded() -> None:
    read = nir.LI(tau=np.full(2, 0.01), r=TWO, v_leak=np.full(2, 0.25))
    ends = {"in": nir.Input(np.array([2])), "out": nir.Output(np.array([2]))}
    translation, simulation = opened(graph(ends | {"if": integrate(), "li": read}, "in if li out"))
    assert translation.record_v == ["li"]
    spikes = np.zeros((40, 2))
    spikes[5] = 1
    v = translation.run(simulation, spikes)["out"]
    expected = 0.25 + np.where(np.arange(40) < 5, 0, 0.9 ** (np.arange(40) - 5.0))
    np.testing.assert_allclose(v, np.stack([expected] * 2, 1), atol=1e-2)
    simulation.reset()
    result = simulation.run_steps(41, translation.stimuli(spikes))
    for ask in (translation.outputs, lambda r: translation.potentials(r, "if")):
        with pytest.raises(asp.ParameterError, match=r"V of '(li|if)' was not recorded: run with record_v="):
            ask(result)
    with pytest.raises(asp.ParameterError, match="no neurons 'lo'; there are: if, li"):
        translation.potentials(result, "lo")
    simulation.reset()
    result = simulation.run_steps(41, translation.stimuli(np.ones((40, 2))))
    own = translation.own_time(result)
    assert result.array("li").any() and not own.array("li").any() and own.array("if").all()


def test_neurons_without_leak_that_saturate_are_named_after_the_run() -> None:
    nodes = {"in": nir.Input(np.array([2])), "w": nir.Linear(-np.eye(2)), "out": nir.Output(np.array([2]))}
    translation, simulation = opened(graph(nodes | {"if": integrate(v_threshold=50 * TWO)}, "in w if out"))
    translation.run(simulation, np.ones((20, 2)))
    assert translation.differences_after(simulation) == []
    translation.run(simulation, np.ones((3000, 2)))
    (said,) = translation.differences_after(simulation)
    assert said.startswith("'if': V of 2 neurons without leak stands at its bound")


def test_a_current_that_would_begin_beyond_the_range_is_told() -> None:
    """tau_syn hardly longer than a step, far behind: I would have to begin at 1e9 times its value."""
    fast = {"tau_mem": 10 * TWO, "tau_syn": 1.01 * TWO, "r": TWO, "v_leak": 0 * TWO, "v_threshold": TWO}
    deep = layers(8)
    nodes = deep.nodes | {"w": nir.Affine(np.eye(2), TWO), "cuba": nir.CubaLIF(**fast)}
    edges = [" ".join(edge) for edge in deep.edges if edge[1] != "out"]
    translation, simulation = opened(graph(nodes, *edges, "l7 w cuba out"), dt=1.0)
    with pytest.warns(asp.QuantisationWarning, match="'cuba': the bias of 2 neurons acts fully"):
        translation.start(simulation)


def test_delays_that_are_no_whole_steps_are_told_and_refused_if_asked() -> None:
    nodes = {"in": nir.Input(np.array([2])), "a": integrate(), "d": nir.Delay(np.array([2.4e-3, 1e-3]))}
    source = graph(nodes | {"b": integrate(), "out": nir.Output(np.array([2]))}, "in a d b out")
    translation, simulation = opened(source)
    assert translation.differences == ("The delay of 0.0024 from 'a' to 'b' is 2.4 steps and becomes 2.",)
    spikes = np.zeros((6, 2))
    spikes[1] = 1
    shown = translation.run(simulation, spikes)["out"]
    assert [np.flatnonzero(shown[:, k]).tolist() for k in range(2)] == [[3], [2]]
    with pytest.raises(asp.ParameterError, match=r"cannot be exact: The delay of 0\.0024"):
        asp.Network.from_nir(source, **JUMPS, exact=True)


def test_nodes_may_have_the_names_of_what_is_added() -> None:
    """Relays, and inputs that come twice."""
    ends = {"in": nir.Input(np.array([2])), "out": nir.Output(np.array([2]))}
    names = "relays", "in.later", "relays_"
    source = graph(ends | {name: integrate() for name in names}, " ".join(["in", *names, "out"]),
                   "relays relays_", "in relays_")  # fmt: skip
    translation, simulation = opened(source)
    assert simulation.image.populations[1].name == "in.later_"
    spikes = np.random.default_rng(4).random((30, 2)) < 0.3
    assert np.array_equal(translation.run(simulation, spikes)["out"], spikes)


def test_factors_that_vanish_are_held_as_nothing() -> None:
    """A step of 60 or 1,200 time constants, which the exponential factor allows."""
    fast = {"tau_mem": TWO, "tau_syn": TWO, "r": TWO, "v_leak": 0 * TWO, "v_threshold": 0.5 * TWO}
    slow = {"tau_syn": 100 * TWO}
    for tau in ({}, slow, slow | {"tau_mem": TWO / 20}, {"tau_mem": 100 * TWO}):
        nodes = {
            "in": nir.Input(np.array([2])),
            "c": nir.CubaLIF(**fast | tau),
            "out": nir.Output(np.array([2])),
        }
        translation, simulation = opened(
            graph(nodes, "in c out"), dt=60.0, integration="exponential", spikes="plain"
        )
        spikes = np.zeros((4, 2))
        spikes[0] = 1
        shown = translation.run(simulation, spikes)["out"][:, 0].tolist()
        assert shown == [True, "tau_syn" in tau, False, False]  # e^-0.6 is above 0.5, e^-1.2 is not


def test_translated_networks_stay_where_they_are() -> None:
    net = asp.Network.from_nir(layers(1), **JUMPS)
    with pytest.raises(asp.ParameterError, match="a network translated from NIR stays in its file"):
        net.save("net.npz")
    assert net.with_weights({}).translation is net.translation


def test_an_image_compiles_for_widths_that_differ() -> None:
    net = asp.Network.from_nir(layers(2, size=4), **JUMPS)
    spikes = np.random.default_rng(3).random((12, 4)) < 0.5
    for config in (asp.Config(neurons=8, inputs=8, weight_bits=3, state_bits=12), "up5k"):
        assert np.array_equal(net.translation.run(asp.Simulation(net, config=config), spikes)["out"], spikes)
