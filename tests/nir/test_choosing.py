"""What the file, its origin and the options determine, and what they leave to be said."""

import doctest
from typing import Any

import nir
import numpy as np
import pytest

import allspike as asp
from allspike.nir import ORIGINS, NirTranslation, Origin, Settings, flatten
from allspike.nir.choosing import Choice, Options, chosen

from .firing import TWO, integrate, layers
from .graphs import graph, lif


def scaled(dt: float, *taus: float) -> nir.NIRGraph:
    """Neurons as snnTorch writes them."""
    nodes: dict[str, Any] = {f"l{k}": lif(2, tau=tau * TWO, r=tau / dt * TWO) for k, tau in enumerate(taus)}
    ends = {"in": nir.Input(np.array([2])), "out": nir.Output(np.array([2]))}
    return graph(ends | nodes, " ".join(["in", *nodes, "out"]))


def choice_of(source: nir.NIRGraph, **options: Any) -> Choice:
    """What the file, its origin and the options come to."""
    return chosen(flatten(source), Options(**options))


@pytest.mark.parametrize("dt", [1e-4, 1e-3, 2.5e-4, 1.0])
def test_numbers_that_agree_on_a_step_tell_it(dt: float) -> None:
    single = {"l0": lif(2, tau=np.float32(7.3) * dt * TWO, r=np.float32(7.3) * TWO)}
    ends = {"in": nir.Input(np.array([2])), "out": nir.Output(np.array([2]))}
    for source in (scaled(dt, 9.3 * dt, 4 * dt), graph(ends | single, "in l0 out")):
        for origin in (None, "snntorch", "spikingjelly"):
            choice = choice_of(source, origin=origin, reset="to")
            assert choice.dt == pytest.approx(dt, rel=1e-6) and "for r = tau / dt" in choice.facts[0]


def test_rockpools_numbers_tell_its_step() -> None:
    taus = np.array([0.0123, 0.05])
    source = scaled(1, 1)
    source.nodes["l0"] = lif(2, tau=taus, r=taus / 1e-3 * np.exp(-1e-3 / taus))
    assert choice_of(source, origin="rockpool").dt == pytest.approx(1e-3, rel=1e-6)
    with pytest.raises(asp.ParameterError, match="does not say how long a step is"):
        choice_of(source, reset="to")


def test_numbers_that_do_not_agree_tell_nothing() -> None:
    apart = scaled(1e-3, 0.01, 0.02)
    apart.nodes["l1"] = lif(2, tau=0.02 * TWO, r=21 * TWO)
    plain = graph({"in": nir.Input(np.array([2])), "l": lif(2), "out": nir.Output(np.array([2]))}, "in l out")
    for source in (apart, plain, layers(2)):
        with pytest.raises(asp.ParameterError, match=r"give dt= .* or origin= one of snntorch"):
            choice_of(source, reset="to")
        assert choice_of(source, reset="to", origin="snntorch").dt == 1e-4
        assert choice_of(source, reset="to", dt=2e-3).dt == 2e-3


def test_the_metadata_tell_the_step_before_all_but_the_user() -> None:
    source = scaled(1e-3, 0.01)
    source.metadata = {"dt": 2e-3}
    assert choice_of(source, origin="snntorch", reset="to").dt == 2e-3
    assert choice_of(source, origin="snntorch", reset="to", dt=5e-3).dt == 5e-3


def test_options_override_the_origin_for_all_for_a_kind_or_for_a_node() -> None:
    source = scaled(1e-3, 0.01, 0.02)
    choice = choice_of(
        source, origin="sinabs", dt=1e-3, reset={"l1": "to", "": "none"}, spikes={"LIF": "plain"}, fires=">"
    )
    first, second = choice.settings["l0"], choice.settings["l1"]
    assert (first.reset, second.reset) == ("none", "to")
    assert {one.spikes for one in choice.settings.values()} == {"plain"}
    assert {one.fires for one in choice.settings.values()} == {">"}
    assert {one.integration for one in choice.settings.values()} == {"exponential"}  # of sinabs
    choice = choice_of(source, origin="SINABS", dt=1, reset={"IF": "to"})  # which says nothing of LIF
    assert choice.settings["l0"].reset == "subtract"


def test_what_is_taken_without_an_origin_is_said() -> None:
    facts = choice_of(scaled(1e-3, 0.01), reset="to").facts
    assert any("No origin was given" in fact and "euler" in fact and "r = tau / dt" in fact for fact in facts)
    facts = choice_of(scaled(1e-3, 0.01), dt=2e-3, reset="to").facts
    assert any("NIR's equations as they stand" in fact for fact in facts)


def test_a_step_lasts_as_long_as_the_origin_has_it() -> None:
    for name, dt, seconds in (("norse-1.1", None, 1e-3), ("sinabs", None, 1e-3), ("hxtorch", 0.5, 0.5e-3)):
        source = scaled(1, 9e-6 if name == "norse-1.1" else 20)
        assert asp.Network.from_nir(source, origin=name, dt=dt).dt == pytest.approx(seconds)


def test_nothing_is_said_of_quantities_that_another_program_means() -> None:
    """A rest above the threshold, a step of 100 s: no DescriptionWarning, which the tests make an error."""
    net = asp.Network.from_nir(scaled(100, 1e5), reset="to")
    odd = graph(
        {"in": nir.Input(np.array([2])), "l": lif(2, v_leak=3 * TWO), "out": nir.Output(np.array([2]))},
        "in l out",
    )
    assert net.dt == 100 and asp.Network.from_nir(odd, dt=1, reset="to").dt == 1


@pytest.mark.parametrize("thing", [NirTranslation, Origin, Settings], ids=lambda thing: thing.__name__)
def test_examples_of_docstrings_run(thing: type) -> None:
    names = {name: getattr(asp, name) for name in asp.__all__}
    (test, *_) = doctest.DocTestFinder(recurse=False).find(thing, thing.__name__, globs=names)
    assert test.examples
    assert not doctest.DocTestRunner().run(test).failed


def test_origins_are_said_in_words_that_there_are() -> None:
    for name, origin in ORIGINS.items():
        assert origin.about and origin.about[-1] != ".", name
        given = {"dt": origin.dt or 1.0, "reset": origin.reset or "to"}
        for kind in (lif(2, tau=1e4 * TWO), integrate()):
            nodes = {"in": nir.Input(np.array([2])), "n": kind, "out": nir.Output(np.array([2]))}
            assert asp.Network.from_nir(graph(nodes, "in n out"), origin=name, **given).translation.lag == 0
