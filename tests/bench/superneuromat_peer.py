"""SuperNeuroMAT, whose model differs: linear leak, no bias, a rule of its own that looks back a few steps.

Its neurons fire whenever they are not refractory (the threshold lies below rest), so that the refractory
period sets the rate; a step costs it the same whoever fires and why. Its rule looks back one step, the
cheapest it can.
"""

import time
from typing import Literal

import numpy as np
import superneuromat
from numpy.typing import NDArray

from . import cell as net
from .cell import Cell, Pace, Timing

_CHANGE = 1e-6
"""Weight units a step: its depression falls on every synapse in every step and knows no bound."""


class SuperNeuroMat:
    """One of its backends, in manual set-up mode, which leaves the step loop alone in `simulate`."""

    def __init__(self, backend: Literal["cpu", "jit"]) -> None:
        self._backend = backend

    def prepare(self, cell: Cell) -> None:
        """Build the network."""
        model = superneuromat.SNN()
        for phase in cell.phases():
            model.create_neuron(
                threshold=-1.0,
                leak=1.0,
                refractory_period=cell.period - 1,
                refractory_state=int(cell.period - 1 - phase),
            )
        # The lists that `create_synapse` appends to, one call a synapse: a minute at N = 1024.
        every = np.arange(cell.neurons)
        model.pre_synaptic_neuron_ids = np.repeat(every, cell.neurons).tolist()
        model.post_synaptic_neuron_ids = np.tile(every, cell.neurons).tolist()
        model.synaptic_weights = (cell.weights().ravel() * net.WEIGHT_UNIT).tolist()
        model.synaptic_delays = [1] * cell.neurons**2
        model.enable_stdp = [cell.learning] * cell.neurons**2
        if cell.learning:
            change = _CHANGE * net.WEIGHT_UNIT
            model.stdp_setup(Apos=[change], Aneg=[-change])
        model.backend = self._backend
        model.sparse = False
        model.manual_setup = True
        model.setup()
        self._model = model
        self._pace = Pace(self._advance)

    def _advance(self, steps: int) -> Timing:
        model = self._model
        model.shorten_spike_train()
        model.setup_input_spikes(steps)
        kept = len(model.spike_train)
        began = time.perf_counter()
        model.simulate(steps)
        spent = time.perf_counter() - began
        return Timing(steps, spent, int(np.sum(model.spike_train[kept:])))

    def measure(self, seconds: float) -> Timing:
        """Run for about `seconds`."""
        return self._pace.measure(seconds)

    def sample(self) -> NDArray[np.float64]:
        """The weights from neuron 0, in weight units."""
        self._model.devec()
        return np.asarray(self._model.weight_mat())[0] / net.WEIGHT_UNIT
