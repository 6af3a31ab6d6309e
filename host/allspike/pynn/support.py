"""What of PyNN runs here, and how exactly: one table, which refusals and the documentation are made from."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["exact", "bounded", "not"]
"""As described; within a bound that is said; or not at all."""


@dataclass(frozen=True)
class Support:
    """Of one model of PyNN, how it runs."""

    name: str
    level: Level
    said: str
    """How, or why not."""
    nearest: str = ""
    """What is supported and comes nearest; empty where nothing does."""
    silent: bool = False
    """Of cells: whether they are a plain leaky integrator, and run, as long as no synapse acts on them."""


_ROUNDED = "weights in 8 bits, time constants in 15 bits a step, V in 24: within rounding, which is warned of"
_CONDUCTANCE = "synapses are currents here, without reversal potentials"
_PLAIN = "; without synapses that act on it, it runs as IF_curr_exp"
_WEIGHT = "a change does not depend on the weight"
_RESOURCES = "a synapse has no resources that run out"
_DRAWN = "drawn on the host, at most one spike a step; reproducible by the seed, in pieces as in one run"

CELLS = (
    Support("IF_curr_exp", "bounded", _ROUNDED + "; one time constant among the receptors in use on a cell"),
    Support("IF_curr_delta", "bounded", _ROUNDED),
    Support("IF_curr_alpha", "not", "a spike's current is an exponential here" + _PLAIN, "IF_curr_exp", True),
    Support("IF_cond_exp", "not", _CONDUCTANCE + _PLAIN, "IF_curr_exp", True),
    Support("IF_cond_alpha", "not", _CONDUCTANCE + _PLAIN, "IF_curr_exp", True),
    Support(
        "IF_cond_exp_gsfa_grr",
        "not",
        _CONDUCTANCE + ", nor do cells adapt by one",
        "IF_curr_exp",
    ),
    Support("IF_facets_hardware1", "not", _CONDUCTANCE, "IF_curr_exp"),
    Support("HH_cond_exp", "not", "cells have no ion channels", "IF_curr_exp"),
    Support("EIF_cond_alpha_isfa_ista", "not", "V is linear below the threshold", "IF_curr_exp"),
    Support("EIF_cond_exp_isfa_ista", "not", "V is linear below the threshold", "IF_curr_exp"),
    Support("Izhikevich", "not", "V is linear below the threshold", "IF_curr_delta"),
    Support("GIF_cond_exp", "not", "cells fire at a threshold, and not by chance", "IF_curr_exp"),
    Support("PointNeuron", "not", "cells have one synaptic current", "IF_curr_exp"),
)
SOURCES = (
    Support("SpikeSourceArray", "exact", "a spike acts in the step of its time, and is recorded as given"),
    Support("SpikeSourcePoisson", "bounded", _DRAWN + "; in each step with the probability rate * timestep"),
    Support("SpikeSourcePoissonRefractory", "bounded", _DRAWN),
    Support("SpikeSourceGamma", "bounded", _DRAWN),
    Support("SpikeSourceInhGamma", "bounded", _DRAWN + "; shapes of 1 or more"),
)
CURRENTS = (
    Support("DCSource", "bounded", "from the step of its start, rounded to the unit of the cell's bias"),
    Support("StepCurrentSource", "bounded", "times go to the nearest step, amplitudes as above"),
    Support("ACSource", "bounded", "another value in each step, as above"),
    Support("NoisyCurrentSource", "bounded", "drawn on the host, reproducible by the seed; values as above"),
)
SYNAPSES = (
    Support("StaticSynapse", "bounded", "weights in 8 bits: the largest onto a cell sets its unit"),
    Support(
        "STDPMechanism",
        "bounded",
        "SpikePairRule with AdditiveWeightDependence, one rule in a network; pre spikes count on arrival, as "
        "with dendritic_delay_fraction = 0; the shift of what was asked is warned of",
    ),
    Support(
        "MultiplicativeWeightDependence",
        "not",
        _WEIGHT,
        "AdditiveWeightDependence",
    ),
    Support(
        "AdditivePotentiationMultiplicativeDepression",
        "not",
        _WEIGHT,
        "AdditiveWeightDependence",
    ),
    Support("GutigWeightDependence", "not", _WEIGHT, "AdditiveWeightDependence"),
    Support("Vogels2011Rule", "not", "every pair of spikes has a sign by its order", "SpikePairRule"),
    Support("TsodyksMarkramSynapse", "not", _RESOURCES, "StaticSynapse"),
    Support("StochasticTsodyksMarkramSynapse", "not", _RESOURCES, "StaticSynapse"),
    Support("SimpleStochasticSynapse", "not", "every spike passes", "StaticSynapse"),
    Support("MultiQuantalSynapse", "not", "every spike passes", "StaticSynapse"),
    Support("ElectricalSynapse", "not", "cells touch by spikes alone", "StaticSynapse"),
)

BY_NAME = {one.name: one for one in (*CELLS, *SOURCES, *CURRENTS, *SYNAPSES)}


def refusal(name: str, where: str, what: str = "") -> str:
    """The sentence that refuses a model.

    Parameters
    ----------
    name : str
        Of the model, as PyNN calls it.
    where : str
        Which population or projection.
    what : str
        What of it is refused.
    """
    known = BY_NAME.get(name)
    reason = known.said.partition(";")[0] if known else "it is no model of PyNN's that this back end knows"
    instead = f"; the nearest that runs is {known.nearest}" if known and known.nearest else ""
    return f"{where}: {what or name} cannot run on this device: {reason}{instead}."
