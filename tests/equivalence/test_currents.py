"""Currents that change during a run, against NEST's `step_current_generator` into `iaf_psc_exp`.

As in `test_if_curr_exp`: NEST gets the neurons and the currents as the device holds them, and what is left is
the rounding of V in each step, with its bound.
"""

from dataclasses import replace

import numpy as np

from allspike import LIF, CurrentArray, Network, Simulation

from .circuits import Circuit, Floats, as_held, draw, nest

DT, SECONDS, LENGTH = 1e-3, 1.0, 20
"""Each current lasts so many steps."""


def test_v_follows_nest_within_the_rounding_of_its_steps() -> None:
    circuit = replace(draw(DT, SECONDS, drive=0.0, neurons=12), v_thresh=np.full(12, 1.0))
    rng = np.random.default_rng(4)
    changes = np.arange(2, circuit.steps, LENGTH)
    levels = rng.normal(0, 0.2e-9, (changes.size, 12))
    rows = np.zeros((circuit.steps, 12))
    for k, first in enumerate(changes):
        rows[first : first + LENGTH] = levels[k]
    ours, held, unit, amperes = here(circuit, rows)
    exact = in_nest(held, changes, np.rint(levels / amperes) * amperes)
    assert np.ptp(exact, axis=0).min() > 5e-3
    beta = np.exp(-DT / held.tau_m)
    # V is off by less than a unit more in each step, and what is left of that fades by beta.
    assert (np.abs(ours - exact) / unit / (1 / (1 - beta))).max() < 1


def here(circuit: Circuit, rows: Floats) -> tuple[Floats, Circuit, Floats, Floats]:
    """V [steps, neurons], the circuit as it is held, and volts and amperes of a unit [neurons]."""
    net = Network(circuit.dt)
    names = ("tau_m", "tau_syn", "c_m", "v_rest", "v_reset", "v_thresh", "i_offset")
    cells = net.neurons(rows.shape[1], LIF(**{name: getattr(circuit, name) for name in names}), "cells")
    with Simulation(net) as sim:
        held = as_held(circuit, sim)
        v = sim.run_steps(circuit.steps, {cells: CurrentArray(rows)}, record_v=cells).v[cells]
        size = rows.shape[1]
        # A unit of bias, by the membrane's decay as it is held.
        constant = held.tau_m * -np.expm1(-circuit.dt / held.tau_m) / circuit.c_m
        assert np.allclose(sim.image.v_unit[:size] / constant, sim.image.current_unit[:size], rtol=1e-2)
        return v, held, sim.image.v_unit[:size], sim.image.v_unit[:size] / constant


def in_nest(circuit: Circuit, changes: np.ndarray, levels: Floats) -> Floats:
    """V [steps, neurons]."""
    size, h = circuit.tau_m.size, circuit.dt * 1e3
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=h, local_num_threads=1)
    cells = nest.Create("iaf_psc_exp", size)
    for name, values, factor in (
        ("E_L", circuit.v_rest, 1e3), ("V_m", circuit.v_rest, 1e3), ("V_th", circuit.v_thresh, 1e3),
        ("tau_m", circuit.tau_m, 1e3), ("C_m", circuit.c_m, 1e12), ("I_e", circuit.i_offset, 1e12),
    ):  # fmt: skip
        setattr(cells, name, (values * factor).tolist())
    for k in range(size):
        # What a generator sends at a time acts one step later.
        generator = nest.Create("step_current_generator")
        generator.set(amplitude_times=(changes - 1) * h, amplitude_values=levels[:, k] * 1e12)
        nest.Connect(generator, cells[k], syn_spec={"delay": h})
    meter = nest.Create("multimeter", params={"interval": h, "record_from": ["V_m"]})
    nest.Connect(meter, cells)
    nest.Simulate(h * (circuit.steps + 1))
    rows = np.rint(np.array(meter.events["times"]) / h).astype(int) - 1
    v = np.zeros((circuit.steps, size))
    v[rows, meter.events["senders"] - cells[0].global_id] = np.array(meter.events["V_m"]) * 1e-3
    return v
