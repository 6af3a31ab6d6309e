"""Allspike: describe a spiking network, compile it, run it bit-exactly, read it back."""

from . import plot, units
from .compiler import compile_network, format_report
from .config import PRESETS, Config, Memory, preset
from .connect import AllToAll, FixedProbability, Grid, Layers, OneToOne, Pairs, SmallWorld
from .device import Device
from .devices import open
from .errors import (
    AllspikeError,
    CapacityError,
    DeviceError,
    FileError,
    MissingExtraError,
    ParameterError,
)
from .image import Image
from .learning import STDP
from .network import Inputs, Network, Neurons, Projection, layers
from .neuron import LIF, delta_lif
from .pairing import Window, measure_window
from .results import Result
from .simulation import Simulation
from .stimulus import LatencyCode, Poisson, RateCode, SpikeArray, SpikeList

__version__ = "0.1.0"

__all__ = [
    "LIF", "PRESETS", "STDP",
    "AllToAll", "AllspikeError", "CapacityError", "Config", "Device", "DeviceError", "FileError",
    "FixedProbability", "Grid", "Image", "Inputs", "LatencyCode", "Layers", "Memory", "MissingExtraError",
    "Network", "Neurons", "OneToOne", "Pairs", "ParameterError", "Poisson", "Projection", "RateCode",
    "Result", "Simulation", "SmallWorld", "SpikeArray", "SpikeList", "Window",
    "compile_network", "delta_lif", "format_report", "layers", "measure_window", "open", "plot",
    "preset", "units",
]  # fmt: skip
