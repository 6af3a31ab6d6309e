"""Weights noted during a run: how learning went."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass
class WeightHistory:
    """The weights of some projections at steps of a run.

    Parameters
    ----------
    read : callable
        From names of projections to the weights of each now, [pre, post].
    names : tuple of names
        The projections.
    every : int
        Steps from record to record; 0: no records.
    """

    read: Callable[[tuple[str, ...]], dict[str, NDArray[np.float64]]]
    names: tuple[str, ...]
    every: int
    steps: list[int] = field(default_factory=list)
    """When, in steps since the device's reset."""
    taken: list[dict[str, NDArray[np.float64]]] = field(default_factory=list)

    def note(self, step: int) -> None:
        """Record the weights as they are at this step."""
        self.steps.append(step)
        self.taken.append(self.read(self.names))

    def arrays(self) -> tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.float64]]]:
        """Steps [records] and weights [records, pre, post] of each projection."""
        steps = {name: np.array(self.steps, np.int64) for name in self.names if self.every}
        return steps, {name: np.array([weights[name] for weights in self.taken]) for name in steps}
