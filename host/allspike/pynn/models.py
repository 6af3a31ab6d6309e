"""From the parameters of a population of PyNN's to the neuron model of this package."""

from typing import Any

import numpy as np

from ..aliases import NDArray
from ..compiler.lif.physics import most_refractory
from ..describe.lif import LIF
from ..errors import ParameterError, TimingWarning
from ..notices import warn
from .simulator import State
from .values import check_sign, off_steps, steps_begun
from .wiring import Wires

_UNSET_REFRACTORY = 0.1
"""PyNN's default of tau_refrac, ms, which nobody asked for."""


def neuron_model(state: State, wires: Wires, number: int, delay: NDArray[np.float64]) -> LIF:
    """The model of the population of that number.

    Parameters
    ----------
    state : State
    wires : Wires
        All synapses: a cell has the time constant of the receptor that they use.
    number : int
        Of the population, in `state.populations`.
    delay : array [cells]
        Of its axons, s.

    Raises
    ------
    ParameterError
        If a cell needs two time constants, or a parameter lies outside its range.
    """
    population = state.populations[number]
    given = population.parameters
    tau_syn = 0.0 if population.delta else _tau_syn(state, wires, number) * 1e-3
    return LIF(
        tau_m=_positive(population, "tau_m") * 1e-3,
        tau_syn=tau_syn,
        c_m=_positive(population, "cm", "nF") * 1e-9,
        v_rest=given["v_rest"] * 1e-3,
        v_reset=given["v_reset"] * 1e-3,
        v_thresh=given["v_thresh"] * 1e-3,
        t_ref=_refractory_steps(state, population) * (state.dt * 1e-3),
        i_offset=given["i_offset"] * 1e-9,
        delay=delay,
    )


def _tau_syn(state: State, wires: Wires, number: int) -> NDArray[np.float64]:
    """[cells], ms: that of the receptor in use."""
    population = state.populations[number]
    excitatory, inhibitory = (_positive(population, name) for name in ("tau_syn_E", "tau_syn_I"))
    inhibits = np.array([p.receptor_type == "inhibitory" for p in state.projections], bool)
    mine = wires.post_population == number
    used = np.zeros((2, population.size), bool)
    used[inhibits[wires.projection[mine]].astype(np.int64), wires.post[mine]] = True
    clash = used.all(axis=0) & (excitatory != inhibitory)
    if clash.any():
        cell = int(np.flatnonzero(clash)[0])
        raise ParameterError(
            f"population {population.label!r}: cell {cell} has excitatory and inhibitory synapses, of "
            f"tau_syn_E = {excitatory[cell]:g} ms and tau_syn_I = {inhibitory[cell]:g} ms; a neuron of "
            "this device has one synaptic current: make them equal, or use one receptor a cell."
        )
    return np.where(used[1], inhibitory, excitatory)


def _refractory_steps(state: State, population: Any) -> NDArray[np.int64]:
    """[cells]: a step that was begun counts, as in NEST."""
    asked, dt = population.parameters["tau_refrac"], state.dt
    check_sign(f"population {population.label!r}: tau_refrac", asked, "ms", zero=True)
    steps = steps_begun(asked, dt)
    if (steps > (most := most_refractory())).any():
        bad = asked[steps > most][0]
        raise ParameterError(
            f"population {population.label!r}: tau_refrac = {bad:g} ms is {bad / dt:.0f} steps of {dt:g} "
            f"ms; a neuron of this device takes 0 to {most}: use a longer timestep."
        )
    off = off_steps(asked, steps, dt) & (asked != _UNSET_REFRACTORY)
    if off.any():
        first = int(np.flatnonzero(off)[0])
        warn(
            f"population {population.label!r}: tau_refrac = {asked[first]:g} ms is realised as "
            f"{state.time(int(steps[first])):g} ms, the whole steps that it takes.",
            TimingWarning,
        )
    return steps


def _positive(population: Any, name: str, unit: str = "ms") -> NDArray[np.float64]:
    values = population.parameters[name]
    check_sign(f"population {population.label!r}: {name}", values, unit, zero=False)
    return values
