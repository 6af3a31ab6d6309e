"""`allspike plot` draws what it is asked for, of the part of the run that it is asked for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

import allspike as asp
from tests.command import command


@pytest.fixture
def result(tmp_path: Path) -> Path:
    """Half a second of two cells that learn."""
    net = asp.Network()
    pixels, cells = net.inputs(4, "pixels"), net.neurons(2, asp.LIF(), "cells")
    net.connect(pixels, cells, weight=2e-9, stdp=asp.STDP(a_plus=1e-10, a_minus=1e-10, w_max=4e-9))
    spikes = {"pixels": asp.SpikeArray(np.random.default_rng(0).random((500, 4)) < 0.1)}
    path = tmp_path / "result.npz"
    asp.Simulation(net).run(0.5, spikes, record_v={"cells": [0, 1]}, record_weights=10).save(path)
    return path


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The axes of pictures that were written."""
    axes: list[Any] = []
    save = asp.plot.save
    monkeypatch.setattr(
        asp.plot, "save", lambda figure, path: (axes.append(figure.axes[0]), save(figure, path))
    )
    yield axes
    plt.close("all")


LABELS = {"raster": "cells neuron", "rates": "cells rate (Hz)", "membrane": "membrane potential (mV)",
          "history": "weight (nA)"}  # fmt: skip


@pytest.mark.parametrize(
    ("window", "limits"),
    [
        (None, (0, 500)),
        ("0.1:0.3", (100, 300)),
        (":0.3", (0, 300)),
        ("0.1:", (100, 500)),
        ("1e-1:.3", (100, 300)),
    ],
)
def test_a_window_of_each_kind_of_plot(
    result: Path, drawn: list[Any], window: str | None, limits: Any
) -> None:
    for kind, label in LABELS.items():
        options = () if window is None else ("--window", window)
        assert command("plot", result, "--kind", kind, "--out", result.parent / f"{kind}.png", *options) == 0
        assert drawn[-1].get_xlim() == pytest.approx(limits)
        assert drawn[-1].get_ylabel() == label


def test_weights_at_the_end_are_in_nanoamperes(result: Path, drawn: list[Any]) -> None:
    assert command("plot", result, "--kind", "weights", "--out", result.parent / "w.pdf") == 0
    weights = asp.Result.load(result).weights["pixels-cells"]
    np.testing.assert_allclose(drawn[0].get_images()[0].get_array(), weights * 1e9)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ("--window 0.1", 2, "START:STOP"), ("--window a:b", 2, "START:STOP"),
        ("--window 0.1:0.2:0.3", 2, "START:STOP"),
        ("--window 0.3:0.1", 3, "from 0 to 0.5 s"), ("--window 0:9", 3, "from 0 to 0.5 s"),
        ("--window 0:nan", 3, "from 0 to 0.5 s"), ("--kind weights --window 0:0.1", 2, "--window"),
        ("--kind rates --name cell", 3, "did you mean 'cells'?"),
        ("--kind history --name p", 3, "pixels-cells"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told(
    result: Path, options: str, code: int, told: str, capsys: pytest.CaptureFixture
) -> None:
    assert command("plot", result, "--out", result.parent / "x.png", *options.split()) == code
    assert told in " ".join(capsys.readouterr().err.split())
    assert not (result.parent / "x.png").exists()
