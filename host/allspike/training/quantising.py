"""Weights as a device holds them, while they are trained: rounded forwards, passed through backwards."""

import sys
from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

from ..checks import checked_count, checked_number
from ..errors import ParameterError
from ..map.config import MAX_WEIGHT_BITS
from ..showing import brief
from .arrays import is_array, namespace

_LEAST_BITS = 2


def weight_unit(weights: Any, bits: int = 8, axis: int | None = 0, clip: float = 1.0) -> Any:
    """The unit that the compiler gives weights by itself: the largest onto each neuron takes the whole range.

    Parameters
    ----------
    weights : array, or list or mapping of arrays
        [pre, post]; several have one unit for all that goes onto the same neuron, so their sizes along the
        other axes agree. Of NumPy, JAX, PyTorch or the like.
    bits : int
        Of a weight of the build, 2 to 8.
    axis : int or None
        The axis along which weights share a unit: 0 for [pre, post] as here, 1 for [out, in] as in PyTorch,
        None for one unit for all, which neurons that learn have.
    clip : float
        The share of the largest weight that takes the whole range, above 0; below 1 what is larger
        saturates, and what is small is finer.

    Returns
    -------
    array
        With the axis kept, of size 1; 1 where all weights are 0. No gradient goes through it.

    Raises
    ------
    ParameterError
        If a value is out of its range.

    Examples
    --------
    >>> asp.training.weight_unit(np.array([[1.27, 0.5], [-0.2, 2.54]]))
    array([[0.01, 0.02]])
    """
    top = _top(bits)
    clip = checked_number("clip", clip, 1e-9, 1e9, "a number above 0")
    parts = [_stopped(part) for part in _parts(weights)]
    xp = namespace(parts[0])
    each = [xp.abs(part).max() if axis is None else _largest(xp, part, axis) for part in parts]
    unit = reduce(xp.maximum, each) * (clip / top)
    return xp.where(unit > 0, unit, xp.ones_like(unit))


def quantise(weights: Any, bits: int = 8, axis: int | None = 0, unit: Any = None) -> Any:
    """Weights as the device would hold them, through which gradients pass as if nothing had been rounded.

    What is trained through this gets used to the rounding (quantisation-aware training with a
    straight-through estimator; Bengio, Leonard and Courville 2013). Gradients of weights that saturate pass
    as well, so that they may come back.

    Parameters
    ----------
    weights : array, or list or mapping of arrays
        As in `weight_unit`.
    bits, axis
        Likewise.
    unit : number or array, optional
        The weight that one unit stands for; by default `weight_unit` of these weights.

    Returns
    -------
    array, or list or mapping of arrays
        Whole numbers of units, from -2**(bits - 1) to 2**(bits - 1) - 1.

    Raises
    ------
    ParameterError
        If `weights` are no arrays, or `bits` or a number as `unit` is out of range.

    Examples
    --------
    >>> asp.training.quantise(np.array([[1.0, 0.5], [0.3, -0.25]]), bits=3)
    array([[ 1.        ,  0.5       ],
           [ 0.33333333, -0.33333333]])

    In JAX (`jax.grad` of this is that of `weights * x`):

    >>> import jax
    >>> def loss(weights, x):
    ...     return (asp.training.quantise(weights, bits=3) * x).sum()
    >>> jax.grad(loss)(jax.numpy.ones((1, 2)), np.array([[3.0, 4.0]])).tolist()
    [[3.0, 4.0]]
    """
    top = _top(bits)
    if unit is None:
        unit = weight_unit(weights, bits, axis)
    elif not is_array(unit) or isinstance(unit, np.generic):
        unit = checked_number("unit", unit, np.finfo(float).tiny, 1e300, "a number above 0")
    if isinstance(weights, Mapping):
        return {key: _held(part, unit, top) for key, part in weights.items()}
    if isinstance(weights, list | tuple):
        return type(weights)(_held(part, unit, top) for part in weights)
    return _held(_parts(weights)[0], unit, top)


def _held(weights: Any, unit: Any, top: int) -> Any:
    xp, fixed = namespace(weights), _stopped(weights)
    held = xp.clip(xp.round(fixed / unit), -top - 1, top) * unit
    return held if fixed is weights else weights + (held - fixed)


def _largest(xp: Any, values: Any, axis: int) -> Any:
    """The largest magnitude along an axis, which stays."""
    return xp.amax(xp.abs(values), axis=axis, keepdims=True)


def _stopped(array: Any) -> Any:
    """The array without its gradient; itself where its library has none."""
    if hasattr(array, "detach"):
        return array.detach()
    jax = sys.modules.get("jax")
    if jax is not None and isinstance(array, jax.Array):
        return jax.lax.stop_gradient(array)
    return array


def _parts(weights: Any) -> list[Any]:
    parts = weights
    if isinstance(weights, Mapping):
        parts = list(weights.values())
    elif not isinstance(weights, list | tuple):
        parts = [weights]
    for part in parts:
        if not is_array(part):
            raise ParameterError(f"weights = {brief(part)}: give arrays, of NumPy, JAX or PyTorch.")
    if not parts:
        raise ParameterError("weights hold no array: give at least one.")
    return list(parts)


def _top(bits: int) -> int:
    """The largest weight of so many bits."""
    return 2 ** (checked_count("bits", bits, _LEAST_BITS, MAX_WEIGHT_BITS) - 1) - 1
