"""Translated networks against the spikes that the frameworks themselves computed."""

from typing import Any

import nir
import numpy as np
import pytest

import allspike as asp

from .float_run import described_run
from .golden import CASES, FILES, GOLDEN, Case, measured, with_data

pytestmark = [with_data, pytest.mark.filterwarnings("ignore::allspike.QuantisationWarning")]
UNROUNDED = {
    "snn_leaky_subtract_now": 773, "snn_synaptic_subtract_now": 424, "snn_conv_subtract_now": 1236,
    "snn_rleaky_subtract_now": 1853, "sinabs_iaf": 3, "braille_noDelay_noBias_subtract": 46,
}  # fmt: skip
"""Entries that differ where the translation says that it is not exact."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_spikes_are_the_frameworks_and_the_emulators_are_the_images(case: Case) -> None:
    """Before rounding no entry differs unless the translation says so; after it the emulator computes what
    the image says, spike for spike."""
    found = measured(case)
    assert found.theirs > 50
    assert found.unrounded == UNROUNDED.get(case.name, 0)
    assert found.arithmetic == 0
    translation = asp.Network.from_nir(case.path, **case.options).translation
    assert (
        case.exact == (not translation.differences) == all(v.verdict == "exact" for v in translation.verdicts)
    )
    if not case.exact:
        with pytest.raises(asp.ParameterError, match="cannot be exact"):
            asp.Network.from_nir(case.path, **case.options, exact=True)


@pytest.mark.parametrize("case", [c for c in CASES if "braille" in c.name], ids=lambda case: case.name)
def test_braille_is_recognised(case: Case) -> None:
    """Of the one sample that is to be had: the letter is A, class 1, and at most 1 % of entries differ."""
    found = measured(case)
    assert found.entries == 256 * (38 if case.name.endswith("zero") else 40)
    assert [int(counts.sum(axis=0).argmax()) for counts in found.outputs] == [1, 1]
    assert found.compiled <= found.entries / 100


def single(name: str) -> np.ndarray:
    """Input, V and spike of every step, as a simulator computed them for lif_norse.nir."""
    return np.loadtxt(GOLDEN / "lif" / f"lif_{name}.csv", delimiter=",")


def run_single(
    source: str | nir.NIRGraph, spikes: np.ndarray, **options: Any
) -> tuple[list[int], np.ndarray]:
    """The steps of the spikes, and V."""
    net = asp.Network.from_nir(FILES / source if isinstance(source, str) else source, **options)
    sim, translation = asp.Simulation(net), net.translation
    (node,) = translation.places
    translation.start(sim)
    result = sim.run_steps(translation.steps(len(spikes)), translation.stimuli(spikes), record_v=node)
    fired = np.flatnonzero(translation.outputs(result)["output"]).tolist()
    return fired, translation.potentials(result, node).ravel()


def test_the_neuron_of_the_nir_paper_is_norses() -> None:
    theirs = single("norse")
    fired, v = run_single("lif_norse.nir", theirs[:, 0], origin="norse", dt=1e-4)
    assert fired == np.flatnonzero(theirs[:, 2]).tolist() == [460, 510, 710, 760]
    np.testing.assert_allclose(v, theirs[:, 1], atol=2e-5)


@pytest.mark.parametrize("name", ["snntorch", "nengo", "spinnaker2", "exact"])
def test_other_simulators_agree_on_its_spikes(name: str) -> None:
    theirs = single(name)
    fired, _ = run_single("lif_norse.nir", theirs[:, 0], origin="norse", dt=1e-4)
    assert fired == np.flatnonzero(theirs[:, 2]).tolist()


def test_the_neuron_is_nengos_and_the_exact_one_where_it_is_integrated_exactly() -> None:
    """Their V, of a weight of 1, scaled to ours until the first spike."""
    for name, scale in (("nengo", 0.1), ("exact", 1.0)):
        theirs = single(name)
        fired, v = run_single("lif_norse.nir", theirs[:, 0], dt=1e-4, reset="to", integration="exponential")
        assert fired == np.flatnonzero(theirs[:, 2]).tolist()
        np.testing.assert_allclose(v[: fired[0]], scale * theirs[: fired[0], 1], atol=2e-5)


def test_rockpools_neuron_is_rockpools_and_sinabs() -> None:
    for name in ("rockpool", "sinabs"):
        theirs = single(name)
        fired, v = run_single("lif_rockpool.nir", theirs[:, 0] > 0, origin="rockpool")
        assert fired == np.flatnonzero(theirs[:, 2]).tolist() == [450, 500, 710, 760]
        np.testing.assert_allclose(v, theirs[:, 1], atol=2e-5)


def test_spyx_neuron_spikes_a_step_late_and_subtracts_then() -> None:
    """V is the same but in the step in which it passes the threshold: there ours has lost it already."""
    theirs = single("spyx")
    one = np.ones(1)
    graph = nir.NIRGraph.from_list(
        nir.Linear(0.04 * one[:, None]), nir.LIF(tau=25 * one, r=one, v_leak=0 * one, v_threshold=0.1 * one)
    )
    fired, v = run_single(graph, theirs[:, 0], origin="spyx")
    assert fired == np.flatnonzero(theirs[:, 2]).tolist() == [461, 511, 711, 761]
    others = np.setdiff1d(np.arange(1000), np.array(fired) - 1)
    np.testing.assert_allclose(v[others], theirs[others, 1], atol=2e-5)


def test_two_neurons_of_which_the_first_fires_by_itself() -> None:
    net = asp.Network.from_nir(FILES / "two_lif_neurons.nir", dt=1e-4, reset="to")
    translation = net.translation
    silent = np.zeros((1000, 1))
    ours = translation.run(asp.Simulation(net), silent, nodes=["lif1", "lif2"])
    v, expected = 0.0, []
    for _ in range(1000):  # tau 10 ms, v_leak 1.2, v_threshold 1
        v += 0.01 * (1.2 - v)
        expected.append(v > 1)
        v = 0.0 if v > 1 else v
    assert np.array_equal(ours["lif1"][:, 0], expected)
    described = translation.outputs(described_run(net, silent), nodes=["lif2"])
    assert np.array_equal(ours["lif2"], described["lif2"])


def test_an_earlier_training_of_the_braille_network_runs() -> None:
    net = asp.Network.from_nir(FILES / "nirtorch_braille.nir", reset="zero")
    spikes = np.load(GOLDEN / "braille_test0_input.npy")
    shown = net.translation.run(asp.Simulation(net), spikes, nodes=["lif1.lif"])
    described = net.translation.outputs(described_run(net, spikes), nodes=["lif1.lif"])
    assert shown["lif1.lif"].sum() > 50
    assert (shown["lif1.lif"] != described["lif1.lif"]).mean() < 0.01
