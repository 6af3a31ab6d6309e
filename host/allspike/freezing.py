"""From a network that learned to one that only computes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from . import device_map as dm
from .config import PRESETS, UNNAMED, Config, config_of, name_of
from .errors import CapacityError, ParameterError
from .image import Image
from .showing import some


def freeze(image: Image, adapted: NDArray[np.int32], config: Config | str | None = None) -> Image:
    """The image of a static network: what was learned stays as it is, the thresholds too.

    Parameters
    ----------
    image : Image
        With the learned weights.
    adapted : int [N]
        Adaptive part of each neuron's threshold, in units of V. It becomes part of the threshold, which no
        longer adapts: a reset would clear it, and homeostasis has done its work.
    config : Config or str, optional
        The build that the image is for, or its name; by default the image's, without plasticity.

    Raises
    ------
    CapacityError
        If the network does not fit that build.
    ParameterError
        If an adapted threshold cannot stay: it leaves the range of V, or its neuron subtracts its threshold,
        of which the adaptive part is no part.
    """
    build = image.config.static() if config is None else config_of(config)
    name = config if isinstance(config, str) else name_of(build)
    _check_fit(image, build, name)
    static = image.frozen()
    params = static.neuron_params
    thresholds = params["threshold"].astype(np.int64) + adapted
    subtracts = (params["flags"] & dm.NeuronFlag.RESET_SUBTRACT) != 0
    for bad, why in (
        (thresholds > image.config.state_max, f"beyond the {image.config.state_max:,} units that V holds"),
        (subtracts & (adapted != 0), "adapted, and its neuron subtracts the threshold without that part"),
    ):
        if bad.any():
            raise ParameterError(
                f"the threshold of {_named(image, int(np.flatnonzero(bad)[0]))} is {why}: set its state "
                "'theta' to 0 before freezing."
            )
    params["threshold"] = thresholds
    params["adapt_increment"] = 0
    return replace(static, config=build, report=static.report | {"preset": name})


def _named(image: Image, neuron: int) -> str:
    """What a neuron of the device is called, as in "neuron 3 of cells"."""
    for symbol in image.populations:
        if symbol.kind == "neurons" and 0 <= neuron - symbol.start < symbol.size:
            return f"neuron {neuron - symbol.start} of {symbol.name}"
    return f"neuron {neuron}"


def _check_fit(image: Image, build: Config, name: str) -> None:
    """Refuse a build that lacks what a frozen network needs.

    Raises
    ------
    CapacityError
        Saying what, and naming a preset that has it.
    """
    lacks = _shortfalls(image, build)
    if lacks:
        fitting = [known for known, config in PRESETS.items() if not _shortfalls(image, config)]
        advice = (
            f"freeze it for {fitting[0]}" if fitting else "freeze it for the build that it was learned on"
        )
        title = "the configuration given" if name == UNNAMED else name
        raise CapacityError(f"what was learned does not fit {title}: {'; and '.join(lacks)}; {advice}.")


def _shortfalls(image: Image, build: Config) -> list[str]:
    """What a static network needs: the same sizes and V, weights no narrower, delays no shorter."""
    old = image.config
    lacks = [
        f"it was learned with {getattr(old, field):,} {words} and that has {getattr(build, field):,}"
        for field, words in (("neurons", "neurons"), ("inputs", "inputs"), ("state_bits", "state bits"))
        if getattr(build, field) != getattr(old, field)
    ]
    if build.weight_bits < old.weight_bits:
        lacks.append(f"it has weights of {old.weight_bits} bits and that has {build.weight_bits}")
    longest = int(image.neuron_params["delay"].max())
    if longest > build.max_delay:
        lacks.append(f"it has delays of {some(longest, 'step')} and that has up to {build.max_delay}")
    return lacks
