"""Whole-numbered weights, chosen by what they do to the currents that a calibration set causes.

The error of a neuron's current is linear in the errors of its weights: their squares, summed over a
calibration set, are `d @ G @ d`, with d the errors of its weights and G how often, and how often together,
its axons are used. So candidates are compared without running the network.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..aliases import NDArray
from ..compiler.scale import in_range
from ..image.image import Image
from ..map.config import Config
from .dynamics import Dynamics

_RIDGE = (0.01, 0.1)
"""What is added to the use of every axon, as a share of the mean: of what the calibration set seldom uses the
weight itself counts, and what was learned from few samples counts less."""
_FINE = 2.0 ** (-np.arange(-4, 17) / 16)
"""Units that are tried, as shares of the compiler's own: a grid may fit better when a little coarser, too."""
_CLIPPED = 6
"""Up to so many of the largest weights onto a neuron are tried to be clipped to the next."""
_SWEEPS = 3


@dataclass(frozen=True, eq=False)
class Candidates:
    """Weights onto each neuron that are worth a run, the best by their current first."""

    weights: NDArray[np.float64]
    """[candidates, inputs + neurons, neurons]."""
    unit: NDArray[np.float64]
    """[candidates, neurons]."""

    def of(self, picks: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The weights and the units of one candidate of each neuron."""
        columns = np.arange(picks.size)
        return self.weights[picks, :, columns].T, self.unit[picks, columns]


def use(arrived: NDArray[np.bool_], alpha: float, beta: float) -> NDArray[np.float64]:
    """How axons are used together, [axons, axons]: mean products of what their spikes add to a V without
    threshold.

    Parameters
    ----------
    arrived : bool [samples, steps, axons]
    alpha, beta : float
        What is left of I and of V after a step.
    """
    samples, steps, axons = arrived.shape
    i, v = np.zeros((samples, axons)), np.zeros((samples, axons))
    total = np.zeros((axons, axons))
    for step in range(steps):
        i = alpha * i + arrived[:, step]
        v = beta * v + i
        total += v.T @ v
    return total / max(samples * steps, 1)


def nearest(weights: NDArray[np.float64], unit: NDArray[np.float64], config: Config) -> NDArray[np.float64]:
    """Weights [axons, neurons] rounded to whole units [neurons] and clipped: what the compiler does."""
    return in_range(np.rint(weights / unit), config) * unit


def compensated(
    weights: NDArray[np.float64],
    unit: NDArray[np.float64],
    used: NDArray[np.float64],
    config: Config,
) -> NDArray[np.float64]:
    """Weights in whole units, each rounded up or down such that the errors of all cancel in the current.

    By coordinate descent: one axon after the other takes, of the two neighbours of its weight, that which
    leaves the least error with the others as they are. What is 0 stays 0.

    Parameters
    ----------
    weights : float [axons, neurons]
    unit : float [neurons]
    used : float [axons, axons]
    config : Config
    """
    low, high = np.floor(weights / unit), np.ceil(weights / unit)
    low, high = (in_range(bound, config) for bound in (low, high))
    error = nearest(weights, unit, config) - weights
    for _ in range(_SWEEPS):
        for axon in np.flatnonzero(np.diag(used) > 0):
            others = used[axon] @ error - used[axon, axon] * error[axon]
            best = np.rint((weights[axon] - others / used[axon, axon]) / unit)
            error[axon] = np.clip(best, low[axon], high[axon]) * unit - weights[axon]
    return weights + error


def candidates(
    dynamics: Dynamics,
    weights: NDArray[np.float64],
    arrived: NDArray[np.bool_],
    image: Image,
    *,
    compensate: bool,
    keep: int,
) -> Candidates:
    """The best weights onto each neuron by the error of its current, of many units and roundings; the
    compiler's own last.

    Parameters
    ----------
    dynamics : Dynamics
    weights : float [axons, neurons]
        As they were trained.
    arrived : bool [samples, steps, axons]
        The axons in use, of a run in float64.
    image : Image
        What the compiler makes of the network by itself.
    compensate : bool
        Whether weights may be rounded to the further neighbour where errors then cancel.
    keep : int
        How many candidates to keep besides the compiler's.
    """
    own = image.weight_unit[: dynamics.neurons]
    kept = np.tile(nearest(weights, own, image.config), (keep + 1, 1, 1))
    unit = np.tile(own, (keep + 1, 1))
    kinds, members = np.unique(np.stack((dynamics.alpha, dynamics.beta)), axis=1, return_inverse=True)
    for kind, (alpha, beta) in enumerate(kinds.T):
        neurons = np.flatnonzero(members.ravel() == kind)
        used, onto = use(arrived, alpha, beta), weights[:, neurons]
        tried = []
        for units in _units(onto, own[neurons], image):
            tried += [(made, units) for made in _roundings(onto, units, used, image.config, compensate)]
        errors = np.array([np.einsum("an,an->n", made - onto, used @ (made - onto)) for made, _ in tried])
        for rank, picks in enumerate(np.argsort(errors, axis=0, kind="stable")[:keep]):
            for column, pick in enumerate(picks):
                kept[rank, :, neurons[column]] = tried[pick][0][:, column]
                unit[rank, neurons[column]] = tried[pick][1][column]
    return Candidates(kept, unit)


def _units(
    weights: NDArray[np.float64], own: NDArray[np.float64], image: Image
) -> Iterator[NDArray[np.float64]]:
    """Units that are tried for neurons, [neurons] each: fine steps about their own, and their largest weights
    clipped to the next. None is so small that V would not hold the threshold."""
    least = own / 2**image.weight_shift
    for share in _FINE:
        yield np.maximum(own * share, least)
    for row in -np.sort(-np.abs(weights), axis=0)[1 : _CLIPPED + 1]:
        yield np.maximum(np.where(row > 0, row / image.config.weight_max, own), least)


def _roundings(
    weights: NDArray[np.float64],
    unit: NDArray[np.float64],
    used: NDArray[np.float64],
    config: Config,
    compensate: bool,
) -> Iterator[NDArray[np.float64]]:
    yield nearest(weights, unit, config)
    for ridge in _RIDGE if compensate else ():
        yield compensated(weights, unit, used + ridge * np.diag(used).mean() * np.eye(len(used)), config)
