"""What a network read from SuperNeuroMAT brings along besides its populations and projections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..checks import checked_count
from ..errors import CapacityError
from ..map.config import Config
from ..stimulus import SpikeList

if TYPE_CHECKING:
    from ..simulate.simulation import Simulation

NEURONS, RELAYS, SPIKES = "neurons", "relays", "spikes"
"""Names of the populations: SuperNeuroMAT's neurons, those that delay, and the input spikes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Translation:
    """How a SuperNeuroMAT network was translated, and what a run of it needs."""

    ids: NDArray[np.int64]
    """[neurons]: SuperNeuroMAT's number of each neuron of the population "neurons"."""
    home: str = "SuperNeuroMAT stays in its JSON file"
    """Where it is kept."""
    strict: Mapping[str, bool] = field(default_factory=dict)
    """Of no population: thresholds are whole numbers already."""
    whole: bool = False
    """Units are chosen already."""
    weight_unit: NDArray[np.float64]
    """[all neurons]: the unit of the weights onto each, in the order of the populations."""
    weight_shift: int
    config: Config
    """Widths that it was translated for."""
    learning_synapses: NDArray[np.int64]
    """[3, synapses]: of those that learn SuperNeuroMAT's number, the axon (neurons, then relays), the
    neuron."""
    original_weights: NDArray[np.float64]
    """[SuperNeuroMAT's synapses]: the weights as they were."""
    facts: tuple[str, ...] = ()
    """What was translated how."""
    differences: tuple[str, ...] = ()
    """What is not exact, and how large the difference is; empty if the network is."""
    spikes: NDArray[np.int64] = field(default_factory=lambda: np.zeros((2, 0), np.int64))
    """Step and input of every input spike, [2, spikes]."""
    initial_v: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """[neurons]: V at the start."""
    initial_refractory: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """[neurons]: refractory steps left at the start."""
    depression: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """[L]: the depression of every enabled synapse in every step that is left out, by how far it looks
    back."""

    def stimuli(self, steps: int, start: int = 0) -> dict[str, SpikeList]:
        """The input spikes of `steps` steps from step `start` on, for `Simulation.run_steps`."""
        when, who = self.spikes
        mine = (when >= start) & (when < start + steps)
        return {SPIKES: SpikeList(when[mine] - start, who[mine])} if when.size else {}

    def given(self, steps: int) -> dict[str, SpikeList]:
        """The input spikes of a run of `steps` steps from the start."""
        return self.stimuli(steps)

    def start(self, simulation: "Simulation") -> None:
        """Set potentials and refractory steps as they are at the start; after a reset, call it again."""
        simulation.set_state(NEURONS, "v", self.initial_v)
        simulation.set_state(NEURONS, "refractory", self.initial_refractory)

    def weights(self, simulation: "Simulation") -> NDArray[np.float64]:
        """The weights now, in the order of SuperNeuroMAT's `synaptic_weights`."""
        number, axon, post = self.learning_synapses
        held = simulation.snapshot().weights[simulation.image.config.inputs + axon, post]
        weights = self.original_weights.copy()
        weights[number] = held * simulation.image.weight_unit[post]
        return weights

    def drift(self, steps: int) -> float:
        """What the depression that is left out would add to every plastic weight in the first `steps`
        steps."""
        steps = checked_count("steps", steps)
        full = max(steps - self.depression.size, 0)
        early = sum(
            float(self.depression[:step].sum()) for step in range(1, min(steps, self.depression.size))
        )
        return early + full * float(self.depression.sum())

    def differences_after(self, simulation: "Simulation") -> list[str]:
        """What is not exact in a run: the differences, and the plastic weights that have come to their
        bounds.

        Weights of a translated network change in one direction, so what lies within its bounds at the end was
        never held by them.
        """
        image = simulation.image
        plastic = np.unpackbits(image.plastic, axis=1, bitorder="little")[:, : image.config.neurons].astype(
            bool
        )
        weights, rule = simulation.snapshot().weights[plastic], image.learning[0]
        held = int(np.count_nonzero((weights <= rule["w_min"]) | (weights >= rule["w_max"])))
        found = list(self.differences)
        if held:
            found.append(
                f"{held} of {weights.size} plastic weights stand at their bound; SuperNeuroMAT has none."
            )
        return found

    def check(self, config: Config) -> None:
        """Refuse to compile for narrower weights, potentials or traces than it was translated for.

        Raises
        ------
        CapacityError
            If the configuration is narrower.
        """
        for name in ("weight_bits", "state_bits", "trace_bits"):
            if getattr(config, name) < getattr(self.config, name):
                raise CapacityError(
                    f"the network was translated for {name} = {getattr(self.config, name)} and this build "
                    f"has {getattr(config, name)}: pass config= to Network.from_superneuromat too."
                )
