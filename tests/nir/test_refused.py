"""Graphs and options that cannot be meant: one sentence that names the node."""

from typing import Any

import nir
import numpy as np
import pytest

import allspike as asp
from allspike.nir import flatten
from allspike.nir.choosing import Options
from allspike.nir.translate import translate

from .graphs import graph, lif

TWO = np.ones(2)
ENDS = {"in": nir.Input(np.array([2])), "out": nir.Output(np.array([2]))}


def one_layer(**changed: Any) -> nir.NIRGraph:
    """An input of 2, and 2 neurons."""
    return graph(ENDS | {"fc": nir.Linear(np.eye(2)), "lif1": lif(2, **changed)}, "in fc lif1 out")


def chain(*nodes: Any) -> nir.NIRGraph:
    """Nodes n0, n1, ... of 2 values between an input and an output."""
    named = {f"n{k}": node for k, node in enumerate(nodes)}
    return graph(ENDS | named, " ".join(["in", *named, "out"]))


LI = nir.LI(tau=10 * TWO, r=TWO, v_leak=0 * TWO)
TOLD: dict[str, Any] = {"dt": 1.0, "reset": "to"}
REFUSED: dict[str, tuple[nir.NIRGraph, dict[str, Any], str]] = {
    "an unknown origin": (one_layer(), {"origin": "snntroch"}, "not known; did you mean 'snntorch'"),
    "an origin that is no name": (one_layer(), {"origin": 3}, "origin = 3 is not known"),
    "no step": (one_layer(), {"reset": "to"}, "does not say how long a step is: give dt="),
    "no reset": (one_layer(), {"dt": 1.0}, "does not say how 'lif1' resets after a spike: give reset="),
    "no reset of snnTorch's": (one_layer(), {"origin": "snntorch", "dt": 1.0}, "how 'lif1' resets"),
    "a step of tau": (one_layer(), TOLD | {"dt": 10}, "tau of 'lif1' is 10, no longer than a step of 10"),
    "a longer step": (one_layer(), TOLD | {"dt": 25}, "tau of 'lif1' is 10, no longer than a step of 25"),
    "a step of 0": (one_layer(), {"dt": 0, "reset": "to"}, "dt = 0 must be a number above 0"),
    "a step of NaN": (one_layer(), {"dt": np.nan, "reset": "to"}, "dt = nan must be"),
    "a step of truth": (one_layer(), {"dt": True, "reset": "to"}, "dt = True must be"),
    "exactness in words": (one_layer(), TOLD | {"exact": "no"}, "exact = 'no' must be True or False"),
    "a step in words": (one_layer(), {"dt": "1 ms", "reset": "to"}, "dt = '1 ms' must be"),
    "a tau of 0": (one_layer(tau=0 * TWO), TOLD, "tau of 'lif1' is 0: a time"),
    "a current that stays": (
        chain(nir.CubaLIF(np.array([1, 1e300]), 5 * TWO, TWO, 0 * TWO, TWO)), TOLD | {"dt": 0.1},
        "tau_syn of 'n0' is 1e\\+300, so that its current never decays",
    ),
    "a delay beyond all runs": (
        chain(nir.Delay(1e300 * TWO), lif(2)), TOLD, "delay of 1e\\+300 from 'in' to 'n1' is more than"
    ),
    "a delay beyond all numbers": (
        chain(nir.Delay(1e300 * TWO), lif(2)), TOLD | {"dt": 1e-20}, "delay of 1e\\+300 from 'in' to 'n1' is"
    ),
    "an unknown reset": (one_layer(), TOLD | {"reset": "soft"}, "'soft' is not known: it is one of 'to', '"),
    "an unknown integration": (one_layer(), TOLD | {"integration": "rk4"}, "'rk4' is not known"),
    "an unknown spike": (one_layer(), TOLD | {"spikes": 1}, "spikes = 1 is not known"),
    "an unknown comparison": (one_layer(), TOLD | {"fires": ">>"}, "fires = '>>' is not known"),
    "a reset for no node": (one_layer(), TOLD | {"reset": {"lif2": "to"}}, "'lif2', which is neither a node"),
    "no neurons": (chain(nir.Scale(TWO)), {"dt": 1.0}, "has no neurons"),
    "LI between layers": (chain(LI, lif(2)), TOLD, "LI 'n0' hands its potential to LIF 'n1'"),
    "a delayed potential": (
        chain(LI, nir.Delay(TWO), nir.Threshold(TWO)), {"dt": 1.0}, "by way of a Delay to Threshold"
    ),
    "thresholds of unlike potentials": (
        chain(nir.LI(np.array([5.0, 10.0]), TWO, 0 * TWO), nir.Linear(np.ones((2, 2))), nir.Threshold(TWO)),
        {"dt": 1.0}, "Threshold 'n2' compares a sum of potentials \\('n0'\\) with different time constants",
    ),
    "a threshold of both": (
        graph(
            ENDS | {"li": LI, "t": nir.Threshold(TWO)}, "in li t out", "in t",
        ), {"dt": 1.0}, "Threshold 't' takes spikes and potentials \\('li'\\) at once",
    ),
    "an input as an output": (
        graph(
            ENDS | {"lif1": lif(2)}, "in lif1 out", "in out",
        ), TOLD, "output 'out' shows input 'in' itself",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused_in_one_sentence(what: str) -> None:
    source, options, sentence = REFUSED[what]
    with pytest.raises(asp.ParameterError, match=sentence) as refused:
        asp.Network.from_nir(source, **options)
    assert str(refused.value).count("\n") == 0 and str(refused.value).endswith(".")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(value: float) -> None:
    """Also in a flat form that came from elsewhere."""
    flat = flatten(one_layer())
    flat.edges[0].matrix[1, 0] = value
    with pytest.raises(asp.ParameterError, match=r"weights of 'fc' from 'in' to 'lif1' hold (nan|inf)"):
        translate(flat, Options(dt=1.0, reset="to"))
    flat = flatten(one_layer())
    flat.cells[0].parameters["r"][1] = value
    with pytest.raises(asp.ParameterError, match=r"r of 'lif1' holds (nan|inf)"):
        translate(flat, Options(dt=1.0, reset="to"))


def test_delays_that_no_build_could_relay_are_refused_at_once() -> None:
    source = chain(lif(2), nir.Delay(1e12 * TWO), lif(2))
    with pytest.raises(asp.CapacityError, match="spikes of 'n0' must come 1,000,000,000,000 steps late"):
        asp.Network.from_nir(source, **TOLD)


def test_a_slip_in_an_option_is_answered_by_the_nearest() -> None:
    with pytest.raises(asp.ParameterError, match=r"no 'resett'; did you mean 'reset'"):
        asp.Network.from_nir(one_layer(), dt=1.0, resett="to")  # type: ignore[call-arg]
