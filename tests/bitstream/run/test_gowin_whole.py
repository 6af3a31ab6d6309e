"""Whole bitstreams of boards with Gowin chips, unpacked and simulated from pin to pin, are the emulator."""

import os

import pytest

from allspike_boards import BOARDS
from allspike_boards.build import make, plan

from . import learning
from .trial import run


@pytest.mark.skipif(
    "ALLSPIKE_SOAK" not in os.environ, reason="whole boards are for make soak, which sets ALLSPIKE_SOAK"
)
@pytest.mark.parametrize("name", ["tang-nano-9k"])
def test_a_whole_bitstream_computes_the_emulators_integers_and_learns(name: str) -> None:
    planned = plan(BOARDS[name])
    make(planned)
    found = run(planned)
    assert found["wrong"] is None
    assert found["steps"] == learning.STEPS
    assert found["spikes"] > 2_000
