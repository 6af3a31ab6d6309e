"""Where the words of a neuron lie in the store of a compact core, whatever its model keeps in them."""

from dataclasses import dataclass

from allspike.map.config import Config
from allspike.map.neuron_model import OWN_PARAMS_BYTES, STATE_BYTES, TRACE, TRACE_AT

from ..map.regions import WORD
from ..map.words import Kept, words_of
from ..neurons.program import Cell
from .extent import RECORD_BITS

PARAMS_LEFT = 5
"""The first words of a neuron's parameters lie on the left side: what is added. The others, factors, counts
and flags, lie on the right, each in the entry of its number."""
STATE_LEFT = TRACE_AT // WORD
"""The first words of its state lie on the left, too: what is added, and what is multiplied."""
STATE_ENTRY = (1 << RECORD_BITS) - STATE_LEFT
"""The entry of the first word of its state: the left side is full. The last is on the right, in entry 0."""


@dataclass(frozen=True)
class Spot:
    """An entry of a neuron's record, and its side: 0 on the left, 1 on the right."""

    entry: int
    side: int


def spot_of(index: int, *, of_state: bool) -> Spot:
    """Where a word of a neuron's state, or of its parameters, lies."""
    if of_state:
        return Spot((STATE_ENTRY + index) % (1 << RECORD_BITS), int(index >= STATE_LEFT))
    return Spot(index, int(index >= PARAMS_LEFT))


STATE_RIGHT = spot_of(STATE_BYTES // WORD - 1, of_state=True)
"""What there is of its state on the right side."""
FLAGS_SPOT = spot_of(OWN_PARAMS_BYTES // WORD, of_state=False)
"""Delay and flags."""


class Cells:
    """The fields of the neurons of a build: which word holds each, and where in it."""

    def __init__(self, config: Config) -> None:
        model = config.model
        self._spots: dict[Cell, Spot] = {}
        self._kept: dict[Cell, Kept] = {}
        for of_state, record in ((False, model.params_record), (True, model.state_record)):
            for word in words_of(record, config, [TRACE]):
                for kept in word.kept:
                    cell = Cell(kept.field.name, of_state)
                    self._spots[cell], self._kept[cell] = spot_of(word.index, of_state=of_state), kept

    def spot(self, cell: Cell) -> Spot:
        """The word that holds a field."""
        return self._spots[cell]

    def kept(self, cell: Cell) -> Kept:
        """Its bits in that word."""
        return self._kept[cell]

    def at(self, spot: Spot) -> dict[Cell, Kept]:
        """The fields of a word."""
        return {cell: self._kept[cell] for cell, where in self._spots.items() if where == spot}
