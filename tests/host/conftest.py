"""Fixtures that several files of the room share."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

import allspike as asp
from allspike import Poisson, Result, Simulation, compile_network

from .contents import contents
from .kinds_of_files import Kind, network


@pytest.fixture
def closed() -> Iterator[None]:
    """Figures need no screen; none is open before, and none stays open."""
    mpl.use("Agg")
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture
def result() -> Result:
    """What plots are drawn of: two populations; the run begins at step 100."""
    rng = np.random.default_rng(0)
    spikes = {}
    for name, size in (("some", 4), ("more", 3)):
        when, who = np.nonzero(rng.random((50, size)) < 0.2)
        spikes[name] = (when + 100, who)
    return Result(
        dt=2e-3, start=100, steps=50, sizes={"some": 4, "more": 3}, spikes=spikes,
        v={"more": rng.normal(-0.06, 0.005, (50, 2))}, v_neurons={"more": np.array([2, 0])},
    )  # fmt: skip


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kind]:
    """A sound file of each kind, by its name."""
    net = network()
    sim = Simulation(net, seed=1)
    result = sim.run(0.2, {"pre": Poisson(900.0)}, record_v={"cells": [0, 3]})
    assert sum(when.size for when, _ in result.spikes.values())
    made = {}
    for name, thing, plain in (
        ("network", net, contents),
        ("image", compile_network(net, seed=2), asdict),
        ("result", result, asdict),
    ):
        path = tmp_path_factory.mktemp(name) / "sound.npz"
        thing.save(path)
        made[name] = Kind(name, type(thing).load, thing, plain, path)
    return made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What commands work with: a folder with a network, spike files, and things that are neither."""
    net = asp.Network()
    pixels = net.inputs(8, "pixels")
    cells = net.neurons(5, asp.delta_lif(tau_m=np.inf), "cells")
    net.connect(pixels, cells, weight=0.5)
    net.save(tmp_path / "net.npz")
    np.save(tmp_path / "spikes.npy", np.eye(8, dtype=bool))
    (tmp_path / "spikes.csv").write_text("# step,input\n0,0\n3,1\n3,2\n")
    (tmp_path / "noise.npz").write_bytes(bytes(range(256)))
    return tmp_path
