"""The MicroSeer demo. The data are not the project's: tests on them want the folder, and say so."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import superneuromat

import allspike as asp
from allspike.demos import microseer
from tests.command import command
from tests.data import DATA, needs_data

FOLDER = DATA / "microseer"
with_data = needs_data("microseer")
STEPS = 10


@pytest.fixture
def data() -> microseer.Papers:
    return microseer.load(FOLDER)


def theirs(data: microseer.Papers, paper: int) -> superneuromat.SNN:
    """The experiment's network for one paper, as NeuroCoreX gives it to SuperNeuroMAT."""
    snn = superneuromat.SNN()
    snn.backend = "cpu"
    known = set(data.known.tolist())
    for k in range(len(data.names)):
        snn.create_neuron(threshold=1.0, leak=0.0, refractory_period=1 if k in known else 1000)
    topics = [snn.create_neuron(threshold=1.0, leak=0.0).idx for _ in data.topics]
    for first, second in data.citations.T.tolist():
        snn.create_synapse(first, second, weight=100.0)
        snn.create_synapse(second, first, weight=100.0)
    for k in range(len(data.names)):
        for topic in [topics[data.labels[k]]] if k in known else topics:
            weight = 1.001 if k in known else 0.001
            snn.create_synapse(k, topic, weight=weight, stdp_enabled=k not in known)
            snn.create_synapse(topic, k, weight=weight, stdp_enabled=k not in known)
    snn.stdp_setup(Apos=[1.0, 0.5, 0.1, 0.01, 0.001], positive_update=True, negative_update=False)
    snn.add_spike(0, paper, 100.0)
    return snn


@with_data
def test_the_reference_answers_as_superneuromat_does(data: microseer.Papers) -> None:
    outcome = microseer.run(data)
    for k, paper in enumerate(data.asked.tolist()):
        snn = theirs(data, paper)
        snn.simulate(STEPS)
        weights = snn.weight_mat()[paper, -len(data.topics) :]
        # More than the answer is the same: so is the order of all topics, ties included.
        assert np.array_equal(np.unique(weights.round(6), return_inverse=True)[1],
                              np.unique(outcome.strengths[k], return_inverse=True)[1])  # fmt: skip
    summary = outcome.summary()
    assert (summary["correct"], summary["papers"], summary["ties"]) == (44, 67, 7)


@with_data
def test_the_network_of_superneuromat_itself_spikes_the_same(data: microseer.Papers) -> None:
    for paper in data.asked[:20].tolist():
        snn = theirs(data, paper)
        net = asp.Network.from_superneuromat(snn)
        spikes = asp.Simulation(net).run_steps(STEPS, net.translation.stimuli(STEPS)).array("neurons")
        snn.simulate(STEPS)
        assert np.array_equal(spikes, np.asarray(snn.ispikes, bool))


@with_data
def test_topics_that_count_do_better_on_known_papers_and_on_the_others(data: microseer.Papers) -> None:
    summary = microseer.run(data, microseer.COUNTING).summary()
    assert (summary["correct"], summary["ties"]) == (47, 1)
    known = [microseer.leave_one_out(data, design) for design in (microseer.REFERENCE, microseer.COUNTING)]
    assert known == [13, 14]


@with_data
@pytest.mark.parametrize("design", [microseer.REFERENCE, microseer.COUNTING])
def test_no_network_has_more_neurons_than_papers_and_topics(
    data: microseer.Papers, design: microseer.Design
) -> None:
    assert sum(len(p) for p in design.build(data).neuron_populations) == 90


@with_data
def test_the_simulated_gateware_learns_the_same(data: microseer.Papers) -> None:
    few = replace(data, asked=data.asked[:2])
    for design in (microseer.REFERENCE, microseer.COUNTING):
        strengths = [microseer.run(few, design, device).strengths for device in ("emulator", "rtl")]
        assert strengths[0].any()
        assert np.array_equal(*strengths)


def graph(folder: Path) -> Path:
    """Two known papers, and four that cite them in two chains."""
    topics = {"a": "x", "b": "y", "c": "x", "d": "y", "e": "x", "f": "y"}
    (folder / "toy.content").write_text("".join(f"{name}\t0\t1\t{topic}\n" for name, topic in topics.items()))
    (folder / "toy.cites").write_text("a c\nc e\nb d\nd f\nf f\n")
    (folder / "toy.indices").write_text("training 2 test 4\na, b\nc, d, e, f\n")
    return folder


@pytest.mark.parametrize("design", [microseer.REFERENCE, microseer.COUNTING])
def test_a_topic_is_found_along_a_chain(tmp_path: Path, design: microseer.Design) -> None:
    outcome = microseer.run(microseer.load(graph(tmp_path)), design)
    assert outcome.answers.tolist() == [0, 1, 0, 1]
    # The farther away, the weaker.
    assert outcome.strengths[0, 0] > outcome.strengths[2, 0] > 0


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = graph(tmp_path)
    assert command("demo", "microseer", "--data", folder, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["correct"] == answer["counting"]["correct"] == answer["papers"] == 4
    assert command("demo", "microseer", "--data", folder, "--out", folder / "out") == 0
    assert "counting network: 4 of 4 papers right: 100.0%, 0 ties" in capsys.readouterr().out
    assert (folder / "out" / "microseer.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_a_graph(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert command("demo", "microseer", "--data", tmp_path) == 5
    assert "give --data DIR" in capsys.readouterr().err
    (graph(tmp_path) / "toy.cites").write_text("a nobody\n")
    assert command("demo", "microseer", "--data", tmp_path) == 5
