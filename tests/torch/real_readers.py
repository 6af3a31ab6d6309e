"""Files of `Network.to_nir` in the readers of snnTorch, SpikingJelly and Norse: the same spikes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nir
import norse.torch
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from snntorch.import_nir import import_from_nir as snntorch_reads
from spikingjelly.activation_based.nir_exchange import import_from_nir as spikingjelly_reads

import allspike as asp
from tests.nir.float_run import described_run

READERS: dict[str, Callable[[nir.NIRGraph, float], Any]] = {
    "snnTorch": lambda graph, dt: snntorch_reads(graph),
    "SpikingJelly": lambda graph, dt: spikingjelly_reads(graph, dt=dt),
    "Norse": lambda graph, dt: norse.torch.from_nir(graph, dt=dt),
}
READ = [
    *(("SpikingJelly", kind, dt) for kind in ("LIF", "CubaLIF", "IF") for dt in (1e-4, 1e-3)),
    *(("Norse", kind, dt) for kind in ("CubaLIF", "IF") for dt in (1e-4, 1e-3)),  # of LIF it takes no r
    *(
        ("snnTorch", kind, 1e-4) for kind in ("LIF", "CubaLIF")
    ),  # it has this step alone, and of IF takes r = 1
]


def neurons(kind: str, dt: float) -> asp.LIF:
    if kind == "CubaLIF":
        return asp.LIF(tau_m=10 * dt, tau_syn=4 * dt, v_rest=0, v_reset=0, v_thresh=1, c_m=dt)
    return asp.delta_lif(tau_m=np.inf if kind == "IF" else 10 * dt)


def network(kind: str, dt: float) -> asp.Network:
    """Two layers."""
    rng, net = np.random.default_rng(0), asp.Network(dt)
    pixels, cells = net.inputs(8, "pixels"), net.neurons(16, neurons(kind, dt), "cells")
    out = net.neurons(4, neurons(kind, dt), "out")
    net.connect(pixels, cells, weight=rng.normal(0.2, 0.4, (8, 16)))
    net.connect(cells, out, weight=rng.normal(0.2, 0.4, (16, 4)))
    return net


def read_run(module: Any, spikes: NDArray[np.bool_]) -> NDArray[np.float64]:
    state, given = None, []
    with torch.no_grad():
        for step in torch.as_tensor(spikes, dtype=torch.float32):
            out, state = module(step[None], state)
            given.append(out[0].numpy())
    return np.array(given)


@pytest.mark.parametrize(("reader", "kind", "dt"), READ)
def test_others_read_what_is_written(tmp_path: Path, reader: str, kind: str, dt: float) -> None:
    net = network(kind, dt)
    net.to_nir(tmp_path / "net.nir")
    spikes = np.random.default_rng(1).random((400, 8)) < 0.3
    there = read_run(READERS[reader](nir.read(tmp_path / "net.nir"), dt), spikes)
    mine = asp.Network.from_nir(tmp_path / "net.nir")
    here = mine.translation.outputs(described_run(mine, spikes))["output"]
    assert here.sum() > 300
    np.testing.assert_array_equal(there[:-1] != 0, here[1:])  # a hop takes a step here, and none there
