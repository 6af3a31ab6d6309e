"""How long a step takes: what happens in one, and what a datapath tells of its clocks. Without Amaranth."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

from allspike.map.config import Config
from allspike.map.constants import RING_WORD

_EVENT, _MARKER = 2, 4
"""Clocks of `EventRing`: of an event, and of the marker before those of a step."""
_EMPTY, _LATER = 2, 5
"""To find that there are no more, or that the next are of a later step."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What happens in a step, or on average in one.

    Examples
    --------
    >>> Activity(events=3, rows=5, firings=2).columns
    0
    """

    events: float = 0
    """Words of input spikes that are taken from the ring."""
    rows: float = 0
    """Axons that arrive."""
    learning_rows: float = 0
    """Of these those whose row learns: inputs and neurons that are PLASTIC_OUT, while the rule has a gain."""
    firings: float = 0
    words: float = 0
    """Of these those that are reported."""
    columns: float = 0
    """Of these those whose column learns: neurons that are PLASTIC_IN, while the rule has a gain."""

    @classmethod
    def most(cls, config: Config) -> Self:
        """The busiest step of a build: the ring is full of events, all axons arrive, all neurons fire."""
        axons, neurons = config.axons, config.neurons
        learns = bool(config.plasticity)
        return cls(
            events=config.event_ring // RING_WORD,
            rows=axons,
            learning_rows=axons * learns,
            firings=neurons,
            words=neurons,
            columns=neurons * learns,
        )


class StepClocks(ABC):
    """The clocks of a datapath of some build, part by part, where nothing waits for the host.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self.config = config

    @property
    @abstractmethod
    def between(self) -> float:
        """Of a step in which nothing happens, but for its events, its sweep and the fading of traces."""

    @abstractmethod
    def abreast(self, learns: bool) -> int:
        """Synapses that a walk visits in a clock."""

    @abstractmethod
    def row(self, learns: bool) -> float:
        """Of an axon that arrives."""

    @property
    @abstractmethod
    def column(self) -> float:
        """Of a column that learns."""

    @abstractmethod
    def sweep(self, firings: float) -> float:
        """Of the sweep over all neurons, of which so many fire."""

    @abstractmethod
    def fired(self, activity: Activity) -> float:
        """Of what follows from those that fired: words for the host, traces, columns."""

    @abstractmethod
    def fading(self, activity: Activity) -> float:
        """Of the fading of the traces, as far as a step waits for it; 0 in a static build."""

    def events(self, activity: Activity) -> float:
        """Of taking the events from their ring."""
        count = activity.events
        return (_LATER if count else _EMPTY) + _EVENT * count + _MARKER * min(1, count)

    def words(self, activity: Activity) -> float:
        """Of writing the words of a step to their ring, and a marker before the first."""
        return activity.words + min(1, activity.words)

    def step(self, activity: Activity) -> float:
        """Of a whole step; of one on average, where the activity is one on average."""
        learning = activity.learning_rows
        rows = self.row(False) * (activity.rows - learning) + self.row(True) * learning
        return (
            self.between
            + self.events(activity)
            + rows
            + self.sweep(activity.firings)
            + self.fired(activity)
            + self.fading(activity)
        )
