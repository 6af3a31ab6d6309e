"""Fixtures that several files of the room share."""

from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest

from tests.nir.graphs import graph

from .command_lines import cells


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, in which commands run, with three layers and a sum behind an input, and its spikes."""
    monkeypatch.chdir(tmp_path)
    crossed = np.array([[0.0, 1.0], [1.0, 0.0]])
    nodes: dict[str, Any] = {
        "in": nir.Input(np.array([2])), "a": cells(2), "cross": nir.Linear(crossed), "b": cells(2),
        "c": cells(2), "out": nir.Output(np.array([2])), "sum": nir.Linear(np.ones((1, 2))),
        "total": nir.I(r=np.ones(1)), "read": nir.Output(np.array([1])),
    }  # fmt: skip
    nir.write("net.nir", graph(nodes, "in a cross b c out", "c sum total read"))
    np.save("spikes.npy", np.array([[1, 0], [0, 0], [0, 1], [1, 1], [0, 0], [1, 0]], bool))
    (tmp_path / "spikes.csv").write_text("step,input\n0,0\n2,1\n3,0\n3,1\n5,0\n")
    return tmp_path
