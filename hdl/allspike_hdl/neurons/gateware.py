"""What a neuron model brings to a core: a pipeline for the wide one, a serial program for the compact one.

Without Amaranth, so that who only wants to know how many clocks a neuron takes need not have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import getfile
from pathlib import Path
from typing import Any

from allspike.map.config import Config
from allspike.map.neuron_model import imported

from .program import Program

FLAGS_AHEAD = 2
"""The flags of a neuron are at hand so many clocks before it is known whether it fires."""


@dataclass(frozen=True)
class NeuronTiming:
    """When a pipeline takes and gives each field of its model, in clocks from its start.

    Fields that share a word of the map are taken, and given, in the same clock.
    """

    params: Mapping[str, int]
    state: Mapping[str, int]
    next: Mapping[str, int]
    fired: int
    """The last clock."""
    keep: tuple[str, ...] = ()
    """Fields of the state that may stay what they are."""


@dataclass(frozen=True, eq=False)
class NeuronGateware:
    """The gateware of a model."""

    timing: NeuronTiming
    """Of its pipeline."""
    pipeline: Any
    """The component, a `pipeline.NeuronPipeline`, or "module:name", which is imported when a core is made."""
    program: Program


def gateware_of(config: Config) -> NeuronGateware:
    """The gateware of the model that a build has."""
    return imported(config.model.gateware)


def source_of(config: Config) -> Path:
    """The file of the model's pipeline, which may lie anywhere: who keeps what was made of it looks there."""
    return Path(getfile(imported(gateware_of(config).pipeline)))
