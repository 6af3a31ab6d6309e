"""What every simulator is asked to run: one network, described once in units of the threshold.

N neurons, all-to-all with themselves included, a step of 1 ms, a delay of one step. A constant drive makes
each neuron fire every `period` steps from a phase of its own; the weights are so small that neither they nor
what learning makes of them moves that rate, yet every synapse is there and every change is computed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

TAU_MEMBRANE = 100.0
"""Steps. Long enough that at one spike in 100 steps the drive still crosses the threshold steeply."""
TAU_TRACE = 20.0
WEIGHT_LIMIT = 127
"""Weights are whole units, 1 to WEIGHT_LIMIT, and learning moves them by about one unit a spike."""
THRESHOLD_UNITS = 7_000_000
"""Weight units from rest to threshold: 100 arrivals a step at the limit are 2 % of the smallest drive."""
WEIGHT_UNIT = 1 / THRESHOLD_UNITS


@dataclass(frozen=True)
class Cell:
    """One cell of the table."""

    neurons: int
    period: int
    """Steps from spike to spike of a neuron."""
    learning: bool

    def __str__(self) -> str:
        return f"N {self.neurons}, {100 // self.period} %{', STDP' if self.learning else ''}"

    @property
    def leak(self) -> float:
        """What a step leaves of the membrane potential."""
        return float(np.exp(-1 / TAU_MEMBRANE))

    @property
    def drive(self) -> float:
        """Added to the potential each step; midway between what fires at `period` and a step earlier."""
        return (1 - self.leak) / (1 - self.leak ** (self.period - 0.5))

    def phases(self) -> NDArray[np.int64]:
        """[N] steps since each neuron's last spike: spread evenly, so that short runs show the rate too."""
        even = np.arange(self.neurons) * self.period // self.neurons
        return np.random.default_rng(1).permutation(even)

    def potentials(self) -> NDArray[np.float64]:
        """[N] where each neuron's phase puts its potential."""
        return self.drive * (1 - self.leak ** self.phases()) / (1 - self.leak)

    def weights(self) -> NDArray[np.int64]:
        """[pre, post] in weight units, none zero."""
        return np.random.default_rng(2).integers(1, WEIGHT_LIMIT, (self.neurons, self.neurons))


@dataclass(frozen=True)
class Timing:
    """One measurement of a simulation loop."""

    steps: int
    seconds: float
    spikes: int

    @property
    def speed(self) -> float:
        """Steps a second."""
        return self.steps / self.seconds


class Simulator(Protocol):
    """A peer, or the emulator; lives in a process of its own."""

    def prepare(self, cell: Cell) -> None:
        """Build the network, compile, and run it until it is warm."""

    def measure(self, seconds: float) -> Timing:
        """Run for at least about `seconds`, loop alone timed."""

    def sample(self) -> NDArray[np.float64]:
        """[N] the present weights from neuron 0, in weight units: to see whether learning was at work."""


class Pace:
    """Turns "run n steps" into "run for s seconds": remembers how fast the last run was."""

    def __init__(self, advance: Callable[[int], Timing], first: int = 10) -> None:
        self._advance = advance
        self._speed = first / 0.1
        while self._step(0.1).seconds < 0.05:
            pass

    def _step(self, seconds: float) -> Timing:
        timing = self._advance(max(1, int(self._speed * seconds)))
        self._speed = min(timing.speed, 20 * self._speed)
        return timing

    def measure(self, seconds: float) -> Timing:
        """Run for about `seconds`."""
        parts = [self._step(seconds)]
        while (spent := sum(part.seconds for part in parts)) < 0.8 * seconds:
            parts.append(self._step(seconds - spent))
        return Timing(sum(part.steps for part in parts), spent, sum(part.spikes for part in parts))
