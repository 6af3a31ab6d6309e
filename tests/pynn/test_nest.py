"""PyNN scripts here and in NEST, which PyNN's own back end runs: the same script, but for its import.

NEST computes in double precision and integrates exactly. So each script runs three times: here, in NEST as it
is, and in NEST **as held**, with the parameters that the device holds after quantisation.
"""

import runpy
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import allspike.pynn as sim

from ..equivalence.circuits import Circuit, Floats, Trains, as_held, draw
from ..equivalence.test_if_curr_exp import share, total
from .peers import nest_back_end, script, simulation

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "pynn_va.py"
STEPS = (1e-3, 1e-4)
SECONDS = {1e-3: 5.0, 1e-4: 5.0}
PARTS: dict[str, tuple[str, ...]] = {
    "as asked": (),
    "with the `tau_m` that is held": ("tau_m",),
    "with the `tau_syn` that is held": ("tau_syn",),
    "with the weights and bias that are held": ("w_in", "w_rec", "i_offset"),
    "as held": ("tau_m", "tau_syn", "w_in", "w_rec", "i_offset", "v_thresh", "v_reset", "t_ref"),
}
"""Which of the held parameters NEST is given."""


def chain(dt: float) -> Circuit:
    """One neuron that a constant current drives, and one that it drives."""
    one = np.ones(2)
    return Circuit(
        dt=dt,
        tau_m=20e-3 * one,
        tau_syn=1e-3 * one,
        c_m=1e-9 * one,
        v_rest=-65e-3 * one,
        v_reset=-65e-3 * one,
        v_thresh=-50e-3 * one,
        t_ref=2e-3 * one,
        i_offset=np.array([0.9e-9, 0.0]),
        w_in=np.array([[0.0, 0.0]]),
        w_rec=np.array([[0.0, 4e-9], [0.0, 0.0]]),
        delay=1e-3,
        spikes=np.zeros((round(0.2 / dt), 1), bool),
    )


def in_nest(circuit: Circuit, **options: bool) -> tuple[Trains, Floats]:
    """What NEST makes of a script."""
    return script(nest_back_end(), circuit, spike_precision="on_grid", **options)


@cache
def potentials(dt: float) -> tuple[float, float]:
    """Largest error of V in the chain of two, mV, up to the first spike that moved: as asked, and as held."""
    circuit = chain(dt)
    fired, ours = script(sim, circuit, record=True)
    held = as_held(circuit, simulation())
    found = []
    for theirs in (circuit, held):
        trains, v = in_nest(theirs, record=True)
        assert v.shape == ours.shape
        differ = [np.setxor1d(a, b).min(initial=len(v)) for a, b in zip(fired, trains, strict=True)]
        found.append(float(np.abs(v - ours)[: min(differ) + 1].max()))
    assert fired[0].size >= 5
    return found[0], found[1]


@cache
def agreement(dt: float, recurrent: bool) -> tuple[int, dict[str, float]]:
    """Spikes of 12 neurons, and the share in the same step as in NEST with some parameters as held."""
    circuit = draw(dt, seconds=SECONDS[dt], drive=1.2, neurons=12, recurrent=recurrent)
    ours, _ = script(sim, circuit)
    held = as_held(circuit, simulation())
    shares = {}
    for what, names in PARTS.items():
        theirs, _ = in_nest(replace(circuit, **{name: getattr(held, name) for name in names}))
        shares[what] = share(ours, theirs)
    theirs, _ = in_nest(held, clean=False)
    shares["as held, and times of input spikes as k * timestep"] = share(ours, theirs)
    return total(ours), shares


def figures() -> str:
    """The table of docs/pynn.md."""
    rows = [
        ("chain of two: largest error of V, as asked", [f"{v:.2g} mV" for v, _ in map(potentials, STEPS)])
    ]
    rows.append(("the same, as held", [f"{v:.2g} mV" for _, v in map(potentials, STEPS)]))
    for kind, recurrent in (("feed-forward", False), ("recurrent", True)):
        found = [agreement(dt, recurrent) for dt in STEPS]
        rows.append((f"12 neurons, {kind}, 5 s at each: spikes", [f"{spikes:,}" for spikes, _ in found]))
        for what in found[0][1]:
            rows.append((f"in the same step: NEST {what}", [f"{shares[what]:.1%}" for _, shares in found]))
    lines = ["| the same script in NEST 3.10 | timestep 1 ms | 0.1 ms |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {what} | {' | '.join(cells)} |" for what, cells in rows])


@pytest.mark.parametrize("dt", STEPS)
def test_v_of_a_chain_is_nests(dt: float) -> None:
    asked, held = potentials(dt)
    assert held < 1e-3
    assert asked < (1e-3 if dt == 1e-3 else 0.05), "a tau_m of 20 ms is 20.05 ms at 0.1 ms"


@pytest.mark.parametrize("dt", STEPS)
@pytest.mark.parametrize("recurrent", [False, True])
def test_spikes_of_twelve_neurons_are_nests(dt: float, recurrent: bool) -> None:
    spikes, shares = agreement(dt, recurrent)
    assert spikes > 200
    # In a loop one spike that moved moves those after it.
    assert shares["as held"] > (0.999 if dt == 1e-3 else 0.85 if recurrent else 0.93)


def test_what_the_share_at_a_fine_step_is_lost_to() -> None:
    """At 0.1 ms: to the rounding of weights and of time constants, and, in PyNN's back end for NEST, to times
    that floating point moved above their step."""
    _, shares = agreement(1e-4, False)
    assert shares["as asked"] < shares["with the `tau_m` that is held"] < shares["as held"]
    assert shares["as asked"] < shares["with the weights and bias that are held"] < shares["as held"]
    assert shares["as held, and times of input spikes as k * timestep"] < shares["as held"] - 0.1


def test_the_benchmark_of_the_docs_fires_as_in_nest() -> None:
    example = SimpleNamespace(**runpy.run_path(str(EXAMPLE)))
    ours, theirs = example.run(), example.run(nest_back_end(), spike_precision="on_grid")
    assert 5 < example.rate(ours) == pytest.approx(example.rate(theirs), rel=0.1)
    assert example.irregularity(ours).mean() == pytest.approx(example.irregularity(theirs).mean(), abs=0.03)
