"""One PyNN script of a circuit, run by this back end and by PyNN's own for NEST."""

import logging
import warnings
from typing import Any

import numpy as np
import pyNN.core

import allspike.pynn as here
from allspike import Simulation

from ..equivalence.circuits import Circuit, Floats, Trains


def nest_back_end() -> Any:
    """`pyNN.nest`, without the extensions of its own that it would compile when it is first imported."""
    find = pyNN.core.find
    pyNN.core.find = lambda *_: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyNN import nest  # noqa: PLC0415  (slow)
    finally:
        pyNN.core.find = find
    logging.getLogger("PyNN").setLevel(logging.ERROR)  # it tells of initial currents that NEST does not take
    return nest


def script(
    sim: Any, circuit: Circuit, *, record: bool = False, clean: bool = True, **setup: Any
) -> tuple[Trains, Floats]:
    """Steps of the spikes of each neuron, as the device counts them, and V in mV [samples, neurons].

    Times of input spikes that are not `clean` have the noise of floating point, as 3 * 0.1 has, which is
    above 0.3: PyNN's back end for NEST takes such a spike to the next step.
    """
    dt = circuit.dt * 1e3
    sim.setup(timestep=dt, min_delay=dt, max_delay=10.0, **setup)
    times = [np.flatnonzero(train) * dt for train in circuit.spikes.T]
    sources = sim.Population(
        circuit.spikes.shape[1],
        sim.SpikeSourceArray(spike_times=[np.round(train, 6) if clean else train for train in times]),
    )
    cells = sim.Population(
        circuit.tau_m.size,
        sim.IF_curr_exp(
            tau_m=circuit.tau_m * 1e3,
            tau_syn_E=circuit.tau_syn * 1e3,
            tau_syn_I=circuit.tau_syn * 1e3,
            cm=circuit.c_m * 1e9,
            v_rest=circuit.v_rest * 1e3,
            v_reset=circuit.v_reset * 1e3,
            v_thresh=circuit.v_thresh * 1e3,
            tau_refrac=circuit.t_ref * 1e3,
            i_offset=circuit.i_offset * 1e9,
        ),
        initial_values={"v": circuit.v_rest * 1e3},
    )
    for pre, weights, delay in ((sources, circuit.w_in, dt), (cells, circuit.w_rec, circuit.delay * 1e3)):
        for receptor, part in (
            ("excitatory", np.maximum(weights, 0)),
            ("inhibitory", np.minimum(weights, 0)),
        ):
            if part.any():
                listed = [(i, j, part[i, j] * 1e9, delay) for i, j in zip(*np.nonzero(part), strict=True)]
                sim.Projection(pre, cells, sim.FromListConnector(listed), receptor_type=receptor)
    cells.record(["spikes", "v"] if record else "spikes")
    sim.run(circuit.steps * dt)
    segment = cells.get_data().segments[0]
    trains = [np.rint(np.asarray(train) / dt).astype(np.int64) - 1 for train in segment.spiketrains]
    return trains, np.asarray(segment.analogsignals[0]) if record else np.zeros((0, 0))


def simulation() -> Simulation:
    """That of the last script of this back end."""
    session = here.state.session
    assert session is not None
    return session.simulation
