"""The scenarios of PyNN's suite that do not pass here: how each fails, and why."""

from dataclasses import dataclass

import pytest

from allspike import AllspikeError


@dataclass(frozen=True)
class Failure:
    """How a scenario fails."""

    says: str
    """Part of what the error says."""
    reason: str
    """What the core would need."""
    error: type[BaseException] = AllspikeError
    verb: str = "fails"


_CONDUCTANCE = "conductance-based synapses"
_IF_COND_EXP = "a synapse of IF_cond_exp cannot run"
_SPIKE_CURRENT = "a neuron whose V is not linear below the threshold"

FAILURES = {
    "test_cell_types::test_EIF_cond_alpha_isfa_ista": Failure("EIF_cond_alpha_isfa_ista", _SPIKE_CURRENT),
    "test_cell_types::test_HH_cond_exp": Failure("HH_cond_exp cannot run", "ion channels"),
    "test_cell_types::test_composed_neuron_model_homogeneous_receptors": Failure(
        "PointNeuron cannot run",
        "several synaptic currents a neuron; an exponential integrate-and-fire neuron",
    ),
    "test_procedural_api::test_ticket195": Failure(_IF_COND_EXP, _CONDUCTANCE),
    "test_recording::test_record_vm_and_gsyn_from_assembly": Failure(
        "EIF_cond_exp_isfa_ista cannot run", f"{_CONDUCTANCE}; {_SPIKE_CURRENT}"
    ),
    "test_scenario1::test_scenario1": Failure(_IF_COND_EXP, _CONDUCTANCE),
    "test_scenario1::test_scenario1a": Failure("a synapse of IF_cond_alpha cannot run", _CONDUCTANCE),
    "test_scenario2::test_scenario2": Failure(
        "tau_refrac = 100 ms is 10000 steps", "a refractory period of 10,000 steps, where a neuron holds 255"
    ),
    "test_scenario3::test_scenario3": Failure(_IF_COND_EXP, f"{_CONDUCTANCE} that learn"),
    "test_scenario4::test_scenario4": Failure(
        "EIF_cond_exp_isfa_ista cannot run", f"{_SPIKE_CURRENT}; synapses with short-term plasticity"
    ),
    "test_scenario5::test_scenario5": Failure(
        "morphio not available",
        "neurons of several compartments; PyNN skips it without the packages morphio and libNeuroML",
        pytest.skip.Exception,
        "is skipped",
    ),
    "test_synapse_types::test_simple_stochastic_synapse": Failure(
        "SimpleStochasticSynapse cannot run", "synapses that pass a spike by chance"
    ),
    "test_ticket166::test_ticket166": Failure(_IF_COND_EXP, _CONDUCTANCE),
}
"""By module and function."""
