"""Whole bitstreams of boards with iCE40 chips, unpacked and simulated from pin to pin, are the emulator."""

import os

import pytest

from allspike_boards import BOARDS
from allspike_boards.build import make, plan

from . import learning
from .icebox import NEEDS
from .trial import run

pytestmark = [
    NEEDS,
    pytest.mark.skipif(
        "ALLSPIKE_SOAK" not in os.environ, reason="whole boards are for make soak, which sets ALLSPIKE_SOAK"
    ),
]


@pytest.mark.parametrize("name", ["ice40-hx8k-evn", "icebreaker"])
def test_a_whole_bitstream_computes_the_emulators_integers_and_learns(name: str) -> None:
    """The iCEBreaker's UP5K has single-port memories and multipliers, too."""
    planned = plan(BOARDS[name])
    make(planned)
    found = run(planned)
    assert found["wrong"] is None
    assert found["steps"] == learning.STEPS
    assert found["spikes"] > 2_000
