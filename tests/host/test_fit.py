"""Training by surrogate gradients: the forward pass is the float64 run's, the gradient what it should be."""

import sys
from typing import Any

import jax
import numpy as np
import pytest

from allspike import LIF, AllToAll, MissingExtraError, Network, ParameterError, Simulation, delta_lif
from allspike.training import Dynamics, fit, float_run, quantise, surrogate

CURRENT = LIF(
    tau_m=6e-3, tau_syn=3e-3, c_m=1e-3, v_rest=0.0, v_reset=-0.2, v_thresh=0.9, t_ref=[0.0, 1e-3] * 6,
    delay=[0.0, 3e-3, 2e-3] * 4, theta_plus=0.1, tau_theta=20e-3, leak=1.0,
)  # fmt: skip


def network(readout: LIF | None = None, hidden: LIF = CURRENT) -> Network:
    """Two kinds of inputs onto neurons that are not all connected, and two that are read."""
    rng = np.random.default_rng(1)
    net = Network()
    pre = net.inputs(10, "pre")
    cells = net.neurons(12, hidden, "cells")
    out = net.neurons(2, readout or delta_lif(tau_m=np.inf, v_thresh=50.0), "out")
    net.connect(pre, cells, rng.normal(0.05, 0.3, (10, 12)), name="in")
    net.connect(cells, cells, AllToAll(self_connections=False), weight=0.1, name="rec")
    net.connect(cells[:9], out, weight=rng.normal(0, 0.2, (9, 2)), name="read")
    return net


