"""What cannot be is refused in a sentence, where it is given or at the run."""

import doctest
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pyNN import errors

import allspike.pynn as sim
from allspike import (
    ParameterError,
)
from allspike.pynn import control

from .scripts import CELL, refused, v


@pytest.mark.parametrize("kind", ["connect", "post"])
def test_connections_are_checked(kind: str) -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(**CELL))
    if kind == "post":
        with pytest.raises(errors.ConnectionError, match="receive no synapses"):
            sim.Projection(cells, sim.Population(1, sim.SpikeSourcePoisson()), sim.AllToAllConnector())
        return
    for listed, says in (((0, 1, np.nan, 1.0), "a weight is nan"), ((0, 1, 1.0, -2.0), "a delay is -2")):
        sim.setup(timestep=1.0)
        cells = sim.Population(2, sim.IF_curr_exp(**CELL))
        sim.Projection(cells, cells, sim.FromListConnector([listed], safe=False), receptor_type="excitatory")
        with refused(says):
            sim.run(1.0)


@pytest.mark.parametrize("package", ["pyNN", "neo", "lazyarray"])
def test_without_pynn_the_command_is_named(package: str) -> None:
    script = f"import sys; sys.modules[{package!r}] = None; import allspike; import allspike.pynn"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert told.returncode == 1 and 'run pip install "allspike[pynn]"' in told.stderr


def test_the_package_itself_does_not_import_pynn() -> None:
    script = "import sys, allspike; allspike.Network(); sys.exit('pyNN' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_what_cannot_run_is_refused_at_the_run() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]), label="source")
    cases: list[tuple[Any, Any, tuple[str, ...]]] = [
        (sim.Izhikevich(), None, ("Izhikevich", "IF_curr_delta")),
        (sim.IF_cond_exp(), sim.StaticSynapse(weight=0.1), ("IF_cond_exp", "IF_curr_exp")),
        (sim.IF_curr_alpha(), sim.StaticSynapse(weight=0.1), ("IF_curr_alpha", "IF_curr_exp")),
        (
            sim.IF_curr_exp(),
            sim.TsodyksMarkramSynapse(weight=0.1),
            ("TsodyksMarkramSynapse", "StaticSynapse"),
        ),
        (
            sim.IF_curr_exp(),
            sim.STDPMechanism(sim.SpikePairRule(), sim.MultiplicativeWeightDependence(), weight=0.1),
            ("MultiplicativeWeightDependence", "AdditiveWeightDependence"),
        ),
        (
            sim.IF_curr_exp(),
            sim.STDPMechanism(sim.Vogels2011Rule(), sim.AdditiveWeightDependence(), weight=0.1),
            ("Vogels2011Rule", "SpikePairRule"),
        ),
        (sim.IF_curr_exp(tau_refrac=300.0), None, ("tau_refrac = 300 ms", "255")),
        (sim.IF_curr_exp(tau_m=0.0), None, ("tau_m = 0",)),
    ]
    for celltype, synapse, says in cases:
        sim.setup(timestep=1.0)
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]), label="source")
        cells = sim.Population(2, celltype, label="cells")
        assert cells.describe()
        if synapse is not None:
            made = sim.Projection(source, cells, sim.AllToAllConnector(), synapse)
            assert made.get("weight", format="array").tolist() == [[0.1, 0.1]] and made.describe()
        with refused("cells", *says):
            sim.run(10.0)


def test_two_time_constants_are_refused_where_both_are_in_use() -> None:
    def run(receptors: tuple[str, ...]) -> None:
        sim.setup(timestep=1.0)
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
        cells = sim.Population(3, sim.IF_curr_exp(tau_syn_E=5.0, tau_syn_I=10.0), label="cells")
        for k, receptor in enumerate(receptors):
            weight = 1.0 if receptor == "excitatory" else -1.0
            synapse = sim.StaticSynapse(weight=weight)
            sim.Projection(source, cells[k : k + 2], sim.AllToAllConnector(), synapse, receptor_type=receptor)
        sim.run(10.0)

    with refused("cell 1", "tau_syn_E = 5 ms", "tau_syn_I = 10 ms"):
        run(("excitatory", "inhibitory"))
    run(("inhibitory",))
    assert (
        sim.state.session.simulation.image.neuron_params["alpha"][:2] == round(2**15 * np.exp(-0.1))
    ).all()
    run(("excitatory",))


