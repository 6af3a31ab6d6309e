"""The identity record: which build a device is."""

from typing import Final

import numpy as np

from .config import Config, Memory
from .constants import MAGIC, MAP_VERSION
from .flags import Feature
from .models import neuron_model_numbered
from .record import Field, Record

IDENTITY_RECORD: Final = Record(
    (
        Field("magic", "u4", f"`0x{MAGIC:08X}`, the bytes ASPK"),
        Field("map_version", "u2", "version of this map; a host refuses any other"),
        Field("neurons", "u2", "N"),
        Field("inputs", "u2", "M"),
        Field("max_delay", "u2", "longest axonal delay, steps"),
        Field("weight_bits", "u1", "width of a weight"),
        Field("state_bits", "u1", "width of V and I"),
        Field("trace_bits", "u1", "width of a trace"),
        Field("lanes", "u1", "synapses a clock"),
        Field("neuron_lanes", "u1", "neurons a clock"),
        Field("neuron_model", "u1", "number of the neuron model; 0: LIF"),
        Field("features", "u2", "see Feature", flags=Feature),
        Field("event_ring", "u4", "bytes of the event ring"),
        Field("spike_ring", "u4", "bytes of the spike ring"),
        Field("clock_hz", "u4", "clock of the core; 0: none"),
        Field("build", "S32", "name or hash of the build, ASCII, zero-padded"),
    )
)

_MEMORY = {False: Memory.DUAL_PORT, True: Memory.SINGLE_PORT}
_FROM_CONFIG = (
    "neurons", "inputs", "max_delay", "weight_bits", "state_bits", "trace_bits", "lanes", "neuron_lanes",
    "event_ring", "spike_ring", "clock_hz",
)  # fmt: skip


def features_of(config: Config) -> Feature:
    """The feature bits of a build."""
    features = Feature(0)
    if config.plasticity:
        features |= Feature.PLASTICITY
    if config.poisson:
        features |= Feature.POISSON
    if config.memory is Memory.SINGLE_PORT:
        features |= Feature.SINGLE_PORT
    return features


def encode_identity(config: Config, build: str = "") -> np.ndarray:
    """The identity record of a build, shape (1,)."""
    record = np.zeros(1, IDENTITY_RECORD.dtype)
    record["magic"] = MAGIC
    record["map_version"] = MAP_VERSION
    record["features"] = features_of(config)
    record["build"] = build.encode("ascii")
    record["neuron_model"] = config.model.number
    for name in _FROM_CONFIG:
        record[name] = getattr(config, name)
    return record


def decode_identity(record: np.ndarray) -> Config:
    """The configuration that an identity record tells; magic and version are the caller's to check.

    Raises
    ------
    DeviceError
        If its neuron model is one that this software does not know.
    """
    features = Feature(int(record["features"][0]))
    return Config(
        plasticity=Feature.PLASTICITY in features,
        poisson=Feature.POISSON in features,
        neuron=neuron_model_numbered(int(record["neuron_model"][0])).name,
        memory=_MEMORY[Feature.SINGLE_PORT in features],
        **{name: int(record[name][0]) for name in _FROM_CONFIG},
    )
