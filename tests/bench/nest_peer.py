"""NEST: `iaf_psc_delta` neurons, `static_synapse` or `stdp_synapse_hom`, one thread."""

import time

import nest
import numpy as np
from numpy.typing import NDArray

from . import cell as net
from .cell import Cell, Pace, Timing


class Nest:
    """NEST's kernel, timed between `Prepare` and `Cleanup`."""

    def __init__(self) -> None:
        self._prepared = False
        nest.verbosity = nest.VerbosityLevel.ERROR

    def prepare(self, cell: Cell) -> None:
        """Build the network."""
        if self._prepared:
            nest.Cleanup()
        nest.ResetKernel()
        nest.set(resolution=1.0, local_num_threads=1)
        self._neurons = nest.Create(
            "iaf_psc_delta",
            cell.neurons,
            {
                "E_L": 0.0,
                "V_reset": 0.0,
                "V_th": 1.0,
                "t_ref": 0.0,
                "C_m": 1.0,
                "tau_m": net.TAU_MEMBRANE,
                "tau_minus": net.TAU_TRACE,
                "I_e": cell.drive / (1 - cell.leak) / net.TAU_MEMBRANE,
            },
        )
        self._neurons.V_m = cell.potentials().tolist()
        if cell.learning:
            # The synapse whose rule is common to all: NEST's fastest form of the pair rule.
            rule = {"tau_plus": net.TAU_TRACE, "mu_plus": 0.0, "mu_minus": 0.0, "alpha": 1.0}
            limit = net.WEIGHT_LIMIT * net.WEIGHT_UNIT
            nest.SetDefaults("stdp_synapse_hom", rule | {"Wmax": limit, "lambda": 1 / net.WEIGHT_LIMIT})
        nest.Connect(
            self._neurons,
            self._neurons,
            "all_to_all",
            {
                "synapse_model": "stdp_synapse_hom" if cell.learning else "static_synapse",
                "weight": cell.weights().T * net.WEIGHT_UNIT,  # [post, pre]
                "delay": 1.0,
            },
        )
        self._recorder = nest.Create("spike_recorder")
        nest.Connect(self._neurons, self._recorder)
        nest.Prepare()
        self._prepared = True
        self._pace = Pace(self._advance)

    def _advance(self, steps: int) -> Timing:
        before = self._recorder.n_events
        began = time.perf_counter()
        nest.Run(float(steps))
        return Timing(steps, time.perf_counter() - began, self._recorder.n_events - before)

    def measure(self, seconds: float) -> Timing:
        """Run for about `seconds`."""
        return self._pace.measure(seconds)

    def sample(self) -> NDArray[np.float64]:
        """The weights from neuron 0, in weight units."""
        synapses = nest.GetConnections(self._neurons[:1], self._neurons)
        return np.asarray(synapses.weight) / net.WEIGHT_UNIT
