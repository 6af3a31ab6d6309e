"""Runs in float64 by the equations of docs/model.md: of a network as it is described, and of an image.

The first has the translated parameters before anything is rounded, the second those that the compiler made.
Both share lags and delays with the network; neither shares the kernel's arithmetic.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from allspike.compiler.lif.physics import physics
from allspike.compiler.placement import delay_steps, place
from allspike.map import device_map as dm
from allspike.results.result import Result

Spikes = NDArray | Mapping[str, NDArray]
"""What is given to a translation."""


@dataclass
class Cells:
    """All neurons, [neurons] each, V measured from rest."""

    beta: NDArray
    alpha: NDArray
    bias: NDArray
    threshold: NDArray
    strict: NDArray
    reset: NDArray
    """Where V goes, or what it loses."""
    subtract: NDArray
    refractory: NDArray
    delay: NDArray
    weights: NDArray
    """[axons, neurons]: what a spike adds to I."""
    inputs: int


def described(net: asp.Network) -> Cells:
    """The neurons of a network as it is described."""
    cell, placed = physics(net), place(net)
    weights = np.zeros((placed.inputs + placed.neurons, placed.neurons))
    for projection in net.projections.values():
        pre = placed.start[projection.pre.name] + projection.pairs[0]
        pre = pre + (placed.inputs if projection.pre.name in placed.neuron_names else 0)
        post = placed.start[projection.post.name] + projection.pairs[1]
        np.add.at(weights, (pre, post), projection.weights * cell.charge[post])
    strict = np.zeros(placed.neurons, bool)
    for name, above in ({} if net.translation is None else net.translation.strict).items():
        strict[placed.start[name] : placed.start[name] + net[name].size] = above
    return Cells(
        beta=cell.beta, alpha=cell.alpha, bias=cell.drift, threshold=cell["v_thresh"] - cell["v_rest"],
        strict=strict, reset=np.where(cell.subtract, cell["v_subtract"], cell["v_reset"] - cell["v_rest"]),
        subtract=cell.subtract, refractory=np.rint(cell["t_ref"] / net.dt).astype(int),
        delay=np.concatenate([delay_steps(net, p) for p in net.neuron_populations]).astype(int),
        weights=weights, inputs=placed.inputs,
    )  # fmt: skip


def compiled(image: asp.Image) -> Cells:
    """The neurons of an image, all of them, in whole units of V that are held as floats."""
    params, config = image.neuron_params, image.config
    flags = params["flags"].astype(int)
    return Cells(
        beta=np.minimum(params["beta"] / 2**dm.DECAY_BITS, 1), alpha=params["alpha"] / 2**dm.DECAY_BITS,
        bias=params["bias"].astype(float), threshold=params["threshold"].astype(float),
        strict=np.zeros(config.neurons, bool), reset=params["reset"].astype(float),
        subtract=(flags & dm.NeuronFlag.RESET_SUBTRACT) != 0, refractory=params["refractory"].astype(int),
        delay=params["delay"].astype(int), weights=image.weights * 2.0**image.weight_shift,
        inputs=config.inputs,
    )  # fmt: skip


def run(
    cells: Cells, events: NDArray, v: NDArray, i: NDArray, held: NDArray
) -> tuple[NDArray[np.bool_], NDArray]:
    """Spikes and V after each step, [steps, neurons].

    Parameters
    ----------
    cells : Cells
    events : bool [steps, inputs]
    v, i, held : [neurons]
        V, I and the refractory steps left at the start.
    """
    steps, size = len(events), cells.beta.size
    v, i, held = v.astype(float), i.astype(float), held.astype(int)
    coming = np.zeros((steps + 256, size), bool)
    spikes, potentials = np.zeros((steps, size), bool), np.zeros((steps, size))
    for t in range(steps):
        arrived = np.concatenate((events[t], coming[t]))
        i = cells.alpha * i + cells.weights[arrived].sum(axis=0)
        v = np.where(held > 0, v, cells.beta * v + i + cells.bias)
        above = np.where(cells.strict, v > cells.threshold, v >= cells.threshold)
        fires = above & (held == 0)
        held = np.where(fires, cells.refractory, np.maximum(held - 1, 0))
        v = np.where(fires, np.where(cells.subtract, v - cells.reset, cells.reset), v)
        who = np.flatnonzero(fires)
        coming[t + cells.delay[who], who] = True
        spikes[t], potentials[t] = fires, v
    return spikes, potentials


def described_run(net: asp.Network, spikes: Spikes) -> Result:
    """The result of a run of a translated network as it is described, from its start."""
    translation, placed = net.translation, place(net)
    cells = described(net)
    v, i, held = (np.zeros(placed.neurons) for _ in range(3))
    rest = physics(net)["v_rest"]
    for name, one in translation.places.items():
        part = slice(placed.start[name], placed.start[name] + net[name].size)
        if one.waits:
            v[part], i[part], held[part] = one.start_v - rest[part], one.begin_i, one.lag
    steps = translation.steps(_length(spikes))
    fired, potentials = run(cells, _events(net, spikes, placed.inputs, steps), v, i, held)
    return _result(net, fired, potentials + rest)


def compiled_run(sim: asp.Simulation, net: asp.Network, spikes: Spikes) -> Result:
    """The result of a run of the image of a translated network, from its start."""
    sim.reset()
    net.translation.start(sim)
    image, read = sim.image, sim.device.read
    steps = net.translation.steps(_length(spikes))
    fired, potentials = run(
        compiled(image), _events(net, spikes, image.config.inputs, steps),
        read("neuron_state.v"), read("neuron_state.i"), read("neuron_state.refractory"),
    )  # fmt: skip
    sim.reset()
    return _result(net, fired, potentials * image.v_unit + image.v_rest)


def _length(spikes: Spikes) -> int:
    return len(next(iter(spikes.values())) if isinstance(spikes, Mapping) else spikes)


def _events(net: asp.Network, spikes: Spikes, inputs: int, steps: int) -> NDArray[np.bool_]:
    """The events of a run, [steps, inputs]."""
    placed, found = place(net), np.zeros((steps, inputs), bool)
    for name, given in net.translation.stimuli(spikes).items():
        found[given.steps, placed.start[name] + np.asarray(given.inputs)] = True
    return found


def _result(net: asp.Network, fired: NDArray, v: NDArray) -> Result:
    placed = place(net)
    parts = {
        p.name: slice(placed.start[p.name], placed.start[p.name] + p.size) for p in net.neuron_populations
    }
    return Result(
        dt=net.dt, start=0, steps=len(fired), sizes={p.name: p.size for p in net.neuron_populations},
        spikes={name: np.nonzero(fired[:, part]) for name, part in parts.items()},
        v={name: v[:, part] for name, part in parts.items()},
        v_neurons={p.name: np.arange(p.size) for p in net.neuron_populations},
    )  # fmt: skip
