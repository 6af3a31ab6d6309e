"""The clocks of a wide datapath. Without Amaranth."""

from ..machine.clocks import Activity, StepClocks
from ..neurons.gateware import gateware_of

_BETWEEN = 8
"""Between the phases of a step."""
_DRAIN = 6
"""After the last row, until its sums are complete."""
LEAD = 3
"""Stages of a sweep before the neuron's pipeline starts: the accumulators are read, registered, and a lane
chosen."""
_FADING = 7
"""Of the fading beside those of the traces, until a row may follow them."""
_COMMANDS = 2
"""To tell the walker of a neuron that fired, of its column and its trace; done while it walks another."""
_TOUCH = 1
"""Of a walk: the trace of a neuron that fired."""


class WideClocks(StepClocks):
    """Rows and columns a block of `lanes` a clock, neurons `neuron_lanes`: see `Scheduler`."""

    @property
    def between(self) -> float:
        """Between the phases, of which a build that learns has one more."""
        return _BETWEEN + self.config.plasticity

    def abreast(self, learns: bool) -> int:
        """`lanes`, whether it learns or not."""
        return self.config.lanes

    def row(self, learns: bool) -> float:
        """Its synapses, one row after another without a gap."""
        return self.config.neurons / self.abreast(learns)

    @property
    def column(self) -> float:
        """Its synapses; those of the last block may be fewer."""
        return -(-self.config.axons // self.abreast(True))

    def sweep(self, firings: float) -> float:
        """`neuron_lanes` neurons a clock, whoever fires."""
        depth = LEAD + gateware_of(self.config).timing.fired + 1
        return self.config.neurons / self.config.neuron_lanes + depth

    def fired(self, activity: Activity) -> float:
        """Words go to the host while columns are walked."""
        if not self.config.plasticity:
            return self.words(activity)
        told = self.words(activity) + _COMMANDS * activity.firings
        return max(told, self.column * activity.columns + _TOUCH * activity.firings)

    def fading(self, activity: Activity) -> float:
        """`lanes` traces a clock, x of all axons and y of all neurons, while the next step takes its events.
        Only its rows wait for that, as the sweep does for the last of them.
        """
        traces = 0.0
        if self.config.plasticity:
            traces = (self.config.axons + self.config.neurons) / self.config.lanes + _FADING
        return min(1, activity.rows) * (_DRAIN + max(0, traces - self.events(activity)))