def test_a_core_has_one_rule() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    cells = sim.Population(2, sim.IF_curr_exp(**CELL))

    def connect(target: Any, **amplitudes: float) -> Any:
        rule = sim.STDPMechanism(
            sim.SpikePairRule(**amplitudes),
            sim.AdditiveWeightDependence(w_max=2.0),
            weight=1.0,
            dendritic_delay_fraction=0,
        )
        return sim.Projection(source, target, sim.AllToAllConnector(), rule, label=f"to {target.label}")

    connect(cells[:1])
    connect(cells[1:])
    sim.run(5.0)
    connect(cells[1:])
    with refused("between two cells there is one synapse that learns"):
        sim.run(5.0)
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    cells = sim.Population(2, sim.IF_curr_exp(**CELL))
    connect(cells[:1])
    connect(cells[1:], A_plus=0.5)
    with refused("different rules of STDP"):
        sim.run(5.0)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"timestep": 0.0}, "timestep = 0"),
        ({"timestep": float("nan")}, "timestep = nan"),
        ({"timestep": "1"}, "timestep"),
        ({"devise": "rtl"}, "did you mean 'device'"),
        ({"seed": -1}, "seed = -1"),
        ({"min_delay": float("nan")}, "min_delay = nan"),
    ],
)
def test_options_of_setup_are_checked(options: dict, says: str) -> None:
    with pytest.raises((ParameterError, TypeError), match=says):
        sim.setup(**options)


def test_options_of_other_simulators_are_passed_over() -> None:
    assert (
        sim.setup(timestep=0.1, threads=4, spike_precision="off_grid", verbosity="error", quit_on_end=False)
        == 0
    )


@pytest.mark.parametrize("size", [0, -1])
def test_a_population_has_cells(size: int) -> None:
    sim.setup(timestep=1.0)
    with pytest.raises(ParameterError, match=f"population 'none' has {size} cells"):
        sim.Population(size, sim.IF_curr_exp(), label="none")


def test_a_state_variable_that_is_not_there_is_refused() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(), label="cells")
    for some in (cells, cells[:1]):
        with pytest.raises(ParameterError, match="'cells' has no state variable 'vv'; did you mean 'v'"):
            some.initialize(vv=-60.0)


def test_cells_of_another_setup_are_refused() -> None:
    sim.setup()
    old = sim.Population(2, sim.IF_curr_exp())
    sim.setup()
    new = sim.Population(1, sim.IF_curr_exp())
    sim.Projection(old, new, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0))
    with refused("setup"):
        sim.run(1.0)


def test_a_name_that_is_not_there_is_answered_by_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean 'IF_curr_exp'"):
        _ = sim.IF_curr_expo
    with pytest.raises(AttributeError, match="PointNeuron cannot run"):
        _ = sim.PointNeuron
    assert "IF_curr_delta" in sim.list_standard_models() and "HH_cond_exp" not in sim.list_standard_models()


