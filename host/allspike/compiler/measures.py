"""The units in which a population's potentials and weights are told."""

import numpy as np

from ..describe.population import Neurons, Population


def unit_of_volts(population: Population) -> str:
    """The unit of a population's potentials: "V", or "" where they are plain numbers, as in `delta_lif`."""
    if not isinstance(population, Neurons):
        return ""
    return "V" if np.any(population.model.tau_syn) or np.any(population.model.v_rest) else ""


def unit_of_weights(population: Population) -> str:
    """The unit of the weights onto a population."""
    if isinstance(population, Neurons) and np.any(population.model.tau_syn):
        return "A"
    return unit_of_volts(population)
