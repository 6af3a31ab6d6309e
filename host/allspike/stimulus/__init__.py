"""Stimuli: what the inputs do during a run, and the currents that flow into neurons.

A stimulus of inputs gives, for a run of so many steps, the input spikes as arrays (steps, inputs); a Poisson
stimulus without a seed gives rates instead, which the device draws from by itself. A current gives amperes.
"""

from .base import Events, Run, Stimulus, Together
from .codes import LatencyCode, RateCode, rate_code
from .currents import ConstantCurrent, CurrentArray, StepCurrent
from .poisson import Poisson
from .spikes import SpikeArray, SpikeList, SpikeTimes

__all__ = [
    "ConstantCurrent",
    "CurrentArray",
    "Events",
    "LatencyCode",
    "Poisson",
    "RateCode",
    "Run",
    "SpikeArray",
    "SpikeList",
    "SpikeTimes",
    "StepCurrent",
    "Stimulus",
    "Together",
    "rate_code",
]
