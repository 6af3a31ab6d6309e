"""Fake quantisation is the compiler's, in NumPy and in JAX, and lets gradients through."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import Config, Network, ParameterError, compile_network, delta_lif
from allspike.training import Dynamics, quantise, weight_unit


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 9999), bits=st.integers(4, 8))
@pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")
def test_it_is_what_the_compiler_makes_of_all_weights_onto_a_neuron(seed: int, bits: int) -> None:
    rng = np.random.default_rng(seed)
    config = Config(neurons=8, inputs=6, weight_bits=bits)
    net = Network()
    pre, cells = net.inputs(6, "pre"), net.neurons(5, delta_lif(), "cells")
    net.connect(pre, cells, rng.normal(size=(6, 5)), name="in")
    net.connect(cells, cells, rng.normal(size=(5, 5)) * 0.3, name="rec")
    image = compile_network(net, config)
    weights = Dynamics(net).weights()
    np.testing.assert_allclose(weight_unit(weights, bits)[0], image.weight_unit[:5], rtol=1e-12)
    made = quantise(weights, bits)
    for name, axons in (("in", slice(0, 6)), ("rec", slice(6, 11))):
        whole = image.weights[axons, :5] * image.weight_unit[:5]
        np.testing.assert_allclose(made[name], whole, rtol=1e-12)
        np.testing.assert_allclose(
            quantise(weights[name], bits, unit=image.weight_unit[:5]), whole, rtol=1e-12
        )


def test_axes_clips_and_kinds_of_numbers() -> None:
    weights = np.array([[1.0, -4.0, 2.0], [0.1, 0.2, 0.3]])
    np.testing.assert_allclose(weight_unit(weights, 8), [[1 / 127, 4 / 127, 2 / 127]])
    np.testing.assert_allclose(weight_unit(weights, 8, axis=1), [[4 / 127], [0.3 / 127]])
    np.testing.assert_allclose(weight_unit(weights, 8, axis=None), 4 / 127)
    np.testing.assert_allclose(weight_unit(weights, 3, clip=0.5), weight_unit(weights, 3) / 2)
    assert quantise(weights, 3, unit=0.5).tolist() == [[1.0, -2.0, 1.5], [0.0, 0.0, 0.5]]
    assert weight_unit(np.zeros((2, 2))).tolist() == [[1.0, 1.0]]
    assert quantise(np.zeros((2, 2))).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    half = quantise(np.asfortranarray(weights, np.float16))
    assert half.dtype == np.float16
    pair = quantise((weights[:1], weights[1:]))
    assert isinstance(pair, tuple)
    assert np.array_equal(np.vstack(pair), quantise(weights))
    assert isinstance(quantise([weights]), list)


def test_gradients_pass_as_if_nothing_was_rounded_also_where_it_saturates() -> None:
    weights = jax.numpy.asarray(np.random.default_rng(0).normal(size=(4, 3)), dtype=jax.numpy.float32)
    slope = np.arange(12.0).reshape(4, 3)

    @jax.jit
    def loss(weights: jax.Array) -> jax.Array:
        return (quantise({"a": weights}, 4, unit=0.1)["a"] * slope).sum()

    np.testing.assert_allclose(jax.grad(loss)(weights), slope, rtol=1e-6)
    np.testing.assert_allclose(
        loss(weights), (np.clip(np.rint(np.asarray(weights) / 0.1), -8, 7) * 0.1 * slope).sum(), rtol=1e-4
    )
    own = jax.grad(lambda w: (quantise(w, 4) * slope).sum())(weights)
    np.testing.assert_allclose(own, slope, rtol=1e-6)  # none through the unit


class Tensor(np.ndarray):
    """As much of a PyTorch tensor as is looked at: one whose gradient has to be cut off."""

    added = 0

    def detach(self) -> np.ndarray:
        return np.asarray(self)

    def __add__(self, other: object) -> np.ndarray:
        Tensor.added += 1
        return super().__add__(other)  # type: ignore[operator]


def test_what_can_be_detached_keeps_its_gradient_on_the_way_round() -> None:
    weights = np.array([[0.3, -1.0], [0.7, 0.26]]).view(Tensor)
    made, before = quantise(weights, 4), Tensor.added
    assert isinstance(made, Tensor)
    quantise(weights, 4)
    assert Tensor.added == before + 1  # weights + (held - detached): what autograd follows
    np.testing.assert_allclose(np.asarray(made), quantise(np.asarray(weights), 4))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: quantise(np.ones((2, 2)), bits=9), "bits = 9 must be a whole number from 2 to 8"),
        (lambda: quantise(np.ones((2, 2)), bits=1), "bits = 1 must"),
        (lambda: quantise(np.ones((2, 2)), bits=8.0), "bits = 8.0 must"),
        (lambda: weight_unit(np.ones((2, 2)), clip=0), "clip = 0 must be a number above 0"),
        (lambda: weight_unit(np.ones((2, 2)), clip=np.nan), "clip = nan must"),
        (lambda: quantise(np.ones((2, 2)), unit=0), "unit = 0 must be a number above 0"),
        (lambda: quantise(np.ones((2, 2)), unit=np.float32("nan")), "unit = .*nan.* must be"),
        (lambda: quantise(np.ones((2, 2)), unit="a"), "unit = 'a' must"),
        (lambda: quantise([[1.0, 2.0]]), r"weights = \[1.0, 2.0\]: give arrays"),
        (lambda: quantise("w"), "weights = 'w': give arrays"),
        (lambda: quantise([]), "weights hold no array"),
        (lambda: quantise({}), "weights hold no array"),
    ],
)
def test_what_is_no_weights_is_refused(call: object, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        call()  # type: ignore[operator]
