"""Views pick the members that NumPy would, and nothing that is not there."""

import numpy as np
import pytest

import allspike as asp


@pytest.mark.parametrize(
    "chosen",
    [slice(None), slice(3), slice(2, 9, 3), slice(None, None, -1), 4, -1, [7, 1], np.array([0, 9]), [],
     np.arange(10) % 3 == 0, np.uint8(5)],
)  # fmt: skip
def test_a_view_picks_as_numpy_does(chosen: object) -> None:
    cells = asp.Network().neurons(10, name="c")
    wanted = np.atleast_1d(np.arange(10)[slice(0) if isinstance(chosen, list) and not chosen else chosen])
    view = cells[chosen]
    assert view.indices.tolist() == wanted.tolist() and len(view) == wanted.size and view.name == "c"


def test_views_of_views_name_members_of_the_population() -> None:
    cells = asp.Network().neurons(10, name="c")
    assert cells[2:8][[0, -1]].indices.tolist() == [2, 7]
    assert [view.indices.tolist() for view in cells[8:]] == [[8], [9]]


@pytest.mark.parametrize("chosen", [10, -11, [0, 0], [1, -9], 1.5, "a", [True, False], (1, 2), None])
def test_what_is_not_there_is_refused(chosen: object) -> None:
    with pytest.raises(asp.ParameterError):
        asp.Network().neurons(10, name="c")[chosen]
