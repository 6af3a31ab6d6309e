"""The clocks of a compact datapath. Without Amaranth."""

from ..machine.clocks import Activity, StepClocks
from ..neurons.gateware import gateware_of

_LOOK, _NEXT = 1, 1
"""Clocks of `Steps` before the scan of inputs or neurons goes on, and after it has met something."""
_TRACE = 3
"""To touch the trace of what has been walked, while the last synapse is written."""
_FADE, _FADED = 1, 4
"""Before traces fade; after the last of the inputs and neurons, and of the neurons again, has been read."""
_FIRED, _FINISH = 1, 1


class CompactClocks(StepClocks):
    """One thing after another: see `Steps`."""

    @property
    def between(self) -> float:
        """The scan of all axons, and the step's end."""
        scans = 1 + (self.config.inputs > 0)
        return self.config.axons + scans * (_LOOK + _NEXT) + _FINISH

    def abreast(self, learns: bool) -> int:
        """One if it learns, otherwise `lanes`."""
        return 1 if learns else self.config.lanes

    def row(self, learns: bool) -> float:
        """Its synapses, and then its trace."""
        return self.config.neurons / self.abreast(learns) + _LOOK + _NEXT + self._trace

    @property
    def column(self) -> float:
        """Its synapses."""
        return self.config.axons / self.abreast(True)

    def sweep(self, firings: float) -> float:
        """The neuron's program; those that fire run to its end."""
        program = gateware_of(self.config).program
        return program.clocks * self.config.neurons + (program.clocks_fired - program.clocks) * firings

    def fired(self, activity: Activity) -> float:
        """Its word, its column and its trace, one neuron after another."""
        after = (_FIRED + self._trace) * activity.firings
        return self.words(activity) + self.column * activity.columns + after

    def fading(self, activity: Activity) -> float:
        """A trace a clock: x of all axons, and y of all neurons."""
        if not self.config.plasticity:
            return 0
        return _FADE + self.config.axons + _FADED + self.config.neurons + _FADED

    @property
    def _trace(self) -> int:
        return _TRACE if self.config.plasticity else 0
