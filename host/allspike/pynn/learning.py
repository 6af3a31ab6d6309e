"""From PyNN's mechanism of plasticity to the rule of the core."""

from typing import Any

import numpy as np

from ..describe.learning import STDP
from ..errors import ParameterError
from .simulator import State
from .values import check_finite, check_sign
from .wiring import Axons, Wires


def rule_of(projection: Any, scale: float) -> STDP:
    """The learning rule of a projection: PyNN's amplitudes are shares of w_max.

    Raises
    ------
    ParameterError
        If its connections differ in it, or a value is out of range.
    """
    given = {}
    for name in ("A_plus", "A_minus", "tau_plus", "tau_minus", "w_min", "w_max"):
        values = np.unique(projection.attribute(name))
        if values.size != 1:
            raise ParameterError(
                f"projection {projection.label!r}: its connections have {values.size} different values of "
                f"{name}; a core has one rule of STDP."
            )
        check_finite(f"projection {projection.label!r}: {name}", values)
        if name.startswith("tau"):
            check_sign(f"projection {projection.label!r}: {name}", values, "ms", zero=False)
        given[name] = float(values[0])
    if not given["w_min"] < given["w_max"]:
        raise ParameterError(
            f"projection {projection.label!r}: w_min = {given['w_min']:g} must lie below "
            f"w_max = {given['w_max']:g}."
        )
    w_max = given["w_max"] * scale
    return STDP(
        a_plus=given["A_plus"] * w_max,
        a_minus=given["A_minus"] * w_max,
        w_max=w_max,
        w_min=given["w_min"] * scale,
        tau_plus=given["tau_plus"] * 1e-3,
        tau_minus=given["tau_minus"] * 1e-3,
    )


def check_bounds(projection: Any, rule: STDP, scale: float) -> None:
    """Refuse weights that lie outside the bounds of their rule."""
    weights = projection.weights_at_start() * scale
    low, high = rule.w_min - 1e-9 * abs(rule.w_max), rule.w_max + 1e-9 * abs(rule.w_max)
    outside = (weights < low) | (weights > high)
    if outside.any():
        raise ParameterError(
            f"projection {projection.label!r}: a weight of {weights[outside][0] / scale:g} lies outside "
            f"w_min = {rule.w_min / scale:g} to w_max = {rule.w_max / scale:g} of its STDP."
        )


def check_doubles(state: State, own: Wires, axons: Axons) -> None:
    """Between two cells there is one plastic synapse, and no static one beside it."""
    if not own.plastic.any():
        return
    sizes = np.array([p.size for p in state.populations], np.int64)
    firsts = np.concatenate(([0], np.cumsum(sizes)))
    keys = axons.of_wire * firsts[-1] + firsts[own.post_population] + own.post
    order = np.argsort(keys, kind="stable")
    double = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    for k in double:
        a, b = order[k], order[k + 1]
        if own.plastic[a] or own.plastic[b]:
            one, other = (state.projections[own.projection[x]].label for x in (a, b))
            raise ParameterError(
                f"projections {one!r} and {other!r} connect the same two cells with the same delay, and one "
                "of them learns: between two cells there is one synapse that learns."
            )
