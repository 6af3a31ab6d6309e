"""What drives each node: weights and biases in the potentials of its neurons, delays in steps.

A Threshold behind neurons that are read (LI, CubaLI, I) takes in what drives those: the sum of potentials
that decay alike decays as they do, so it is itself such a neuron, which fires and does not reset.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from .flat import Edge, Flat
from .neurons import Neuron

_LATEST = 2**40
"""Steps of the longest run, and so of a delay."""
_WHOLE = 1e-6
"""Part of a step by which a delay may miss whole steps through rounding."""


@dataclass(frozen=True, eq=False)
class Drive:
    """Synapses from an input or neurons to neurons."""

    pre: str
    post: str
    matrix: NDArray[np.float64]
    """[pre size, post size]: what a spike adds to I."""
    late: NDArray[np.int64]
    """[pre size]: steps that Delay nodes take."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What an output shows: an affine map of the spikes, or the potentials, of neurons."""

    pre: str
    post: str
    matrix: NDArray[np.float64] | None
    """[pre size, post size]; None: as they are."""
    bias: NDArray[np.float64]
    late: NDArray[np.int64]
    """[pre size]: steps that Delay nodes take."""


@dataclass(eq=False)
class Drives:
    """All drives, and what they make of the neurons."""

    neurons: dict[str, Neuron]
    links: list[Drive] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    bias: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Of each node what is added to I in every step, [size]."""
    rounded: list[str] = field(default_factory=list)
    """Sentences on delays that are no whole steps."""
    facts: list[str] = field(default_factory=list)


def drives(flat: Flat, neurons: dict[str, Neuron], dt: float) -> Drives:
    """The drives of a network.

    Parameters
    ----------
    flat : Flat
    neurons : dict of str to Neuron
        By node.
    dt : float
        A step, in the graph's unit of time.

    Raises
    ------
    ParameterError
        Naming a node whose potential would have to travel between layers, or an input that is an output.
    """
    found = Drives(neurons)
    outputs = {port.name for port in flat.outputs}
    held: dict[str, list[Edge]] = {}
    for edge in flat.edges:
        _check_finite(edge)
        late = _steps(edge, dt, found.rounded)
        read = edge.pre in neurons and not neurons[edge.pre].fires
        if edge.post in outputs:
            if edge.pre not in neurons:
                raise ParameterError(
                    f"output {edge.post!r} shows input {edge.pre!r} itself: put neurons between."
                )
            same = np.array_equal(edge.matrix, np.eye(*edge.matrix.shape))
            plain = same and edge.matrix.shape[0] == edge.matrix.shape[1] and not edge.bias.any()
            found.readings.append(
                Reading(edge.pre, edge.post, None if plain else edge.matrix, edge.bias, late)
            )
        elif read:
            _check_read(edge, neurons, late)
            held.setdefault(edge.post, []).append(edge)
        else:
            gain = neurons[edge.post].gain
            found.links.append(Drive(edge.pre, edge.post, edge.matrix * gain, late))
            _add(found.bias, edge.post, edge.bias * gain)
    for name, edges in held.items():
        _fold(found, name, edges)
    shown = {reading.pre for reading in found.readings}
    for name in {edge.pre for edges in held.values() for edge in edges} - shown:
        _drop(found, name)
    return found


def _add(sums: dict[str, NDArray[np.float64]], name: str, values: NDArray[np.float64]) -> None:
    sums[name] = sums.get(name, 0.0) + values


def _check_finite(edge: Edge) -> None:
    for what, values in (("weights", edge.matrix), ("biases", edge.bias), ("delays", edge.delay)):
        if not np.isfinite(values).all():
            by = f" of {', '.join(map(repr, edge.nodes))}" if edge.nodes else ""
            raise ParameterError(
                f"the {what}{by} from {edge.pre!r} to {edge.post!r} hold "
                f"{values[~np.isfinite(values)][0]:g}: give finite numbers."
            )


def _steps(edge: Edge, dt: float, rounded: list[str]) -> NDArray[np.int64]:
    """Delays in whole steps."""
    if (edge.delay < 0).any():
        raise ParameterError(f"a delay from {edge.pre!r} to {edge.post!r} is {edge.delay.min():g}: below 0.")
    with np.errstate(over="ignore"):
        steps = edge.delay / dt
    if steps.max(initial=0) > _LATEST:
        raise ParameterError(
            f"the delay of {edge.delay.max():g} from {edge.pre!r} to {edge.post!r} is more than {_LATEST:,} "
            f"steps of {dt:g}, longer than any run: make it shorter, or the step longer."
        )
    whole = np.rint(steps)
    off = np.abs(steps - whole)
    if (off > _WHOLE * np.maximum(1, steps)).any():
        worst = int(np.argmax(off))
        rounded.append(
            f"The delay of {edge.delay[worst]:g} from {edge.pre!r} to {edge.post!r} is {steps[worst]:.4g} "
            f"steps and becomes {whole[worst]:.0f}."
        )
    return whole.astype(np.int64)


def _check_read(edge: Edge, neurons: dict[str, Neuron], late: NDArray[np.int64]) -> None:
    """Refuse the potential of a neuron as the input of another, but for a Threshold."""
    pre, post = neurons[edge.pre], neurons[edge.post]
    if post.cells.kind != "Threshold" or late.any():
        by = "by way of a Delay " if post.cells.kind == "Threshold" else ""
        raise ParameterError(
            f"{pre.cells.kind} {edge.pre!r} hands its potential {by}to {post.cells.kind} {edge.post!r}: only "
            "spikes travel between neurons here; put a Threshold behind it, or read it at an output."
        )


def _fold(found: Drives, name: str, edges: list[Edge]) -> None:
    """Make a Threshold the neurons that it reads."""
    neurons = found.neurons
    if any(link.post == name for link in found.links):
        raise ParameterError(
            f"Threshold {name!r} takes spikes and potentials ({edges[0].pre!r}) at once: give it one of them."
        )
    size = neurons[name].cells.size
    factors: dict[str, Any] = {}
    for factor in ("alpha", "beta"):
        low, high = np.full(size, np.inf), np.full(size, -np.inf)
        for edge in edges:
            values = np.where(edge.matrix != 0, getattr(neurons[edge.pre], factor)[:, None], np.nan)
            low, high = np.fmin(low, np.fmin.reduce(values)), np.fmax(high, np.fmax.reduce(values))
        if (high > low).any():
            raise ParameterError(
                f"Threshold {name!r} compares a sum of potentials ({edges[0].pre!r}) with different time "
                "constants: give neurons that share a threshold the same."
            )
        factors[factor] = np.where(np.isfinite(low), low, 0.0)
    rest = np.zeros(size)
    before = list(found.links)
    for edge in edges:
        read = neurons[edge.pre]
        rest = rest + read.rest @ edge.matrix + edge.bias
        _add(found.bias, name, found.bias.get(edge.pre, np.zeros(read.cells.size)) @ edge.matrix)
        for link in before:
            if link.post == edge.pre:
                found.links.append(replace(link, post=name, matrix=link.matrix @ edge.matrix))
    own = neurons[name]
    neurons[name] = replace(own, **factors, rest=rest, start=rest, reset=rest)
    found.facts.append(
        f"{name!r} and what it reads, {', '.join(repr(e.pre) for e in edges)}, are one neuron each."
    )


def _drop(found: Drives, name: str) -> None:
    """Leave out neurons that a Threshold has become and no output shows."""
    del found.neurons[name]
    found.bias.pop(name, None)
    found.links = [link for link in found.links if link.post != name]
