"""Whose V is recorded: every way of saying it, and what is refused."""

import re

import numpy as np
import pytest

from allspike import Config, Network, Result, Simulation, delta_lif
from allspike.errors import CapacityError, ParameterError
from allspike.simulate import recording as module

SIZE, STEPS = 6, 8


def network() -> Network:
    net = Network()
    net.inputs(3, "source")
    net.neurons(2, delta_lif(tau_m=np.inf, v_drift=[10.0, 20.0]), "others")
    net.neurons(SIZE, delta_lif(tau_m=np.inf, v_drift=np.arange(1.0, SIZE + 1)), "cells")
    return net


NET = network()
SIM = Simulation(NET)
CELLS, OTHERS = NET["cells"], NET["others"]


def run(record_v: object) -> Result:
    SIM.reset()
    return SIM.run_steps(STEPS, record_v=record_v)


EVERY = list(range(SIZE))


@pytest.mark.parametrize(
    ("record_v", "cells", "others"),
    [
        (None, None, None),
        ({}, None, None),
        ([], None, None),
        ("all", EVERY, [0, 1]),
        ("cells", EVERY, None),
        (CELLS, EVERY, None),
        (CELLS[4:1:-1], [4, 3, 2], None),
        (CELLS[3], [3], None),
        ([CELLS], EVERY, None),
        (["others", CELLS[:2]], [0, 1], [0, 1]),
        ((CELLS, "others"), EVERY, [0, 1]),
        ({"cells", "others"}, EVERY, [0, 1]),
        (iter([CELLS[1], CELLS[0]]), [1, 0], None),
        ([CELLS[:3], CELLS[1:5]], [0, 1, 2, 3, 4], None),
        ({"cells": "all"}, EVERY, None),
        ({"cells": [5, 0]}, [5, 0], None),
        ({CELLS: 3}, [3], None),
        ({CELLS: range(2)}, [0, 1], None),
        ({CELLS: slice(1, 3)}, [1, 2], None),
        ({CELLS: np.uint8([2])}, [2], None),
        ({CELLS: np.arange(SIZE) > 3}, [4, 5], None),
        ({CELLS[2:]: [0, 3]}, [2, 5], None),
        ({CELLS[2:]: "all", "cells": [0, 2], OTHERS: [1]}, [2, 3, 4, 5, 0], [1]),
        ({"cells": []}, [], None),
        ([*CELLS], EVERY, None),
    ],
)
def test_v_of_whomever_is_named_is_recorded(
    record_v: object, cells: list[int] | None, others: list[int] | None
) -> None:
    result = run(record_v)
    steps = np.arange(1, STEPS + 1)[:, None] * 1e-3
    drift = {"cells": np.arange(1.0, SIZE + 1), "others": np.array([10.0, 20.0])}
    for name, neurons in (("cells", cells), ("others", others)):
        if neurons is None:
            assert name not in result.v
            continue
        assert result.v_neurons[name].tolist() == neurons
        assert result.v[name].dtype == np.float64
        # To half a unit of V a step.
        np.testing.assert_allclose(result.v[name], steps * drift[name][neurons], rtol=0.01)


def test_a_recorded_view_is_read_by_itself() -> None:
    result = run([CELLS[2:5]])
    np.testing.assert_array_equal(result.v[CELLS[4:2:-1]], result.v["cells"][:, [2, 1]])


@pytest.mark.parametrize(
    ("record_v", "words"),
    [
        ([0, 1], "record_v = [0, 1] {cells: [0, 1]}"),
        (3, "record_v = 3"),
        (True, "record_v = True"),
        ("cell", "population of neurons 'cell' did you mean 'cells'?"),
        ("source", "population of neurons 'source' others, cells"),
        (["cells", "source"], "'source'"),
        (NET["source"], "'source'"),
        ([NET["source"][:1]], "'source'"),
        ({"cells": "every"}, "record_v of cells \"all\" 'every'"),
        ({"cells": [0, 6]}, "record_v of cells 6 there are 6"),
        ({"cells": [-1]}, "record_v of cells -1"),
        ({"cells": [1, 3, 1]}, "record_v of cells neuron 1 twice"),
        ({"cells": 0.5}, "record_v of cells whole numbers"),
        ({"cells": None}, "record_v of cells"),
        ({"cells": [True, False]}, "record_v of cells 6 neurons mask"),
        ({CELLS[2:]: [4]}, "record_v of cells 4"),
        ({("cells", "others"): "all"}, "population"),
    ],
)
def test_what_cannot_be_recorded_is_refused_before_the_run(record_v: object, words: str) -> None:
    step = SIM.device.step
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}"):
        SIM.run_steps(5, record_v=record_v)
    assert SIM.device.step == step


def test_more_than_memory_holds_is_refused_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_free_memory", lambda: 10**6)
    step = SIM.device.step
    with pytest.raises(
        CapacityError, match=r"^V of 6 neurons in 20,000 steps takes 0\.00144 GB, and 0\.001 GB"
    ):
        SIM.run_steps(20_000, record_v="cells")
    assert SIM.device.step == step
    assert SIM.run_steps(10_000, record_v="cells").v["cells"].shape == (10_000, SIZE)
    monkeypatch.setattr(module, "_free_memory", lambda: None)
    assert SIM.run_steps(20_000, record_v="cells").v["cells"].shape == (20_000, SIZE)


def test_recording_together_with_weights_and_in_pieces_is_recording() -> None:
    whole = run("all")
    SIM.reset()
    pieces = [SIM.run_steps(n, record_v="all", record_weights=2) for n in (3, 5)]
    np.testing.assert_array_equal(sum(pieces).v["cells"], whole.v["cells"])
    small = Simulation(network(), config=Config(neurons=16, inputs=4, state_bits=20))
    assert small.run_steps(STEPS, record_v="all").v["others"].shape == (STEPS, 2)
