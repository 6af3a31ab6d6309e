"""From a network that learned to one that only computes."""

from dataclasses import replace

import numpy as np

from ..aliases import NDArray
from ..errors import CapacityError, ParameterError
from ..image.image import Image
from ..map.config import Config
from ..map.presets import PRESETS, config_of, name_of


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
        If an adapted threshold cannot stay, because it leaves the range of V.

    Notes
    -----
    What a neuron subtracts at a spike stays: the adaptive part is no part of it.
    """
    build = image.config.static() if config is None else config_of(config)
    name = config if isinstance(config, str) else name_of(build)
    _check_fit(image, build)
    static = image.frozen()
    params = static.neuron_params
    thresholds = params["threshold"].astype(np.int64) + adapted
    beyond = np.flatnonzero(thresholds > image.config.state_max)
    if beyond.size:
        raise ParameterError(
            f"the threshold of neuron {beyond[0]} is beyond the {image.config.state_max} units that V holds: "
            "set its state 'theta' to 0 before freezing."
        )
    params["threshold"] = thresholds
    params["adapt_increment"] = 0
    return replace(static, config=build, report=static.report | {"preset": name})


def _check_fit(image: Image, build: Config) -> None:
    """Refuse a build that lacks what a frozen network needs.

    Raises
    ------
    CapacityError
        Saying what, and naming a preset that has it.
    """
    lacks = _lacking(image, build)
    if lacks:
        known = next((name for name, config in PRESETS.items() if not _lacking(image, config)), None)
        raise CapacityError(f"{lacks}{f', such as {known}' if known else ''}.")


def _lacking(image: Image, build: Config) -> str:
    """What a static network needs and a build lacks: the same sizes and V, weights no narrower, delays no
    shorter. Empty if it fits."""
    old = image.config
    for name in ("neurons", "inputs", "state_bits"):
        if getattr(build, name) != getattr(old, name):
            return (
                f"the network was learned with {name} = {getattr(old, name)} and the build to freeze it for "
                f"has {getattr(build, name)}: choose one with the same"
            )
    longest = int(image.neuron_params["delay"].max())
    for name, need in (("weight_bits", old.weight_bits), ("max_delay", longest)):
        if getattr(build, name) < need:
            return (
                f"the network needs {name} = {need} and the build to freeze it for has "
                f"{getattr(build, name)}: choose one with more"
            )
    return ""
