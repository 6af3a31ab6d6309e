"""Networks written as NIR and read back: as they were, and as any reader of NIR understands them."""

import warnings
from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import allspike as asp
from allspike.errors import AllspikeWarning
from tests.nir.float_run import described_run

from .written import DT, same_images, small

EXTRAS: dict[str, Any] = {
    "t_ref": 3e-3, "theta_plus": 0.05, "tau_theta": 0.1, "leak": 2.0, "refractory": "integrate",
    "reset": "subtract",
}  # fmt: skip
"""What NIR has no field for."""


@st.composite
def networks(draw: st.DrawFn, plain: bool = False) -> asp.Network:
    """Any network; if plain, one that NIR's own fields describe in full."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    net = asp.Network(DT, seed=draw(st.integers(0, 9)))
    for _ in range(draw(st.integers(1, 2))):
        net.inputs(draw(st.integers(1, 4)))
    for k in range(draw(st.integers(1, 4))):
        size = draw(st.integers(1, 5))
        kind = draw(st.sampled_from(["delta", "current", "integrator"]))
        values: dict[str, Any] = {"v_thresh": draw(st.sampled_from([1.0, rng.uniform(0.5, 1.5, size)]))}
        if not plain:
            values |= {name: EXTRAS[name] for name in draw(st.sets(st.sampled_from(sorted(EXTRAS))))}
            values |= {"v_rest": draw(st.sampled_from([0.0, -0.1])), "tau_m": draw(_times(size, rng))}
        if plain or draw(st.booleans()):
            values["delay"] = DT * draw(st.sampled_from([0, 3, rng.integers(1, 6, size)]))
        if draw(st.booleans()):
            values["v_drift"] = 20.0 if not plain or kind == "integrator" else 0.0
        if kind == "current":
            values = {"tau_syn": 4e-3, "c_m": 1e-9, "v_reset": 0.0, "v_rest": 0.0} | values
            net.neurons(size, asp.LIF(**({"tau_m": 12e-3} | values)), f"current {k}/ä.")
        else:
            tau = np.inf if kind == "integrator" else 9e-3
            net.neurons(size, asp.delta_lif(**({"tau_m": tau} | values)), f"{kind}{k}")
    _connect(draw, net, rng)
    return net


def _times(size: int, rng: np.random.Generator) -> st.SearchStrategy[Any]:
    return st.sampled_from([8e-3, np.inf, 0.0, rng.choice([5e-3, 0.0, np.inf], size)])


def _connect(draw: st.DrawFn, net: asp.Network, rng: np.random.Generator) -> None:
    for post in net.neuron_populations:
        scale = 0.3e-6 if "current" in post.name else 0.3
        for pre in net.populations.values():
            if draw(st.sampled_from([True, True, False])):
                shape = pre.size, post.size
                drawn = rng.normal(0.5, 1, shape) if draw(st.booleans()) else rng.integers(-2, 5, shape) / 4
                net.connect(pre, post, drawn * scale * (rng.random(shape) < 0.8))


@pytest.fixture(autouse=True)
def _of_this_test_alone() -> Any:
    """Random networks are described as nobody would mean them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AllspikeWarning)
        yield


quick = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@quick
@given(net=networks())
def test_what_is_read_back_is_the_same_image(tmp_path: Path, net: asp.Network) -> None:
    net.to_nir(tmp_path / "net.nir")
    same_images(net, asp.Network.from_nir(tmp_path / "net.nir"))


