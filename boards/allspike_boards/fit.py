"""Which boards a network fits, how fast it would run there, and what to change where it does not."""

import warnings
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from allspike.compiler import compile_network
from allspike.compiler.placement import Needs, required
from allspike.describe.network import Network
from allspike.errors import AllspikeError, AllspikeWarning, ParameterError
from allspike.image.image import Image
from allspike.map.config import Config, Memory
from allspike.map.device_map import InputFlag, NeuronFlag
from allspike_hdl.clocks import Activity, clocks_of

from .board import Board
from .options import Options, configured

_BITS_A_BYTE = 10
"""On the line, with start and stop bit."""
_SPIKE_BYTES = 2
"""A spike, and a step in which there are any."""
_DEEP = 512
"""Neurons for which the state memories of any chip but iCE40 are deep enough without more of them."""
_DEEP_ICE40 = 256


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A network on a board."""

    board: str
    fits: bool
    """The board's default build holds it."""
    build: str
    """The build to make: the default, or one that is likely to hold it; empty if there is none."""
    change: str
    """What the default build lacks; empty if the network fits."""
    weight_bits: int
    warnings: list[str]
    """Of the compiler."""
    steps_per_second: float
    """Of the core."""
    line_steps_per_second: float
    """At which the line is full, if every spike is sent."""
    real_time: float
    """Emulated seconds a second, by the slower of both."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def fit(network: Network, board: Board, activity: float) -> Fit:
    """How a network does on a board.

    Parameters
    ----------
    network : Network
    board : Board
    activity : float
        Share of inputs and neurons that spike in a step, from which the speed follows.

    Raises
    ------
    CapacityError
        If the network has no neurons.
    ParameterError
        If the activity is no share.
    """
    if not 0 <= activity <= 1:
        raise ParameterError(f"activity = {activity} is no share: give a number from 0 to 1, such as 0.02.")
    needs = required(network)
    config, options = board.config, Options()
    lacks = needs.shortfalls(config)
    likely = False
    if lacks and (larger := _larger(board, needs)):
        config, options = larger
        likely = True
    facts: dict[str, Any] = {
        "board": board.name, "fits": not lacks, "change": " and ".join(map(str, lacks)),
        "weight_bits": config.weight_bits,
    }  # fmt: skip
    if lacks and not likely:
        return Fit(
            **facts, build="", warnings=[], steps_per_second=0.0, line_steps_per_second=0.0, real_time=0.0
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AllspikeWarning)  # they are in what is returned, for each board
        image = compile_network(network, config)
    arriving, firing = activity * needs.inputs, activity * needs.neurons
    steps = config.clock_hz / clocks_a_step(image, arriving, firing)
    spikes = arriving + firing
    sent = _SPIKE_BYTES * (spikes + 2 * min(1.0, spikes))
    line = board.baud / (_BITS_A_BYTE * sent) if sent else float("inf")
    return Fit(
        **facts,
        build=f"allspike build {board.name} {options.arguments()}".rstrip(),
        warnings=list(image.warnings),
        steps_per_second=steps,
        line_steps_per_second=line,
        real_time=min(steps, line) * network.dt,
    )


def clocks_a_step(image: Image, arriving: float, firing: float) -> float:
    """Clocks that a step takes on average.

    Parameters
    ----------
    image : Image
        What runs.
    arriving, firing : float
        Input spikes and firings a step.
    """
    learns = image.config.plasticity
    of_inputs = arriving * _share(image, "inputs", InputFlag.PLASTIC_OUT)
    of_neurons = firing * _share(image, "neurons", NeuronFlag.PLASTIC_OUT)
    activity = Activity(
        events=arriving,
        rows=arriving + firing,
        learning_rows=learns * (of_inputs + of_neurons),
        firings=firing,
        words=firing,
        columns=learns * firing * _share(image, "neurons", NeuronFlag.PLASTIC_IN),
    )
    return clocks_of(image.config).step(activity)


def _share(image: Image, kind: str, flag: int) -> float:
    """Share of a network's "inputs" or "neurons" that have a flag."""
    params = image.neuron_params if kind == "neurons" else image.input_params
    used = sum(population.size for population in image.populations if population.kind == kind)
    return float(np.count_nonzero(params["flags"] & flag)) / max(used, 1)


def _larger(board: Board, needs: Needs) -> tuple[Config, Options] | None:
    """A build of the same chip that holds a network that the default build does not."""
    base = board.config
    if needs.plasticity and not base.plasticity:
        return None
    neurons = max(needs.neurons, 1)
    neurons = -(-neurons // base.lanes) * base.lanes
    if base.memory is Memory.SINGLE_PORT:
        neurons = 1 << (neurons - 1).bit_length()
    changed = Options(
        neurons=neurons if neurons != base.neurons else None,
        inputs=needs.inputs if needs.inputs != base.inputs else None,
        max_delay=1 << (needs.max_delay - 1).bit_length() if needs.max_delay > base.max_delay else None,
    )
    try:
        config, _ = configured(board, changed)
    except AllspikeError:
        return None
    deep = _DEEP_ICE40 if board.chip.ram_width == 8 else _DEEP
    deep = max(deep, 1 << (base.neurons - 1).bit_length())
    roomy = config.synapses <= base.synapses
    if config.memory is Memory.SINGLE_PORT:  # where the store is of block RAM, spikes under way fill the rest
        roomy = board.chip.single_port_bytes > 0
    return (config, changed) if roomy and neurons <= deep else None


def best(fits: list[Fit]) -> list[Fit]:
    """In the order in which to show them: those that fit, the faster before the slower, then the others."""
    return sorted(fits, key=lambda one: (not one.fits, not one.build, -one.steps_per_second))
