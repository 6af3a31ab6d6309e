"""The clocks of a build's steps: of the datapath that suits it, as in `cores`. Without Amaranth."""

from allspike.map.config import Config, Memory

from .compact.clocks import CompactClocks
from .machine.clocks import Activity, StepClocks
from .wide.clocks import WideClocks

__all__ = ["Activity", "StepClocks", "clocks_of"]


def clocks_of(config: Config) -> StepClocks:
    """How long the steps of a build take.

    Examples
    --------
    >>> from allspike.map.config import Config
    >>> clocks_of(Config(neurons=256, inputs=256, lanes=8)).row(learns=True)
    32
    """
    return (CompactClocks if config.memory is Memory.SINGLE_PORT else WideClocks)(config)
