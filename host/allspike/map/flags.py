"""Flags and kinds that fields of the memory map hold."""

from enum import IntEnum, IntFlag


class Feature(IntFlag):
    """What a build has, in `identity.features`."""

    PLASTICITY = 1
    """It can learn."""
    POISSON = 2
    """It can draw Poisson spikes."""
    SINGLE_PORT = 4
    """Its synapses lie in single-port memory."""


class NeuronFlag(IntFlag):
    """`neuron_params.flags`."""

    RESET_SUBTRACT = 1
    """On firing V loses `reset` instead of going to it."""
    REFRACTORY_INTEGRATE = 2
    """A refractory neuron goes on integrating instead of holding V."""
    PLASTIC_IN = 4
    """Its firing walks its column; without it none of its incoming synapses is potentiated."""
    PLASTIC_OUT = 8
    """Its spikes depress; without it none of its outgoing synapses is."""
    SILENT = 16
    """Its spikes act in the network but are not written to the spike ring."""


class InputFlag(IntFlag):
    """`input_params.flags`."""

    PLASTIC_OUT = 8
    """As for neurons, at the same bit."""


class TraceKind(IntEnum):
    """How a trace answers spikes, and what it contributes."""

    ACCUMULATE = 0
    """Each spike adds; exponential decay: the all-to-all pair rule."""
    NEAREST = 1
    """Each spike sets; exponential decay: the nearest spike alone counts."""
    WINDOW = 2
    """Each spike opens a window of so many steps, during which the contribution is constant."""


class LearnFlag(IntFlag):
    """`learning.flags`."""

    NEAREST_ROUNDING = 1
    """Round weight changes to the nearest unit instead of stochastically."""
    PLUS_NEGATIVE = 2
    """Turn the sign of the change at a firing."""
    MINUS_NEGATIVE = 4
    """Turn the sign of the change at an arrival."""


class ControlFlag(IntFlag):
    """`control.flags`."""

    POISSON = 1
    """Draw Poisson events for the inputs at every step."""


class State(IntFlag):
    """`status.state`."""

    RUNNING = 1
    """The step is below `run_until` or not finished, or a reset is under way."""
    STALLED = 2
    """Time stands still because the spike ring is full."""
