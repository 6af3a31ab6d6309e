# What the package shows, and where it is: `__init__.py` loads each name when it is first asked for.
__version__: str
from . import plot, training, units
from .compiler import compile_network, format_report
from .describe.connect import AllToAll, FixedProbability, Grid, Layers, OneToOne, Pairs, SmallWorld
from .describe.layers import layers
from .describe.learning import STDP
from .describe.lif import LIF, delta_lif
from .describe.population import Inputs, Neurons, PopulationView
from .describe.projection import Projection
from .device.device import Device
from .doors.network import Network
from .errors import (
    AllspikeError,
    AllspikeWarning,
    CapacityError,
    DescriptionWarning,
    DeviceError,
    DeviceWarning,
    FileError,
    MissingExtraError,
    ParameterError,
    QuantisationWarning,
    TimingWarning,
)
from .image.image import Image
from .map.config import Config, Memory
from .map.presets import PRESETS, configurations, preset
from .results.result import Result
from .simulate.devices import open
from .simulate.pairing import Window, measure_window
from .simulate.simulation import Simulation
from .stimulus import (
    ConstantCurrent,
    CurrentArray,
    LatencyCode,
    Poisson,
    RateCode,
    SpikeArray,
    SpikeList,
    SpikeTimes,
    StepCurrent,
)

__all__ = [
    "LIF",
    "PRESETS",
    "STDP",
    "AllToAll",
    "AllspikeError",
    "AllspikeWarning",
    "CapacityError",
    "Config",
    "ConstantCurrent",
    "CurrentArray",
    "DescriptionWarning",
    "Device",
    "DeviceError",
    "DeviceWarning",
    "FileError",
    "FixedProbability",
    "Grid",
    "Image",
    "Inputs",
    "LatencyCode",
    "Layers",
    "Memory",
    "MissingExtraError",
    "Network",
    "Neurons",
    "OneToOne",
    "Pairs",
    "ParameterError",
    "Poisson",
    "PopulationView",
    "Projection",
    "QuantisationWarning",
    "RateCode",
    "Result",
    "Simulation",
    "SmallWorld",
    "SpikeArray",
    "SpikeList",
    "SpikeTimes",
    "StepCurrent",
    "TimingWarning",
    "Window",
    "compile_network",
    "configurations",
    "delta_lif",
    "format_report",
    "layers",
    "measure_window",
    "open",
    "plot",
    "preset",
    "training",
    "units",
]
