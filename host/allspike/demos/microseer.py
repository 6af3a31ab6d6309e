"""MicroSeer: 84 papers of six topics, of which 17 are known; the others are found by STDP along citations.

NeuroCoreX's second experiment: a neuron for each paper and each topic, 90 in all. One paper at a time is made
to fire; its spike runs along the citations, known papers fire their topics, and STDP strengthens the synapse
from the paper to every topic that fires soon after it. The topic with the strongest synapse is the answer,
and the first in alphabetical order wins ties. docs/microseer.md explains both networks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import files, plot
from ..describe.connect import Pairs
from ..describe.learning import STDP
from ..describe.lif import delta_lif
from ..device.device import Device, Progress
from ..doors.network import Network
from ..errors import FileError
from ..map import device_map as dm
from ..simulate.simulation import Simulation
from ..stimulus import SpikeList

DT = 1e-3
CONFIG = "core96"
FIRES = 64.0
"""A weight that fires a neuron by itself, and every threshold: all numbers here are whole weight units."""
ONCE = 255 * DT
"""A refractory period longer than a run."""


@dataclass(frozen=True)
class Papers:
    """A citation graph."""

    names: list[str]
    topics: list[str]
    """In alphabetical order."""
    labels: NDArray[np.int64]
    """[papers]: topic of each."""
    citations: NDArray[np.int64]
    """[2, citations]: each once, of whichever direction."""
    known: NDArray[np.int64]
    """Papers whose topic the network is told."""
    asked: NDArray[np.int64]
    """Papers whose topic it must find."""


def load(folder: Path) -> Papers:
    """Read a graph in the format of Citeseer: `*.content`, `*.cites`, and `*.indices` with the split.

    Raises
    ------
    FileError
        If a file is missing or damaged.
    """
    content, cites, indices = (_lines(folder, ending) for ending in ("content", "cites", "indices"))
    with files.reading(folder):
        rows = [line.split("\t") for line in content]
        names = [row[0] for row in rows]
        topics = sorted({row[-1] for row in rows})
        place = {name: k for k, name in enumerate(names)}
        pairs = {tuple(sorted(place[name] for name in line.split())) for line in cites}
        known, asked = ([place[name.strip()] for name in line.split(",")] for line in indices[1:3])
        return Papers(
            names=names,
            topics=topics,
            labels=np.array([topics.index(row[-1]) for row in rows]),
            citations=np.array(sorted(pair for pair in pairs if pair[0] != pair[1])).T,
            known=np.array(known),
            asked=np.array(asked),
        )


def _lines(folder: Path, ending: str) -> list[str]:
    found = sorted(Path(folder).glob(f"*.{ending}"))
    if len(found) != 1:
        raise FileError(f"{folder} holds {len(found)} files *.{ending} where one is needed: give --data DIR.")
    with files.reading(found[0]):
        return found[0].read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True)
class Design:
    """A network for the question, and for how many steps it runs."""

    name: str
    steps: int
    build: Callable[[Papers], Network]


def _papers(data: Papers, known_once: bool, delay: int) -> Network:
    """Papers that pass a spike on along the citations, and an input for each."""
    net = Network(DT)
    count = len(data.names)
    period = np.full(count, ONCE)
    if not known_once:
        period[data.known] = DT
    ask = net.inputs(count, "ask")
    papers = net.neurons(
        count, delta_lif(tau_m=np.inf, v_thresh=FIRES, t_ref=period, delay=delay * DT), "papers"
    )
    net.connect(ask, papers, Pairs(np.arange(count), np.arange(count)), weight=FIRES)
    first, second = data.citations
    both = Pairs(np.concatenate((first, second)), np.concatenate((second, first)))
    net.connect(papers, papers, both, weight=FIRES)
    return net


def _unknown(data: Papers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every pair of a paper that is not known and a topic."""
    papers = np.setdiff1d(np.arange(len(data.names)), data.known)
    return np.repeat(papers, len(data.topics)), np.tile(np.arange(len(data.topics)), papers.size)


def _reference(data: Papers) -> Network:
    """SuperNeuroMAT's network, its amplitudes 1, .5, .1, .01, .001 replaced by 16, 8, 4, 2, 1.

    Of either row each entry is above the sum of those after it, and a paper fires once: so a weight orders
    topics by the steps in which they fired, the first counting most, and both rows order them alike.
    """
    net = _papers(data, known_once=False, delay=1)
    papers = net["papers"]
    topics = net.neurons(len(data.topics), delta_lif(tau_m=np.inf, v_thresh=FIRES), "topics")
    rule = STDP(a_plus=16, a_minus=0, w_max=127, tau_plus=DT / np.log(2), tau_minus=DT, rounding="nearest")
    told = data.labels[data.known]
    net.connect(papers, topics, Pairs(data.known, told), weight=FIRES, name="told")
    net.connect(topics, papers, Pairs(told, data.known), weight=FIRES, name="back")
    pre, post = _unknown(data)
    net.connect(papers, topics, Pairs(pre, post), weight=0, stdp=rule, name="found")
    net.connect(topics, papers, Pairs(post, pre), weight=0, stdp=rule, name="found-back")
    return net