def test_the_example_of_setup_runs() -> None:
    assert doctest.testmod(control).failed == 0


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"tau_refrac": -1.0}, r"tau_refrac = -1 ms must be 0 or more"),
        ({"cm": 0.0}, r"cm = 0 nF must be above 0"),
        ({"tau_m": -20.0}, r"tau_m = -20 ms must be above 0"),
        ({"tau_refrac": np.nan}, r"tau_refrac must be finite numbers, and one is nan"),
        ({"v_thresh": np.inf}, r"v_thresh must be finite numbers, and one is inf"),
    ],
)
def test_parameters_of_cells_are_checked(parameters: dict[str, float], says: str) -> None:
    sim.setup(timestep=1.0)
    with refused("population 'cells'", says):
        sim.Population(2, sim.IF_curr_exp(**parameters), label="cells")
        sim.run(1.0)
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(), label="others")
    with refused("population 'others'", says):
        cells[1:].set(**parameters)
        sim.run(1.0)


def test_a_state_is_of_finite_numbers_whoever_sets_it() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(3, sim.IF_curr_exp(), label="cells")

    ways: list[Callable[[float], None]] = [
        lambda x: cells.initialize(v=x),
        lambda x: cells[1:].initialize(v=x),
        lambda x: cells[1].set_initial_value("v", x),
    ]
    for way in ways:
        with refused("population 'cells': v must be finite numbers, and one is nan"):
            way(np.nan)


def test_the_state_of_one_cell_is_its_own() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(3, sim.IF_curr_exp(**CELL), label="cells")
    cells[1].set_initial_value("v", -60.0)
    cells.record("v")
    sim.run(2.0)
    assert v(cells)[0].tolist() == pytest.approx([-65.0, -60.0, -65.0], abs=1e-2)


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ([-1.0, 2.0], "spike_times must be 0 or more, in ms, and one is -1"),
        ([1.0, np.inf], "spike_times must be 0 or more, in ms, and one is inf"),
        ([3.0, 2.0], "spike_times must be in ascending order, and 2 ms follows 3 ms"),
    ],
)
def test_trains_of_spikes_are_checked(times: list[float], says: str) -> None:
    sim.setup(timestep=1.0)
    for error in (ParameterError, errors.InvalidParameterValueError):
        with pytest.raises(error, match=f"population 'source': {says}"):
            sim.Population(1, sim.SpikeSourceArray(spike_times=times), label="source")


def test_times_are_checked() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(1, sim.IF_curr_exp())
    for time in (np.nan, np.inf):
        with refused(f"a run to {time:g} ms has no end"):
            sim.run(time)
    with refused("sampling_interval = 1.5 ms is no multiple of the timestep, 1 ms"):
        cells.record("v", sampling_interval=1.5)
    with refused("a NoisyCurrentSource's dt = 0.25 ms is no multiple of the timestep, 1 ms"):
        sim.NoisyCurrentSource(mean=0.1, stdev=0.1, dt=0.25)
    with refused("a NoisyCurrentSource's stdev = -0.1 nA must be 0 or more"):
        sim.NoisyCurrentSource(mean=0.1, stdev=-0.1, dt=1.0)
    sim.Population(1, sim.SpikeSourcePoisson(rate=10.0, duration=-5.0))
    with refused("duration = -5 ms must be 0 or more"):
        sim.run(1.0)


@pytest.mark.parametrize(
    ("timing", "bounds", "says"),
    [
        ({"tau_plus": 0.0}, {}, "tau_plus = 0 ms must be above 0"),
        ({"tau_minus": -1.0}, {}, "tau_minus = -1 ms must be above 0"),
        ({"A_plus": np.nan}, {}, "A_plus must be finite numbers, and one is nan"),
        ({}, {"w_min": 1.0, "w_max": 1.0}, "w_min = 1 must lie below w_max = 1"),
    ],
)
def test_rules_of_learning_are_checked(timing: dict, bounds: dict, says: str) -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    rule = sim.STDPMechanism(
        sim.SpikePairRule(**timing), sim.AdditiveWeightDependence(**bounds), weight=0.5,
        dendritic_delay_fraction=0,
    )  # fmt: skip
    cells = sim.Population(1, sim.IF_curr_exp())
    with refused("projection 'learns'", says):
        sim.Projection(source, cells, sim.AllToAllConnector(), rule, label="learns")
        sim.run(1.0)
