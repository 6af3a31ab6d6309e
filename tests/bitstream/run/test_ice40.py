"""The bitstream of a small board, unpacked and simulated from pin to pin, is the emulator; bits matter."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from allspike_boards.build import Plan

from ...boards import small
from ...conftest import Once
from . import faults, ice40, icebox, learning
from .powered import Chip, Powered
from .trial import tried

pytestmark = icebox.NEEDS
TABLES, MEMORIES, SEED = (20, 3, 1) if os.environ.get("ALLSPIKE_SOAK") else (1, 2, 1)
_MOST = 2_500_000
"""Clocks for a board with a fault; without one it takes 1.8 million."""


@dataclass(frozen=True)
class Faulty:
    """A board whose bitstream is as it is, or, as is chosen at power-on, has one bit flipped."""

    planned: Plan
    chip: Chip
    faults: list[str]
    """What each is, from the number 1."""

    def tried(self, fault: int = 0) -> str | None:
        """What is wrong with it."""
        return tried(self.planned, Powered(self.planned.board, self.chip, faults.argument(fault), most=_MOST))


@pytest.fixture(scope="module")
def board(once: Once) -> Faulty:
    planned, bitstream = small.built(once)

    def unpack(place: Path) -> None:
        prepared = faults.prepared(icebox.unpacked(planned.board, bitstream), TABLES, MEMORIES, SEED)
        (place / "chip.json").write_text(json.dumps(prepared))

    text, names = json.loads((once("small-chip", unpack) / "chip.json").read_text())
    return Faulty(planned, ice40.modelled(planned.board, text), names)


def test_the_story_is_lively(board: Faulty) -> None:
    told = learning.figures(learning.story(board.planned.config))
    assert told.steps == learning.STEPS
    assert told.spikes > 2 * told.steps
    assert told.learned > 0.8 * told.weights


def test_the_bitstream_computes_the_emulators_integers_and_learns(board: Faulty) -> None:
    """Identity, spikes, states, weights: all that a host reads, over UART at the pins."""
    assert board.tried() is None


def test_bits_that_are_flipped_are_noticed(board: Faulty) -> None:
    """A third at least, for inputs of a table may never meet, and another build has its bits elsewhere."""
    found = {name: board.tried(number) for number, name in enumerate(board.faults, start=1)}
    noticed = [name for name, wrong in found.items() if wrong]
    assert len(noticed) >= len(found) / 3, found
