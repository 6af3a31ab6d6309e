"""Network to image."""

from dataclasses import replace

import numpy as np

from ..aliases import NDArray
from ..checks import checked_count
from ..describe.network import Network
from ..describe.population import Inputs
from ..describe.projection import Projection
from ..errors import QuantisationWarning
from ..image.image import Image, PopulationSymbol, ProjectionSymbol
from ..map import device_map as dm
from ..map.config import Config
from ..notices import warn
from . import report as reporting
from .given import WeightUnit, given_units
from .lowering import Lowering, lowered
from .placement import Placement, choose_config, delay_steps, place
from .rules import learning_record
from .scale import Units, in_range
from .scaling import most_shift, units
from .whole import whole_units


def compile_network(
    network: Network,
    config: Config | str | None = None,
    *,
    weight_unit: WeightUnit | None = None,
    weight_shift: int | None = None,
    seed: int = 0,
) -> Image:
    """Compile a network for a configuration.

    Parameters
    ----------
    network : Network
    config : Config or str, optional
        A configuration, or the name of a preset or a board (its default build); by default the smallest
        preset with full weights that fits, or else the smallest.
    weight_unit : number, array [neurons] or mapping, optional
        The user's weight that one weight unit stands for: on all neurons; on each, in the order of their
        placement, which is that of their populations; or by population, view or name, a number or an array
        [size] each. By default, and for populations that a mapping leaves out, the largest weight onto each
        neuron takes the whole range of a weight, and plastic neurons share one unit. Weights beyond the range
        saturate: the report says how many, and by how much.
    weight_shift : int, optional
        Fractional bits that V has below a weight unit, 0 to 15; by default as many as leave V room. With
        `weight_unit=1.0, weight_shift=0` a network of whole numbers is compiled exactly.
    seed : int
        Start of the device's random generators, 0 to 2**32 - 1.

    Returns
    -------
    Image
        With a report of what quantisation did in `image.report`; `format_report` makes it readable.

    Warns
    -----
    QuantisationWarning
        Of every quantity that is realised otherwise than asked, so far that it may be felt: a sentence each,
        which `image.warnings` keeps.

    Raises
    ------
    CapacityError
        If the network does not fit, saying by how much.
    ParameterError
        If an option is out of range, or has another shape than the neurons; if neurons that learn are given
        different units; or if a threshold is so small against the weights that it would be 0 units of V.

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(100, LIF(), "cells")
    >>> net.connect(net.inputs(20, "noise"), cells, weight=1e-9)
    <Projection 'noise-cells': 2,000 static synapses>
    >>> compile_network(net, "icebreaker").config.neurons
    256
    >>> float(compile_network(net, weight_unit={"cells": 1e-11}).weight_unit[0])
    1e-11
    """
    if weight_shift is not None:
        weight_shift = checked_count("weight_shift", weight_shift, 0, most_shift())
    seed = checked_count("seed", seed, 0, 2**32 - 1)
    chosen, name = choose_config(network, config)
    placement = place(network)
    translation = network.translation
    if translation is not None:
        translation.check(chosen)
    own = translation if weight_unit is None and weight_shift is None else None
    asked = given_units(network, placement, weight_unit if own is None else own.weight_unit)
    # What is translated without rounding has weights of some program's own, perhaps of few bits.
    whole = whole_units(network, placement, chosen.weight_max) if own and own.whole else None
    neurons = lowered(network, placement)
    scale = units(neurons, chosen, asked, weight_shift if own is None else own.weight_shift, whole)
    scale = replace(scale, given=weight_unit is not None or weight_shift is not None)
    report = reporting.Builder(network, name, chosen, placement, scale)
    if translation is not None:
        report.translation(translation.facts, translation.differences)

    params = _neuron_params(neurons, chosen, scale)
    report.neurons(neurons, params[: placement.neurons])
    inputs = np.zeros(chosen.inputs, dm.INPUT_PARAMS.record.dtype)
    weights = np.zeros((chosen.axons, chosen.neurons), np.int8)
    plastic = np.zeros((chosen.axons, chosen.neurons), bool)
    for projection in network.projections.values():
        _place_synapses(projection, placement, chosen, scale, weights, plastic, report)
    params["flags"][plastic.any(axis=0)] |= np.uint8(dm.NeuronFlag.PLASTIC_IN)
    params["flags"][plastic[chosen.inputs :].any(axis=1)] |= np.uint8(dm.NeuronFlag.PLASTIC_OUT)
    inputs["flags"][plastic[: chosen.inputs].any(axis=1)] |= np.uint16(dm.InputFlag.PLASTIC_OUT)

    learning = np.zeros(1, dm.LEARNING.record.dtype)
    rule = network.stdp
    if rule is not None:
        targets = np.flatnonzero(plastic.any(axis=0))
        unit = float(scale.weight[targets[0]]) if targets.size else 1.0
        learning, entries = learning_record(rule, unit, network.dt, chosen)
        report.learning(entries, unit)

    for sentence in report.warnings:
        warn(sentence, QuantisationWarning)
    return Image(
        config=chosen,
        neuron_params=params,
        input_params=inputs,
        weights=weights,
        plastic=np.packbits(plastic, axis=1, bitorder="little"),
        learning=learning,
        weight_shift=scale.shift,
        seed=seed,
        dt=network.dt,
        weight_unit=_padded(scale.weight, chosen.neurons, 1.0),
        v_unit=_padded(scale.volts, chosen.neurons, 1.0),
        i_unit=_padded(scale.weight / 2**scale.shift, chosen.neurons, 1.0),
        current_unit=_padded(neurons.currents(scale.volts), chosen.neurons, 1.0),
        v_rest=_padded(neurons.v_rest, chosen.neurons, 0.0),
        populations=tuple(
            PopulationSymbol(
                p.name, "inputs" if isinstance(p, Inputs) else "neurons", placement.start[p.name], p.size
            )
            for p in network.populations.values()
        ),
        projections=tuple(
            ProjectionSymbol(p.name, p.pre.name, p.post.name, p.stdp is not None, p.pairs)
            for p in network.projections.values()
        ),
        report=report.finish(),
    )


def _padded(values: NDArray[np.float64], size: int, fill: float) -> NDArray[np.float64]:
    return np.concatenate((values, np.full(size - values.size, fill)))


def _place_synapses(
    projection: Projection,
    placement: Placement,
    config: Config,
    scale: Units,
    weights: NDArray[np.int8],
    plastic: NDArray[np.bool_],
    report: reporting.Builder,
) -> None:
    pre = placement.axons(projection.pre, config).start + projection.pairs[0]
    post = placement.targets(projection)
    unit = scale.weight[post]
    whole = np.rint(projection.weights / unit)
    held = in_range(whole, config)
    weights[pre, post] = held
    plastic[pre, post] = projection.stdp is not None
    report.projection(projection, whole, held, unit)


def _neuron_params(neurons: Lowering, config: Config, scale: Units) -> np.ndarray:
    """The parameters of all neurons of a build, those first that the network uses."""
    params = np.zeros(config.neurons, dm.NEURON_PARAMS.dtype(config))
    used, unused = np.split(params, [neurons.placement.neurons])
    for field, number in neurons.idle(config).items():
        unused[field] = number
    unused["flags"] |= np.uint8(dm.NeuronFlag.SILENT)
    unused["delay"] = 1
    for field, numbers in neurons.params(config, scale).items():
        used[field] = numbers
    network = neurons.network
    used["delay"] = np.concatenate([delay_steps(network, p) for p in network.neuron_populations])
    return params
