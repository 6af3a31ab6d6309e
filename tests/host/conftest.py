"""Fixtures that several files of the room share."""

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from allspike import Result


@pytest.fixture
def closed() -> Iterator[None]:
    """Figures need no screen, and none stays open."""
    mpl.use("Agg")
    yield
    plt.close("all")


@pytest.fixture
def result() -> Result:
    """Two populations; the run begins at step 100."""
    rng = np.random.default_rng(0)
    spikes = {}
    for name, size in (("some", 4), ("more", 3)):
        when, who = np.nonzero(rng.random((50, size)) < 0.2)
        spikes[name] = (when + 100, who)
    return Result(
        dt=2e-3, start=100, steps=50, sizes={"some": 4, "more": 3}, spikes=spikes,
        v={"more": rng.normal(-0.06, 0.005, (50, 2))}, v_neurons={"more": np.array([2, 0])},
    )  # fmt: skip