@quick
@given(net=networks(plain=True), seed=st.integers(0, 9))
def test_any_reader_gets_the_same_spikes(net: asp.Network, seed: int) -> None:
    """Without our metadata, by the equations of NIR, and without what this package does not round."""
    graph = net.to_nir()
    early = {}
    for name, node in graph.nodes.items():
        own = node.metadata.get("allspike", {})
        early[name] = own.get("early", 0)
        node.metadata = {}
    graph.metadata = {}
    read = asp.Network.from_nir(
        graph, dt=DT, reset="to", integration="euler", spikes="pulse", fires=">="
    )  # fmt: skip
    rng, steps = np.random.default_rng(seed), 40
    spikes = {p.name: rng.random((steps, p.size)) < 0.3 for p in net.input_populations}
    mine = asp.Network.from_nir(net.to_nir())
    there = mine.translation.outputs(
        described_run(mine, spikes), nodes=[p.name for p in net.neuron_populations]
    )
    for name, node in graph.nodes.items():
        if isinstance(node, nir.LIF | nir.IF | nir.CubaLIF):
            own = next(p.name for p in net.neuron_populations if p.name.replace("/", "_") == name)
            here = read.translation.outputs(described_run(read, spikes), nodes=[name])[name]
            late = early[name]
            np.testing.assert_array_equal(here[: steps - late], there[own][late:], own)


def foreign(net: asp.Network) -> asp.Network:
    """A network written, and read as another program's."""
    graph = net.to_nir()
    graph.metadata = {}
    for node in graph.nodes.values():
        node.metadata = {}
    return asp.Network.from_nir(graph, dt=DT, reset="to", fires=">=")


def test_neurons_that_fire_by_themselves_are_not_written_earlier() -> None:
    """They would have fired by the time at which the first spike can come to them."""
    net = asp.Network(DT)
    pixels, cells = net.inputs(2, "in"), net.neurons(2, asp.delta_lif(tau_m=5e-3), "cells")
    own = net.neurons(2, asp.delta_lif(tau_m=np.inf, v_drift=300.0, delay=4e-3), "own")
    last = net.neurons(1, asp.delta_lif(tau_m=9e-3, v_thresh=[0.9]), "last")
    net.connect(pixels, cells, np.eye(2) * 1.5)
    net.connect(cells, own, np.eye(2) * 0.25)
    net.connect(own, last, weight=0.6)
    spikes = np.random.default_rng(3).random((60, 2)) < 0.3
    read, back = foreign(net), asp.Network.from_nir(net.to_nir())
    here = read.translation.outputs(described_run(read, spikes), nodes=["own", "last"])
    there = back.translation.outputs(described_run(back, spikes), nodes=["own", "last"])
    np.testing.assert_array_equal(here["own"], there["own"])
    np.testing.assert_array_equal(here["last"][:-4], there["last"][4:])
    assert there["last"].sum() > 5


def test_a_constant_current_comes_to_the_same_potential() -> None:
    net = asp.Network(DT)
    model = asp.LIF(tau_m=8e-3, tau_syn=4e-3, v_rest=0, v_reset=0, v_thresh=1, i_offset=1e-10, v_drift=20.0)
    net.connect(net.inputs(1, "in"), net.neurons(1, model, "cells"), weight=1e-9)
    read, quiet = foreign(net), np.zeros((120, 1), bool)
    v = read.translation.potentials(described_run(read, quiet), "cells")
    np.testing.assert_allclose(v[-1], 8e-3 * (20.0 + 0.1), rtol=1e-5)


def test_layers_and_loops_of_one_step_need_no_delay() -> None:
    net = asp.Network(DT)
    pixels, cells = net.inputs(2, "in"), net.neurons(2, asp.delta_lif(tau_m=5e-3), "cells")
    net.connect(pixels, cells, weight=1.0)
    net.connect(cells, cells, weight=-0.1)
    net.connect(cells, net.neurons(1, asp.delta_lif(tau_m=5e-3), "out"), weight=1.0)
    assert not any(isinstance(node, nir.Delay) for node in net.to_nir().nodes.values())


def test_graphs_and_what_nir_reads_are_the_same_as_files(tmp_path: Path) -> None:
    net = small()
    same_images(net, asp.Network.from_nir(net.to_nir(tmp_path / "net.nir")))
    same_images(net, asp.Network.from_nir(nir.read(str(tmp_path / "net.nir"))))
    same_images(net, asp.Network.from_nir(str(tmp_path / "net.nir")))


def test_what_was_read_back_can_be_written_again(tmp_path: Path) -> None:
    net = small()
    again = asp.Network.from_nir(net.to_nir())
    same_images(net, asp.Network.from_nir(again.to_nir(tmp_path / "again.nir")))
