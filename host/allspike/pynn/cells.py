"""PyNN's standard cells. All can be created, connected and inspected; what can run, `support` says."""

from typing import Any

from pyNN.standardmodels import build_translations
from pyNN.standardmodels import cells as standard


def _own(base: type) -> Any:
    """PyNN's class, whose parameters are kept under PyNN's names and in PyNN's units."""
    names = base.default_parameters  # type: ignore[attr-defined]
    translations = build_translations(*((parameter, parameter) for parameter in names))
    return type(base.__name__, (base,), {"translations": translations, "__doc__": base.__doc__})


IF_curr_exp = _own(standard.IF_curr_exp)
IF_curr_delta = _own(standard.IF_curr_delta)
IF_curr_alpha = _own(standard.IF_curr_alpha)
IF_cond_exp = _own(standard.IF_cond_exp)
IF_cond_alpha = _own(standard.IF_cond_alpha)
IF_cond_exp_gsfa_grr = _own(standard.IF_cond_exp_gsfa_grr)
IF_facets_hardware1 = _own(standard.IF_facets_hardware1)
HH_cond_exp = _own(standard.HH_cond_exp)
EIF_cond_alpha_isfa_ista = _own(standard.EIF_cond_alpha_isfa_ista)
EIF_cond_exp_isfa_ista = _own(standard.EIF_cond_exp_isfa_ista)
Izhikevich = _own(standard.Izhikevich)
GIF_cond_exp = _own(standard.GIF_cond_exp)

SpikeSourceArray = _own(standard.SpikeSourceArray)
SpikeSourcePoisson = _own(standard.SpikeSourcePoisson)
SpikeSourcePoissonRefractory = _own(standard.SpikeSourcePoissonRefractory)
SpikeSourceGamma = _own(standard.SpikeSourceGamma)
SpikeSourceInhGamma = _own(standard.SpikeSourceInhGamma)
