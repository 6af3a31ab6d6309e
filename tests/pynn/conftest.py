"""What holds for all scripts."""

from collections.abc import Iterator

import pytest

import allspike.pynn as sim


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    sim.end()
