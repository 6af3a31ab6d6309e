"""Translated networks against a framework that runs the graph node by node."""

from typing import Any

import nir
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import allspike as asp
from allspike.nir import Settings, flatten
from allspike.nir.choosing import Options
from allspike.nir.settings import FIRES
from allspike.nir.translate import translate

from . import framework
from .drawn import STEPS, Drawn
from .float_run import compiled_run, described_run
from .graphs import graph
from .growing import Made, Plain, networks

pytestmark = pytest.mark.filterwarnings("ignore::allspike.QuantisationWarning")
Array = NDArray[np.float64]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_any_network_spikes_as_the_framework_does(seed: int) -> None:
    """All kinds, resets, integrations and delays, skips and loops: before rounding nothing differs."""
    drawn = Drawn(seed)
    flat = flatten(drawn.graph)
    net = translate(flat, Options(dt=1.0), settings_of=drawn.settings)
    spikes = drawn.spikes()
    expected = framework.run(flat, drawn.settings, 1.0, spikes)
    shown = net.translation.outputs(described_run(net, spikes))
    assert shown.keys() == {port.name for port in flat.outputs}
    for name, values in shown.items():
        assert len(values) == STEPS
        if values.dtype == bool:
            assert np.array_equal(values, expected[name].reshape(values.shape) > 0), name
        else:
            np.testing.assert_allclose(values, expected[name].reshape(values.shape), rtol=1e-9, atol=1e-9)


def test_random_networks_are_lively() -> None:
    """What the test above compares: spikes of all kinds, relays, loops, late inputs."""
    relays = again = loops = spikes = 0
    for seed in range(60):
        drawn = Drawn(seed)
        flat = flatten(drawn.graph)
        net = translate(flat, Options(dt=1.0), settings_of=drawn.settings)
        relays += "relays" in net.populations
        again += any(name.endswith(".later") for name in net.populations)
        loops += any("loop" in fact for fact in net.translation.facts)
        fired = framework.run(flat, drawn.settings, 1.0, drawn.spikes())
        spikes += sum(0.02 < fired[n].mean() < 0.9 for n in net.translation.places if n.startswith("layer"))
    assert relays > 10 and again > 5 and loops > 15 and spikes > 60


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_the_emulator_computes_what_the_image_says(seed: int) -> None:
    drawn = Drawn(seed)
    net = translate(flatten(drawn.graph), Options(dt=1.0), settings_of=drawn.settings)
    simulation, spikes = asp.Simulation(net, config="core256"), drawn.spikes()
    ours = net.translation.run(simulation, spikes)
    theirs = net.translation.outputs(compiled_run(simulation, net, spikes))
    for name, values in ours.items():
        if values.dtype == bool:
            assert np.array_equal(values, theirs[name]), name


@settings(max_examples=60, deadline=None, derandomize=True)
@given(networks())
def test_any_topology_spikes_as_its_nodes_say(made: Made) -> None:
    """Nested graphs, convolutions, pools, loops: what arrives is found by walking the graph itself."""
    network, rng = made
    flat = flatten(network)
    assume(
        not any(
            e.pre == p.name and e.post == o.name
            for e in flat.edges
            for p in flat.inputs
            for o in flat.outputs
        )
    )
    options = Settings(reset="to", spikes="jump")
    chosen = {cells.name: options for cells in flat.cells}
    net = translate(flat, Options(dt=1.0), settings_of=chosen)
    steps = 6
    spikes = {port.name: rng.random((steps, port.size)) < 0.3 for port in flat.inputs}
    shown = net.translation.outputs(described_run(net, spikes), nodes=list(net.translation.places))
    nodes = {cells.name: framework.Neurons(cells, options, 1.0) for cells in flat.cells}
    shapes = {place.name: place.shape for place in (*flat.inputs, *flat.cells)}
    between = [(e.pre, e.post) for e in flat.edges if e.pre in nodes and e.post in nodes]
    loop = {name: framework.reached(name, between) for name in nodes}
    before = {name: np.zeros(shape) for name, shape in shapes.items()}
    for t in range(steps):
        now = before | {
            name: values[t].reshape(shapes[name]).astype(float) for name, values in spikes.items()
        }
        for name in framework.order(flat, loop):
            if name in nodes:
                around = {n: before[n] for n in nodes if n in loop[name] and name in loop[n]}
                now[name] = (
                    nodes[name]
                    .step(arriving(network, now | around, name))
                    .reshape(shapes[name])
                    .astype(float)
                )
                assert np.array_equal(shown[name][t], now[name] > 0), (name, t)
        before = now


def arriving(network: nir.NIRGraph, gives: dict[str, Array], name: str) -> Array:
    """What arrives at a node when each place gives this."""
    plain = Plain(network, gives)
    path = next((p for p in sorted(plain.graphs, key=len, reverse=True) if name.startswith(p)), "")
    return plain.arriving(path, name.removeprefix(path)).reshape(-1)


WHOLE = asp.Config(neurons=64, inputs=16)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_networks_of_whole_numbers_are_exact_on_the_emulator(seed: int) -> None:
    """IF neurons of whole weights of few bits, biases and thresholds: nothing is rounded, so that firing
    above the threshold and at it are told apart."""
    rng = np.random.default_rng(seed)
    fires = {f"layer{k}": str(rng.choice(list(FIRES))) for k in range(3)}
    nodes: dict[str, Any] = {"in": nir.Input(np.array([4])), "out": nir.Output(np.array([4]))}
    edges, before = ["layer2 out"], "in"
    for name in fires:
        most = rng.integers(1, 128, (4, 1))  # of each neuron
        weight = np.rint(rng.uniform(-most, most, (4, 4)))
        whole = {
            "r": np.ones(4),
            "v_threshold": np.rint(most[:, 0] * rng.uniform(0.1, 3, 4)).clip(1),
            "v_reset": np.zeros(4),
        }
        nodes |= {name: nir.IF(**whole), f"w{name}": nir.Affine(weight, rng.integers(-3, 4, 4).astype(float))}
        edges.append(f"{before} w{name} {name}")
        before = name
    flat = flatten(graph(nodes, *edges))
    chosen = {
        name: Settings(reset=rng.choice(["to", "subtract", "none"]), spikes="jump", fires=word)
        for name, word in fires.items()
    }
    net = translate(flat, Options(dt=1.0), settings_of=chosen)
    spikes = rng.random((60, 4)) < 0.4
    ours = net.translation.run(asp.Simulation(net, config=WHOLE), spikes, nodes=fires)
    expected = framework.run(flat, chosen, 1.0, {"in": spikes})
    for name in fires:
        assert np.array_equal(ours[name], expected[name] > 0), name
