"""A small board that learns, built once in a run of the tests."""

import json
from dataclasses import replace
from pathlib import Path
from unittest import mock

from allspike.map.config import Memory
from allspike_boards import BOARDS
from allspike_boards.build import Plan, cache, make, plan

from ..conftest import Once
from .tiny import TINY

_ON = BOARDS["ice40-hx8k-evn"]
SMALL = replace(
    _ON,
    name="hx8k-small",
    config=replace(
        TINY, neurons=16, inputs=8, weight_bits=7, lanes=4, memory=Memory.SINGLE_PORT, max_delay=4,
        plasticity=True, poisson=True, clock_hz=18_000_000,
    ),
    static=None,
    buffer=256,
)  # fmt: skip
"""The core is that of the board's default build; so are its pins, and it has a PLL."""
STAGES = "stages.json"


def made(once: Once) -> Path:
    """A cache of builds that has that of `SMALL`, and beside it the titles of its stages, in `STAGES`."""

    def make_it(place: Path) -> None:
        stages: list[str] = []
        with mock.patch.object(cache, "root", lambda kind: place / kind):
            make(plan(SMALL), stages.append)
        (place / STAGES).write_text(json.dumps(stages))

    return once("small-board", make_it)


def built(once: Once) -> tuple[Plan, Path]:
    """The build of `SMALL`, and its bitstream."""
    planned = plan(SMALL)
    assert planned.bitstream is not None
    return planned, made(once) / "boards" / planned.build / planned.bitstream.name
