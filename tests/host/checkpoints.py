"""A simulation with all that makes going on hard, in acts: what tests of checkpoints run on every device."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import allspike as asp
from allspike.device.device import Device
from allspike.map import device_map as dm
from allspike.map.config import Config

CONFIG = Config(
    neurons=16, inputs=8, weight_bits=7, lanes=1, max_delay=16, event_ring=64, spike_ring=64,
)  # fmt: skip
OF_TIME = {
    name for name in dm.COUNTERS.record.dtype.names or () if name.startswith("clocks") or name == "late_steps"
}


def network(**parameters: Any) -> asp.Network:
    """Draws, stochastic learning, the longest delays, slow thresholds; and what is given of a neuron."""
    net = asp.Network(dt=1e-3)
    noise = net.inputs(8, "noise")
    cells = net.neurons(
        12,
        asp.LIF(delay=16e-3, theta_plus=1e-3, tau_theta=50.0, t_ref=2e-3, **parameters),
        "cells",
    )
    rule = asp.STDP(a_plus=0.04e-9, a_minus=0.05e-9, w_max=2e-9)
    net.connect(noise, cells, asp.FixedProbability(0.6, seed=1), weight=1.2e-9, stdp=rule)
    net.connect(cells, cells, asp.FixedProbability(0.3, seed=2), weight=0.8e-9)
    return net


Act = Callable[[asp.Simulation], Any]


def _learned_without_a_look(simulation: asp.Simulation) -> None:
    """A reset whose weights nobody has read."""
    simulation.device.run(20, ([0, 3, 3], [1, 2, 5]))
    simulation.reset()


def _stimuli() -> dict[str, Any]:
    return {"noise": [asp.Poisson(60.0), asp.SpikeTimes([0.001, 0.012, 0.012], [0, 3, 7])]}


def _current() -> dict[str, Any]:
    return _stimuli() | {"cells": asp.StepCurrent([0.0, 0.005, 0.02], [0.0, 1.5e-9, 0.2e-9])}


ACTS: dict[str, Act] = {
    "a run": lambda s: s.run_steps(25, _stimuli()),
    "a current": lambda s: s.run_steps(30, _current()),
    "another gain": lambda s: setattr(s, "learning_gain", -0.5),
    "a run that learns otherwise": lambda s: s.run_steps(20, _stimuli(), record_v={"cells": [0, 5]}),
    "a state": lambda s: s.set_state("cells", "v", np.linspace(-70e-3, -55e-3, 12)),
    "weights": lambda s: s.set_weights("noise-cells", s.weights("noise-cells") * 0.9),
    "a silent run": lambda s: s.run_steps(10),
    "a reset": lambda s: s.reset(77),
    "a run after it": lambda s: s.run_steps(15, _stimuli()),
    "a reset with unknown weights": _learned_without_a_look,
    "the last run": lambda s: s.run_steps(25, _current()),
}


def contents(device: Device) -> dict[str, Any]:
    """All that can be read and matters."""
    regions = (
        dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.TRACES, dm.WEIGHTS, dm.PLASTIC, dm.LEARNING,
    )  # fmt: skip
    found: dict[str, Any] = {region.name: device.read_region(region).tobytes() for region in regions}
    found["counters"] = {name: count for name, count in device.counters().items() if name not in OF_TIME}
    return found | {"step": device.step}


def made(act: Act, simulation: asp.Simulation) -> Any:
    """An act, and what is seen after it."""
    result = act(simulation)
    seen = contents(simulation.device)
    if isinstance(result, asp.Result):
        when, who = result.spikes["cells"]
        seen["result"] = (result.start, result.steps, when.tolist(), who.tolist())
        seen["learned"] = {name: weights.tobytes() for name, weights in result.weights.items()}
        seen["v"] = {name: v.tobytes() for name, v in result.v.items()}
    return seen


def uninterrupted(simulation: asp.Simulation) -> list[Any]:
    """What is seen after every act."""
    return [made(act, simulation) for act in ACTS.values()]


def changing(path: Path, opened: Callable[[int], Device], every: int = 1) -> list[Any]:
    """The same, but every so many acts it is put away and resumed, on the device that `opened` gives."""
    simulation = asp.Simulation(
        network(), opened(0), None if isinstance(opened(0), Device) else CONFIG, seed=3
    )
    seen = []
    for k, act in enumerate(ACTS.values()):
        seen.append(made(act, simulation))
        if k % every == 0:
            simulation.checkpoint(path)
            simulation = asp.Simulation.resume(path, opened(k + 1))
            assert contents(simulation.device) == {
                name: value for name, value in seen[-1].items() if name not in ("result", "learned", "v")
            }
    return seen