def order(samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Which half of the inputs is busy first: what only time tells."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(2, size=samples)
    early = np.arange(24)[None, :, None] < 12
    first = (np.arange(10) < 5)[None, None] == (labels == 0)[:, None, None]
    return rng.random((samples, 24, 10)) < np.where(early == first, 0.4, 0.05), labels


@pytest.mark.parametrize(("bits", "readout", "read"), [(None, None, "v"), (5, delta_lif(), "spikes")])
def test_it_learns_what_is_told_by_time_alone(bits: int | None, readout: LIF | None, read: Any) -> None:
    spikes, labels = order(120, 0)
    net = network(readout)
    before = net["in"].weights.copy()
    trained = fit(net, spikes, labels, bits=bits, read=read, epochs=40, batch=40, seed=3)
    assert np.array_equal(net["in"].weights, before)
    weights = {name: trained[name].matrix() for name in net.projections}
    assert not np.diag(weights["rec"]).any() and not weights["read"][9:].any()
    if bits is not None:
        onto = quantise({name: weights[name] for name in ("in", "rec")}, bits)
        trained = trained.with_weights(onto | {"read": quantise(weights["read"], bits)})
    given, wanted = order(100, 1)
    run = float_run(trained, {"pre": given}, record_v=True)
    found = run.v("out")[:, -1] if read == "v" else run.counts("out")
    assert np.mean(found.argmax(axis=1) == wanted) > 0.9
    untrained = float_run(network(readout), {"pre": given}, record_v=True)
    chance = untrained.v("out")[:, -1] if read == "v" else untrained.counts("out")
    assert np.mean(chance.argmax(axis=1) == wanted) < 0.7


def test_the_same_seed_trains_the_same_and_the_function_draws_at_each_epoch() -> None:
    spikes, labels = order(20, 0)
    drawn: list[int] = []

    def draw(rng: np.random.Generator) -> np.ndarray:
        drawn.append(int(rng.integers(1 << 30)))
        return spikes

    told: list[tuple[int, int]] = []
    made = [
        fit(network(), draw, labels, epochs=3, batch=20, progress=lambda *p: told.append(p)) for _ in range(2)
    ]
    assert np.array_equal(made[0]["in"].weights, made[1]["in"].weights)
    assert drawn[:3] == drawn[3:] and len(set(drawn)) == 3
    assert told == [(1, 3), (2, 3), (3, 3)] * 2
    assert np.array_equal(
        fit(network(), spikes, labels, epochs=0)["in"].weights, network()["in"].weights.astype("f4")
    )


def test_in_jax_a_step_is_the_step_of_numpy() -> None:
    """Refractoriness, delays, adaptation, leak; and with the surrogate in place of the threshold."""
    net = network()
    dynamics = Dynamics(net)
    spikes, _ = order(5, 2)
    exact = float_run(net, {"pre": spikes}, record_v=True)
    with jax.enable_x64(True):
        weights = jax.numpy.asarray(dynamics.matrix(dynamics.weights()))
        state = dynamics.start(5, weights)
        for step in range(24):
            arriving = jax.numpy.asarray(spikes[:, step], dtype=weights.dtype)
            state, fired = dynamics.step(state, arriving, weights, fire=surrogate())
            assert np.array_equal(np.asarray(fired) > 0, exact.raster[:, step])
            np.testing.assert_allclose(
                np.asarray(state.v) + dynamics.v_rest, exact.potentials[:, step], atol=1e-12
            )
    assert exact.raster.sum() > 20
    with Simulation(net) as simulation:  # and what NumPy computes is what the device does, but for rounding
        result = simulation.run_steps(24, {"pre": spikes[0]})
        assert np.mean(result.array("cells") != exact.spikes("cells")[0]) < 0.02


def test_where_nothing_fires_the_gradient_is_that_of_differences() -> None:
    net = network(hidden=delta_lif(tau_m=5e-3, v_thresh=1e3))
    net.connect("pre", "out", weight=np.random.default_rng(0).normal(size=(10, 2)), name="straight")
    dynamics = Dynamics(net)
    spikes, _ = order(3, 2)

    @jax.jit
    def read(weights: dict[str, Any]) -> Any:
        matrix = dynamics.matrix(weights)
        state = dynamics.start(3, matrix)
        for step in range(6):
            state, _ = dynamics.step(state, jax.numpy.asarray(spikes[:, step], dtype=matrix.dtype), matrix)
        return (state.v[:, dynamics.places("cells")] ** 2).sum() + state.v[:, dynamics.places("out")].sum()

    with jax.enable_x64(True):
        weights = {name: jax.numpy.asarray(matrix) for name, matrix in dynamics.weights().items()}
        slopes = jax.grad(read)(weights)
        for name, place in (("in", (3, 4)), ("straight", (7, 1))):
            moved = [read(weights | {name: weights[name].at[place].add(change)}) for change in (-1e-6, 1e-6)]
            assert float(slopes[name][place]) == pytest.approx(float(moved[1] - moved[0]) / 2e-6, rel=1e-5)
        assert not np.asarray(slopes["read"])[9:].any()  # where there is no synapse


def test_the_surrogate_is_a_step_with_a_slope() -> None:
    fire = surrogate(5.0)
    over = jax.numpy.array([-1.0, -0.2, 0.0, 0.4])
    assert fire(over).tolist() == [0, 0, 1, 1]
    slope = jax.vmap(jax.grad(lambda x: 3.0 * fire(x)))(over)
    np.testing.assert_allclose(slope, 3 / (1 + 5 * np.abs(over)) ** 2, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"labels": [0, 1, 2]}, "labels holds 2; there are 2, numbered from 0"),
        ({"labels": [], "inputs": np.zeros((0, 5, 10))}, "labels are empty: give the class of at least one"),
        ({"labels": [0.5, 1, 0]}, "labels must be whole numbers"),
        ({"labels": [0, 1]}, r"inputs have shape \(3, 5, 10\); 2 labels and 10 inputs need \[2, steps, 10\]"),
        ({"inputs": np.zeros((3, 5, 9))}, r"\(3, 5, 9\); 3 labels and 10 inputs"),
        ({"inputs": np.full((3, 5, 10), 0.5)}, "more than 0 and 1"),
        ({"inputs": np.full((3, 5, 10), np.nan)}, "more than 0 and 1"),
        ({"inputs": "spikes"}, "inputs must be a number or an array"),
        ({"read": "rate"}, "read = 'rate'"),
        ({"bits": 9}, "bits = 9"),
        ({"output": "pre"}, "no population of neurons 'pre'"),
        ({"epochs": -1}, "epochs = -1"),
        ({"batch": 0}, "batch = 0"),
        ({"rate": -1}, "rate = -1"),
        ({"decay": np.nan}, "decay = nan"),
        ({"smoothing": 1.0}, "smoothing = 1.0"),
        ({"seed": -1}, "seed = -1"),
        ({"epoch": 3}, "epoch"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        fit(**{"network": network(), "inputs": np.zeros((3, 5, 10)), "labels": [0, 1, 0]} | options)


@pytest.mark.parametrize("package", ["jax", "optax"])
def test_without_its_extra_it_says_what_to_install(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for call in (surrogate, lambda: fit(network(), np.zeros((3, 5, 10)), [0, 1, 0])):
        with pytest.raises(MissingExtraError, match=rf"'{package}', .*pip install \"allspike\[training\]\""):
            call()
