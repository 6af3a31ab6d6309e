"""Each place is where the list says, and once."""

import pytest

from .places import ROOT, Place, places


@pytest.mark.parametrize("place", places(), ids=lambda place: place.what)
def test_it_is_there_once(place: Place) -> None:
    assert (ROOT / place.file).read_text("utf-8").count(place.right) == 1
    assert place.wrong != place.right
    assert all((ROOT / test).exists() for test in place.tests)
