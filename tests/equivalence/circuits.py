"""A circuit of leaky integrate-and-fire neurons with exponential currents, run here and in NEST."""

import os
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allspike import LIF, Network, Simulation, SpikeArray
from allspike.map import device_map as dm

os.environ["PYNEST_QUIET"] = "1"  # no banner
import nest

Floats = NDArray[np.float64]
Trains = list[NDArray[np.int64]]
"""Of each neuron the steps at which it fires."""

SILENT_FIRST = 2
"""Steps without input at the start: NEST takes spikes from step 1 on, and they travel for a step."""


@dataclass(frozen=True)
class Circuit:
    """A network in SI units, [neurons], [inputs, neurons] and [neurons, neurons], and its input spikes."""

    dt: float
    tau_m: Floats
    tau_syn: Floats
    c_m: Floats
    v_rest: Floats
    v_reset: Floats
    v_thresh: Floats
    t_ref: Floats
    i_offset: Floats
    w_in: Floats
    w_rec: Floats
    delay: float
    """Of the recurrent synapses as NEST counts it, s."""
    spikes: NDArray[np.bool_]
    """[steps, inputs]"""

    @property
    def steps(self) -> int:
        return len(self.spikes)


def draw(dt: float, seconds: float, drive: float, *, neurons: int = 60, recurrent: bool = False) -> Circuit:
    """A population of neurons that all differ, under Poisson input that scales with `drive`."""
    rng = np.random.default_rng(7)
    inputs, steps = 60, round(seconds / dt)
    w_in = rng.uniform(-0.1e-9, 0.2e-9, (inputs, neurons)) * (rng.random((inputs, neurons)) < 0.5) * drive
    w_rec = np.zeros((neurons, neurons))
    if recurrent:
        excites = np.arange(neurons)[:, None] < 0.8 * neurons
        connected = rng.random((neurons, neurons)) < 0.1
        w_rec = np.where(excites, 0.15e-9, -0.6e-9) * rng.uniform(0.5, 1.5, w_rec.shape) * connected
    spikes = rng.random((steps, inputs)) < 30 * dt
    spikes[:SILENT_FIRST] = False
    return Circuit(
        dt=dt,
        tau_m=rng.uniform(8e-3, 30e-3, neurons),
        tau_syn=rng.uniform(1.5e-3, 7e-3, neurons),
        c_m=rng.uniform(0.2e-9, 0.5e-9, neurons),
        v_rest=np.full(neurons, -65e-3),
        v_reset=rng.uniform(-72e-3, -62e-3, neurons),
        v_thresh=np.full(neurons, -50e-3),
        t_ref=1e-3 * rng.integers(0, 5, neurons).astype(float),
        i_offset=rng.uniform(0, 0.04e-9, neurons),
        w_in=w_in,
        w_rec=w_rec,
        delay=1e-3,
        spikes=spikes,
    )


def network(circuit: Circuit) -> Network:
    """The circuit as a description."""
    size = circuit.tau_m.size
    net = Network(circuit.dt)
    inputs = net.inputs(circuit.w_in.shape[0], "inputs")
    names = ("tau_m", "tau_syn", "c_m", "v_rest", "v_reset", "v_thresh", "t_ref", "i_offset")
    # An arrival acts on V in its own step here, one step later in NEST: so one step more.
    model = LIF(**{name: getattr(circuit, name) for name in names}, delay=circuit.delay + circuit.dt)
    cells = net.neurons(size, model, "cells")
    net.connect(inputs, cells, circuit.w_in, name="in")
    net.connect(cells, cells, circuit.w_rec, name="rec")
    return net


def here(circuit: Circuit, *, record: bool = False) -> tuple[Trains, Floats, Circuit, Floats]:
    """Spikes, V [steps, neurons], the circuit as the device holds it, and volts of a unit [neurons]."""
    size = circuit.tau_m.size
    with Simulation(network(circuit)) as sim:
        held = as_held(circuit, sim)
        watched = {"cells": np.arange(size)} if record else None
        result = sim.run_steps(circuit.steps, {"inputs": SpikeArray(circuit.spikes)}, record_v=watched)
        unit = sim.image.v_unit[:size]
    when, who = result.spikes["cells"]
    v = result.v["cells"] if record else np.zeros((0, size))
    return [when[who == k] for k in range(size)], v, held, unit


