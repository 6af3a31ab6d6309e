"""What a translation knows of the inputs and the nodes of neurons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .flat import Port

EXACT, BOUNDED = "exact", "bounded"


@dataclass(frozen=True)
class Verdict:
    """What became of a node of neurons."""

    node: str
    kind: str
    """NIR's name of it."""
    verdict: str
    """"exact", but for the rounding of weights and factors, or "bounded"."""
    sentence: str = ""
    """What is otherwise, and by how much at most."""

    def __str__(self) -> str:
        return f"{self.kind} {self.node!r}: {self.verdict}{f', {self.sentence}' if self.sentence else ''}"


@dataclass(frozen=True, eq=False)
class Taps:
    """How the channels of an input become inputs of the core: one each, or one for each time to act."""

    port: Port
    shift: NDArray[np.int64]
    """[port size]: steps by which the host delays each."""
    again: NDArray[np.int64]
    """[further inputs]: the channels that come once more, in the population `later`."""
    again_shift: NDArray[np.int64]
    """[further inputs]: the steps by which the host delays these."""
    later: str = ""
    """The population of the further inputs, if there are any."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Place:
    """A node of neurons, as it runs."""

    name: str
    shape: tuple[int, ...]
    lag: int
    """Steps that it runs behind."""
    emits: int
    """Steps from its firing to its spike."""
    fires: bool
    leaks: bool
    """Whether V returns to rest by itself."""
    start_v: NDArray[np.float64]
    """[size]: V at first."""
    start_i: NDArray[np.float64]
    """[size]: I before its own step 0."""
    alpha: NDArray[np.float64]
    """[size]: what I keeps in a step."""
    waits: bool
    """Whether it must be held until its step 0, because it does not start at rest or has a bias."""

    @property
    def begin_i(self) -> NDArray[np.float64]:
        """[size]: I at the start of a run, from which it has decayed to `start_i` by its step 0."""
        return self.start_i / np.where(self.alpha > 0, self.alpha, 1.0) ** self.lag
