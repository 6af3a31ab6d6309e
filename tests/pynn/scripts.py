"""What the scripts of these tests share."""

from typing import Any

import numpy as np
import pytest

import allspike.pynn as sim
from allspike import (
    ParameterError,
)

CELL = {"tau_m": 20.0, "cm": 1.0, "tau_refrac": 2.0, "tau_syn_E": 5.0, "tau_syn_I": 5.0}


def trains(population: Any, segment: int = -1) -> list[list[float]]:
    return [
        np.asarray(train).tolist() for train in population.get_data("spikes").segments[segment].spiketrains
    ]


def v(population: Any, segment: int = -1) -> np.ndarray:
    return np.asarray(population.get_data("v").segments[segment].analogsignals[0])


def network(**setup: Any) -> tuple[Any, Any, Any]:
    """Poisson sources, cells that they drive, and the plastic projection between them."""
    sim.setup(timestep=1.0, **setup)
    sources = sim.Population(8, sim.SpikeSourcePoisson(rate=60.0), label="sources")
    cells = sim.Population(4, sim.IF_curr_exp(**CELL), label="cells")
    rule = sim.STDPMechanism(
        sim.SpikePairRule(tau_plus=20.0, tau_minus=15.0, A_plus=0.02, A_minus=0.015),
        sim.AdditiveWeightDependence(w_min=0.0, w_max=2.0),
        weight=1.2,
        delay=2.0,
        dendritic_delay_fraction=0,
    )
    plastic = sim.Projection(sources, cells, sim.AllToAllConnector(), rule)
    inhibition = sim.StaticSynapse(weight=-0.8, delay=3.0)
    sim.Projection(cells, cells, sim.AllToAllConnector(allow_self_connections=False), inhibition)
    sources.record("spikes")
    cells.record(["spikes", "v"])
    return sources, cells, plastic


def refused(*parts: str) -> Any:
    return pytest.raises(ParameterError, match=r".*".join(parts))
