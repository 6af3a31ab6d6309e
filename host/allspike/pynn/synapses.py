"""PyNN's standard synapses. All can be created and inspected; what can run, `support` says."""

from typing import Any

from pyNN.standardmodels import build_translations
from pyNN.standardmodels import synapses as standard

from .simulator import state


def _same(*names: str) -> dict[str, Any]:
    """Parameters that are kept under PyNN's names and in PyNN's units."""
    return build_translations(*((parameter, parameter) for parameter in names))


def _shortest_delay(_synapse: object) -> float:
    return state.shortest_delay


def _own(base: type) -> Any:
    translations = _same(*base.default_parameters)  # type: ignore[attr-defined]
    members = {"translations": translations, "_get_minimum_delay": _shortest_delay, "__doc__": base.__doc__}
    return type(base.__name__, (base,), members)


def _component(base: type) -> Any:
    """A part of a mechanism of plasticity."""
    translations = _same(*base.default_parameters)  # type: ignore[attr-defined]
    members = {"translations": translations, "possible_models": {"pair"}, "__doc__": base.__doc__}
    return type(base.__name__, (base,), members)


StaticSynapse = _own(standard.StaticSynapse)
ElectricalSynapse = _own(standard.ElectricalSynapse)
TsodyksMarkramSynapse = _own(standard.TsodyksMarkramSynapse)
SimpleStochasticSynapse = _own(standard.SimpleStochasticSynapse)
StochasticTsodyksMarkramSynapse = _own(standard.StochasticTsodyksMarkramSynapse)
MultiQuantalSynapse = _own(standard.MultiQuantalSynapse)

AdditiveWeightDependence = _component(standard.AdditiveWeightDependence)
MultiplicativeWeightDependence = _component(standard.MultiplicativeWeightDependence)
AdditivePotentiationMultiplicativeDepression = _component(
    standard.AdditivePotentiationMultiplicativeDepression
)
GutigWeightDependence = _component(standard.GutigWeightDependence)
SpikePairRule = _component(standard.SpikePairRule)
Vogels2011Rule = _component(standard.Vogels2011Rule)


class STDPMechanism(standard.STDPMechanism):
    """Spike-timing-dependent plasticity, put together from what it depends on."""

    base_translations = _same("weight", "delay", "dendritic_delay_fraction")
    _get_minimum_delay = _shortest_delay
