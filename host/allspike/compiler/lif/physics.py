"""The physics of LIF over one step: exact propagators (Rotter and Diesmann 1999)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...describe.lif import LIF
from ...describe.network import Network
from ...describe.neuron import parameter_table
from ...describe.population import Neurons
from ...errors import ParameterError
from ...map.config import Config
from ...map.lif import LIF as RECORDS


def most_refractory(config: Config | None = None) -> int:
    """Steps that a neuron can be refractory: in a build, by default in all, for they are alike in that."""
    return RECORDS.params_record["refractory"].limits(config or Config())[1]


@dataclass(frozen=True)
class Physics:
    """Parameters of every placed neuron, [neurons], in volts, seconds and steps."""

    dt: float
    values: dict[str, NDArray[np.float64]]
    subtract: NDArray[np.bool_]
    integrate: NDArray[np.bool_]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self.values[name]

    @property
    def beta(self) -> NDArray[np.float64]:
        """Decay of V a step."""
        return decay(self["tau_m"], self.dt)

    @property
    def alpha(self) -> NDArray[np.float64]:
        """Decay of I a step."""
        return decay(self["tau_syn"], self.dt)

    @property
    def charge(self) -> NDArray[np.float64]:
        """Volts that V gains in the step in which a unit of weight arrives.

        The exact propagator of `IF_curr_exp` from I to V over one step; 1 for
        delta synapses, whose weights are volts.
        """
        tau_m, tau_s, dt = self["tau_m"], self["tau_syn"], self.dt
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            rate = 1 / tau_s - 1 / tau_m
            far = (np.exp(-dt / tau_m) - np.exp(-dt / tau_s)) / rate
            near = dt * np.exp(-dt / tau_m)
            gained = np.where(np.abs(rate) * dt > 1e-6, far, near)
        gained = np.where(tau_m == 0, 0.0, gained)
        return np.where(tau_s == 0, 1.0, gained / self["c_m"])

    @property
    def drift(self) -> NDArray[np.float64]:
        """Volts that the constant current and the drift add a step."""
        return self.span * (self["i_offset"] / self["c_m"] + self["v_drift"])

    @property
    def span(self) -> NDArray[np.float64]:
        """Seconds for which a constant rate of V counts in a step, less what the leak takes of it."""
        tau_m, dt = self["tau_m"], self.dt
        with np.errstate(divide="ignore", invalid="ignore"):
            span = np.where(np.isinf(tau_m), dt, tau_m * -np.expm1(-dt / tau_m))
        return np.where(tau_m == 0, dt, span)


def decay(tau: NDArray[np.float64], dt: float) -> NDArray[np.float64]:
    """exp(-dt / tau); 0 for tau = 0."""
    with np.errstate(divide="ignore"):
        return np.exp(-dt / tau)


def lif_of(population: Neurons) -> LIF:
    """The model of neurons of which only LIF will do.

    Raises
    ------
    ParameterError
        If it is another.
    """
    if not isinstance(population.model, LIF):
        raise ParameterError(f"neurons of {population.name!r} are no LIF, and nothing else is taken here.")
    return population.model


def physics(network: Network) -> Physics:
    """Parameters of all neurons, in the order of their placement.

    Raises
    ------
    ParameterError
        If some are of another model.
    """
    populations = network.neuron_populations
    sizes = [population.size for population in populations]
    models = [lif_of(population) for population in populations]
    names = [parameter.name for parameter in parameter_table(LIF) if not parameter.choices]
    return Physics(
        network.dt,
        {name: np.concatenate([p.model.array(name, p.size) for p in populations]) for name in names},
        np.repeat([model.reset == "subtract" for model in models], sizes),
        np.repeat([model.refractory == "integrate" for model in models], sizes),
    )