HOP = 4
"""Steps that a citation takes in the counting network: a topic can count as many papers in between."""


def _counting(data: Papers) -> Network:
    """A network in which topics count: the more known papers lie near, the stronger, each citation halves.

    A topic keeps what is above its threshold, so that it fires once for each known paper that tells it; every
    paper fires once; and topics do not fire papers, so that what arrives has come along citations alone.
    """
    net = _papers(data, known_once=True, delay=HOP)
    papers = net["papers"]
    topics = net.neurons(
        len(data.topics), delta_lif(tau_m=np.inf, v_thresh=FIRES, reset="subtract"), "topics"
    )
    # At one citation's distance as many papers as a topic can count fill the range of a weight.
    rule = STDP(
        a_plus=80, a_minus=0, w_max=127, tau_plus=HOP * DT / np.log(2), tau_minus=DT, rounding="nearest"
    )
    net.connect(papers, topics, Pairs(data.known, data.labels[data.known]), weight=FIRES, name="told")
    net.connect(papers, topics, Pairs(*_unknown(data)), weight=0, stdp=rule, name="found")
    return net


REFERENCE = Design("reference", 6, _reference)
"""Its rule looks back 5 steps from the paper's spike in step 0, so 6 steps say all."""
COUNTING = Design("counting", 60, _counting)


@dataclass(frozen=True)
class Outcome:
    """What a network answered."""

    data: Papers
    asked: NDArray[np.int64]
    strengths: NDArray[np.float64]
    """[asked papers, topics]: the learned weights."""
    steps: int
    seconds: float

    @property
    def answers(self) -> NDArray[np.int64]:
        """The topic of each paper asked for."""
        return self.strengths.argmax(axis=1)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts [topic, answer]."""
        matrix = np.zeros((len(self.data.topics),) * 2, np.int64)
        np.add.at(matrix, (self.data.labels[self.asked], self.answers), 1)
        return matrix

    def summary(self) -> dict[str, object]:
        """The figures as plain data."""
        correct = int(np.trace(self.confusion))
        best = self.strengths.max(axis=1, keepdims=True)
        return {
            "correct": correct,
            "papers": self.asked.size,
            "accuracy": correct / self.asked.size,
            "ties": int(np.count_nonzero((self.strengths == best).sum(axis=1) > 1)),
            "steps_per_second": self.asked.size * self.steps / max(self.seconds, 1e-9),
            "topics": self.data.topics,
            "confusion": self.confusion.tolist(),
        }


def run(
    data: Papers,
    design: Design = REFERENCE,
    device: str | Device = "emulator",
    progress: Progress | None = None,
) -> Outcome:
    """Ask for the topic of every paper of `data.asked`, each in a run of its own from untrained weights."""
    strengths = np.zeros((data.asked.size, len(data.topics)))
    with Simulation(design.build(data), device, CONFIG, weight_unit=1.0, weight_shift=0) as simulation:
        began = time.perf_counter()
        for k, paper in enumerate(data.asked.tolist()):
            simulation.reset()
            if k:
                simulation.device.write_region(dm.WEIGHTS, simulation.image.weights)
            result = simulation.run_steps(design.steps, {"ask": SpikeList([0], [paper])})
            strengths[k] = result.weights["found"][paper]
            if progress is not None:
                progress(k + 1, data.asked.size)
        seconds = time.perf_counter() - began
    return Outcome(data, data.asked, strengths, design.steps, seconds)


def draw(outcomes: dict[str, Outcome], path: Path) -> Path:
    """Write the confusion of each network, side by side; the path."""
    figure, axes = plot.figure(8.0, 3.8, 1, len(outcomes), squeeze=False)
    for axis, (name, outcome) in zip(axes[0], outcomes.items(), strict=True):
        plot.confusion(outcome.confusion, outcome.data.topics, axis)
        right = int(np.trace(outcome.confusion))
        axis.set_title(f"{name}: {right} of {outcome.asked.size} right", loc="left")
    plot.save(figure, path)
    return path


def leave_one_out(data: Papers, design: Design) -> int:
    """How many known papers the network finds when each in turn is not told: a test that sees no test
    label."""
    right = 0
    for paper in data.known:
        others = replace(data, known=data.known[data.known != paper], asked=np.array([paper]))
        right += int(np.trace(run(others, design).confusion))
    return right
