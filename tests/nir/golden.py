"""Networks of which a framework's own spikes are known, and what becomes of them here.

The data are not the project's (neuromorphs/NIR, BSD-3-Clause, and files written by the frameworks): set
ALLSPIKE_DATA to the folder that holds nir/ and nir_golden/.
"""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from tests.data import DATA, needs_data

from .float_run import compiled_run, described_run

FOLDER = DATA
GOLDEN, FILES = FOLDER / "nir_golden", FOLDER / "nir"
with_data = needs_data("nir_golden", "nir")


@dataclass(frozen=True)
class Case:
    """A network, how it is read, and whether the translation is exact."""

    name: str
    options: dict[str, Any]
    exact: bool = True

    @property
    def path(self) -> Path:
        """The file of the network."""
        return (FILES if self.name.startswith("braille") else GOLDEN) / f"{self.name}.nir"

    def spikes(self) -> tuple[NDArray, list[NDArray[np.bool_]]]:
        """The input, and the framework's spikes of the first nodes of neurons."""
        if self.name.startswith("braille"):
            model = self.name.removeprefix("braille_")
            activity = np.load(GOLDEN / f"snntorch_activity_{model}.npy")
            return np.load(GOLDEN / "braille_test0_input.npy"), [activity.astype(bool)]
        data = np.load(GOLDEN / f"{self.name}.npz")
        return data["x"], [data["hid"] > 0, data["out"] > 0]


def _snntorch(neuron: str, reset: str, *delays: str) -> list[Case]:
    return [
        Case(
            f"snn_{neuron}_{reset}_{delay}",
            {"origin": "snntorch", "reset": f"{reset} late" if delay == "delay" else reset},
            exact=(reset, delay) != ("subtract", "now"),
        )
        for delay in delays
    ]


CASES = [
    *_snntorch("leaky", "zero", "now", "delay"),
    *_snntorch("leaky", "subtract", "now", "delay"),
    *_snntorch("synaptic", "zero", "now", "delay"),
    *_snntorch("synaptic", "subtract", "now", "delay"),
    *_snntorch("conv", "zero", "now", "delay"),
    *_snntorch("conv", "subtract", "now"),
    *_snntorch("rleaky", "zero", "delay"),
    *_snntorch("rleaky", "subtract", "now", "delay"),
    Case("sj_if", {"origin": "spikingjelly"}),
    Case("sj_lif", {"origin": "spikingjelly"}),
    Case("sj_lif_nodecay", {"origin": "spikingjelly"}),
    Case("norse_iaf", {"origin": "norse-1.1"}),
    Case("norse_lifbox", {"origin": "norse-1.1"}),
    Case("sinabs_iaf", {"origin": "sinabs"}, exact=False),
    Case("braille_noDelay_bias_zero", {"origin": "snntorch", "reset": "zero"}),
    Case("braille_noDelay_noBias_subtract", {"origin": "snntorch", "reset": "subtract"}, exact=False),
]


@dataclass
class Figures:
    """How many spikes there are, and how many entries [steps, neurons] differ, of the known nodes."""

    entries: int = 0
    theirs: int = 0
    unrounded: int = 0
    """Entries of the translation before rounding, in float64, that differ from the framework's."""
    ours: int = 0
    compiled: int = 0
    """Entries of the emulator that differ from the framework's."""
    arithmetic: int = 0
    """Entries of the emulator that differ from a float64 run with the image's own parameters."""
    outputs: list[NDArray] = field(default_factory=list)
    """Of the first output: as described, and as computed by the emulator."""


def measured(case: Case) -> Figures:
    """Run a case three times."""
    net = asp.Network.from_nir(case.path, **case.options)
    translation = net.translation
    spikes, known = case.spikes()
    nodes = [name for name, place in translation.places.items() if place.fires]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", asp.QuantisationWarning)
        simulation = asp.Simulation(net)
    runs = [
        translation.outputs(described_run(net, spikes), nodes=nodes),
        translation.run(simulation, spikes, nodes=nodes),
        translation.outputs(compiled_run(simulation, net, spikes), nodes=nodes),
    ]
    found = Figures(outputs=[run[translation.ports[0].name] for run in runs[:2]])
    for name in nodes:
        found.arithmetic += int((runs[1][name] != runs[2][name]).sum())
    for name, theirs in zip(nodes, known, strict=False):
        described, ours, _ = (run[name].reshape(theirs.shape) for run in runs)
        found.entries += theirs.size
        found.theirs += int(theirs.sum())
        found.ours += int(ours.sum())
        found.unrounded += int((described != theirs).sum())
        found.compiled += int((ours != theirs).sum())
    return found