def as_held(circuit: Circuit, sim: Simulation) -> Circuit:
    """The circuit that the words on the device stand for."""
    size, dt = circuit.tau_m.size, circuit.dt
    params = sim.device.read_region(dm.NEURON_PARAMS)[:size]
    unit = sim.image.v_unit[:size]
    tau_m = -dt / np.log(params["beta"] / 2.0**dm.DECAY_BITS)
    tau_syn = -dt / np.log(params["alpha"] / 2.0**dm.DECAY_BITS)
    # Volts a step that an ampere of synaptic current, and one of constant current, gives.
    synaptic = (np.exp(-dt / tau_m) - np.exp(-dt / tau_syn)) / (1 / tau_syn - 1 / tau_m) / circuit.c_m
    constant = tau_m * -np.expm1(-dt / tau_m) / circuit.c_m
    amperes = unit * 2.0**sim.image.weight_shift / synaptic
    weights = sim.device.read("weights") * 1.0
    first = sim.image.config.inputs
    return replace(
        circuit,
        tau_m=tau_m,
        tau_syn=tau_syn,
        v_reset=circuit.v_rest + params["reset"] * unit,
        v_thresh=circuit.v_rest + params["threshold"] * unit,
        t_ref=params["refractory"] * dt,
        i_offset=params["bias"] * unit / constant,
        w_in=weights[: circuit.w_in.shape[0], :size] * amperes,
        w_rec=weights[first : first + size, :size] * amperes,
    )


def in_nest(circuit: Circuit, *, record: bool = False) -> tuple[Trains, Floats]:
    """Spikes and V [steps, neurons], at the steps of the device."""
    size, h = circuit.tau_m.size, circuit.dt * 1e3
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=h, local_num_threads=1)
    cells = nest.Create("iaf_psc_exp", size)
    for name, values, factor in (
        ("E_L", circuit.v_rest, 1e3), ("V_m", circuit.v_rest, 1e3), ("V_th", circuit.v_thresh, 1e3),
        ("V_reset", circuit.v_reset, 1e3), ("tau_m", circuit.tau_m, 1e3), ("C_m", circuit.c_m, 1e12),
        ("tau_syn_ex", circuit.tau_syn, 1e3), ("tau_syn_in", circuit.tau_syn, 1e3),
        ("t_ref", circuit.t_ref, 1e3), ("I_e", circuit.i_offset, 1e12),
    ):  # fmt: skip
        setattr(cells, name, (values * factor).tolist())
    # A spike of step s is sent at the time s - 1, added to I at the time s, and moves V from then on.
    generators = nest.Create("spike_generator", circuit.spikes.shape[1])
    for k, train in enumerate(circuit.spikes.T):
        generators[k].spike_times = np.round((np.flatnonzero(train) - 1) * h, 6)
    for pre, weights, delay in ((generators, circuit.w_in, h), (cells, circuit.w_rec, circuit.delay * 1e3)):
        if weights.any():
            nest.Connect(pre, cells, "all_to_all", {"weight": weights.T * 1e12, "delay": delay})
    spikes = nest.Create("spike_recorder")
    nest.Connect(cells, spikes)
    if record:
        meter = nest.Create("multimeter", params={"interval": h, "record_from": ["V_m"]})
        nest.Connect(meter, cells)
    nest.Simulate(h * (circuit.steps + 1))
    first = cells.global_id[0]
    # What holds after step s is what NEST has at the time s + 1.
    when, who = np.rint(np.array(spikes.events["times"]) / h).astype(int) - 1, spikes.events["senders"]
    trains = [np.sort(when[(who == first + k) & (when < circuit.steps)]) for k in range(size)]
    v = np.zeros((circuit.steps, size))
    if record:
        rows = np.rint(np.array(meter.events["times"]) / h).astype(int) - 1
        v[rows, meter.events["senders"] - first] = np.array(meter.events["V_m"]) * 1e-3
    return trains, v
