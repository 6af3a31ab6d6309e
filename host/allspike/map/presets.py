"""Builds that have a name: the presets, and the boards that other packages tell of."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import entry_points
from itertools import chain

from ..errors import ParameterError
from ..names import known_names
from .config import Config, Memory

_UP5K = Config(
    neurons=256,
    inputs=128,
    weight_bits=7,
    lanes=4,
    memory=Memory.SINGLE_PORT,
    event_ring=2048,
    spike_ring=2048,
    clock_hz=24_000_000,
)

PRESETS: Mapping[str, Config] = {
    "core96": Config(neurons=96, inputs=96),
    "up5k": _UP5K,
    "up5k-static": replace(_UP5K.static(), weight_bits=8),
    "core256": Config(neurons=256, inputs=256),
    "ecp5-85f": Config(neurons=512, inputs=128, lanes=16),
    "core1024": Config(neurons=1024, inputs=1024, lanes=32),
}
"""Named builds, the smaller before the larger. A board's own build may set another clock and other rings."""

DEFAULT_PRESET = "core256"

_GROUP = "allspike.builds"
"""Entry points under which other rooms tell of builds: mappings from a name to a `Config`."""


def configurations() -> dict[str, Config]:
    """Every configuration that has a name: the presets, then the default builds of the known boards.

    Returns
    -------
    dict of str to Config

    Examples
    --------
    >>> configurations()["icebreaker"].neurons
    256
    """
    named = dict(PRESETS)
    for builds in _builds():
        named |= {name: builds[name] for name in builds if name not in PRESETS}
    return named


def _builds() -> list[Mapping[str, Config]]:
    return [point.load() for point in entry_points(group=_GROUP)]


def preset(name: str) -> Config:
    """The configuration called `name`: a preset, or the default build of a board.

    Parameters
    ----------
    name : str
        One of `configurations()`, such as "up5k" or "icebreaker".

    Raises
    ------
    ParameterError
        If there is none of that name.

    Examples
    --------
    >>> preset("up5k").weight_bits
    7
    """
    name = str(name)
    if name in PRESETS:
        return PRESETS[name]
    builds = _builds()
    for known in builds:
        if name in known:
            return known[name]
    raise ParameterError(
        f"there is no configuration named {name!r}: {known_names(name, [*PRESETS, *chain(*builds)])}."
    )


UNNAMED = "custom"
"""What a configuration is called that has no name."""


def name_of(config: Config) -> str:
    """The name of the preset that this configuration is; UNNAMED if it is none."""
    return next((name for name, known in PRESETS.items() if known == config), UNNAMED)


def config_of(build: Config | str) -> Config:
    """A configuration, given as itself or by its name.

    Raises
    ------
    ParameterError
        If it is neither, or there is none of that name.
    """
    if isinstance(build, str):
        return preset(build)
    if not isinstance(build, Config):
        raise ParameterError(
            f"config = {build!r:.60} is no build: give the name of a preset or of a board, or a Config."
        )
    return build
