"""What the compiler makes of a network: the words to write to a device, and how to read them back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any, Self

import numpy as np

from .. import files
from ..aliases import NDArray
from ..errors import FileError
from ..map import device_map as dm
from ..map.config import Config
from ..names import WithNearest
from ..showing import shortened, some
from . import former_map
from .formatting import html_report

FORMAT = "allspike-image"
_SAME = ("neurons", "inputs", "weight_bits", "state_bits", "trace_bits")
_PARTS = 8
"""Populations and projections that an image shows, at most."""


@dataclass(frozen=True)
class PopulationSymbol:
    """Where a population lies in the device, and its units."""

    name: str
    kind: str
    """"neurons" or "inputs"."""
    start: int
    """First neuron, or first input."""
    size: int


@dataclass(frozen=True)
class ProjectionSymbol:
    """Where a projection's synapses lie."""

    name: str
    pre: str
    post: str
    plastic: bool
    pairs: NDArray[np.int64] = field(repr=False)
    """[2, synapses]: index of the pre and of the post neuron in their populations."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Image(WithNearest):
    """A compiled network. Arrays are in the layout of the memory map (N neurons, M inputs, A = M + N).

    Examples
    --------
    >>> net = Network()
    >>> _ = net.connect(net.inputs(4), net.neurons(2), weight=1e-9)
    >>> image = compile_network(net, config="up5k")
    >>> image.weights.shape
    (384, 256)
    >>> image.save("image.npz")
    >>> Image.load("image.npz").seed
    0
    """

    config: Config
    """The build that it is for."""
    neuron_params: np.ndarray
    """[N] records."""
    input_params: np.ndarray
    """[M] records."""
    weights: NDArray[np.int8]
    """[A, N], in weight units."""
    plastic: NDArray[np.uint8]
    """[A, N]: 1 where a synapse learns."""
    learning: np.ndarray
    """The record of the learning rule."""
    weight_shift: int = 0
    """Binary digits of V below a weight unit."""
    control_flags: int = 0
    """Such as that inputs draw."""
    seed: int = 0
    """Start of the device's generators."""
    dt: float = 1e-3
    """Seconds a step."""
    weight_unit: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """[N]: the user's weight that one unit of an incoming weight stands for."""
    v_unit: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """[N]: volts a unit of V."""
    i_unit: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """[N]: amperes (volts for delta synapses) a unit of I."""
    current_unit: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """[N]: amperes of injected current that one unit of bias stands for."""
    v_rest: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """[N]: volts at V = 0."""
    populations: tuple[PopulationSymbol, ...] = ()
    """Where each population lies."""
    projections: tuple[ProjectionSymbol, ...] = ()
    """Where each projection's synapses lie."""
    report: dict = field(default_factory=dict)
    """What quantisation did, as plain data; `allspike.format_report` makes it text."""

    def __repr__(self) -> str:
        report, config = self.report, self.config
        used = " and ".join(
            some(sum(p.size for p in self.populations if p.kind == kind), word)
            for kind, word in (("neurons", "neuron"), ("inputs", "input"))
        )
        synapses = some(sum(p.pairs.shape[1] for p in self.projections), "synapse")
        lines = [
            f"<Image for {report.get('preset', 'custom')}: {used}, {synapses} of {config.weight_bits} bits, "
            f"dt={self.dt:g} s, seed={self.seed}>"
        ]
        parts = [f"  {p.name}: {p.size:,} {p.kind}" for p in self.populations]
        parts += [
            f"  {p.name}: {p.pairs.shape[1]:,} {'plastic' if p.plastic else 'static'} synapses"
            for p in self.projections
        ]
        lines += shortened(parts, _PARTS, "part")
        if self.warnings:
            lines.append(f"  {some(len(self.warnings), 'warning')}: see its `warnings`")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return html_report(self.report) if self.report else f"<pre>{escape(repr(self))}</pre>"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the compiler warned of, a sentence each."""
        return tuple(self.report.get("warnings", ()))

    def regions(self) -> Iterator[tuple[dm.Region, np.ndarray]]:
        """The regions to write, in order, with their contents."""
        yield dm.NEURON_PARAMS, self.neuron_params
        yield dm.INPUT_PARAMS, self.input_params
        yield dm.WEIGHTS, self.weights
        yield dm.PLASTIC, self.plastic
        yield dm.LEARNING, self.learning

    def misfits(self, config: Config) -> list[str]:
        """What keeps a device of this configuration from computing what the image means; empty if nothing."""
        found = [
            f"{name} = {getattr(self.config, name)}, where the device has {getattr(config, name)}"
            for name in _SAME
            if getattr(self.config, name) != getattr(config, name)
        ]
        longest = int(self.neuron_params["delay"].max())
        if longest > config.max_delay:
            found.append(
                f"a delay of {some(longest, 'step')}, where the device has max_delay = {config.max_delay}"
            )
        if self.learning["gain"].any() and not config.plasticity:
            found.append("plasticity, where the device has none")
        return found

    def fits(self, config: Config) -> bool:
        """Whether a device of this configuration computes what the image means."""
        return not self.misfits(config)

    def frozen(self) -> Self:
        """The same network without learning: every synapse static at its present weight."""
        params, inputs = self.neuron_params.copy(), self.input_params.copy()
        params["flags"] &= ~np.uint8(dm.NeuronFlag.PLASTIC_IN | dm.NeuronFlag.PLASTIC_OUT)
        inputs["flags"] &= ~np.uint16(dm.InputFlag.PLASTIC_OUT)
        return replace(
            self,
            neuron_params=params,
            input_params=inputs,
            plastic=np.zeros_like(self.plastic),
            learning=np.zeros_like(self.learning),
            projections=tuple(replace(p, plastic=False) for p in self.projections),
            report=_without_learning(self.report),
        )

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """A header of plain data, and arrays: what a file holds."""
        header: dict[str, Any] = {
            "config": self.config.to_dict(),
            "map_version": dm.MAP_VERSION,
            "populations": [vars(p) for p in self.populations],
            "projections": [
                {"name": p.name, "pre": p.pre, "post": p.post, "plastic": p.plastic} for p in self.projections
            ],
        }
        header |= {name: getattr(self, name) for name in _PLAIN}
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {f"pairs_{k}": p.pairs for k, p in enumerate(self.projections)}
        return header, arrays

    def save(self, path: str | Path) -> None:
        """Write the image to one file (NumPy's zip of arrays, and JSON; no code can hide in it)."""
        files.save(path, FORMAT, *self.parts())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read an image.

        Raises
        ------
        FileError
            If the file is missing, damaged, no image, or compiled by an older release.
        """
        return cls.of_parts(path, *files.load(path, FORMAT))

    @classmethod
    def of_parts(cls, path: str | Path, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        """What `parts` gave, read from the file at `path`.

        Raises
        ------
        FileError
            If they are damaged, or were compiled by an older release.
        """
        version = header.get("map_version")
        if version not in (dm.MAP_VERSION, former_map.FORMER_MAP):
            raise FileError(
                f"{path} was compiled for memory map version {version}, this software has "
                f"version {dm.MAP_VERSION}: compile the network again."
            )
        if "current_unit" not in arrays:
            raise FileError(f"{path} was compiled by an older release: compile the network again.")
        with files.reading(path):
            plain: dict[str, Any] = {name: header[name] for name in _PLAIN}
            plain |= {name: arrays[name] for name in _ARRAYS}
            image = cls(
                config=Config.from_dict(header["config"]),
                populations=tuple(PopulationSymbol(**p) for p in header["populations"]),
                projections=tuple(
                    ProjectionSymbol(**p, pairs=arrays[f"pairs_{k}"])
                    for k, p in enumerate(header["projections"])
                ),
                **plain,
            )
            if not isinstance(image.report, dict):
                raise ValueError("its report is none")
            for region, values in image.regions():
                if values.shape != region.shape(image.config) or values.dtype != region.dtype(image.config):
                    raise ValueError(f"{region.name} has shape {values.shape}")
            for name in _PER_NEURON:
                if getattr(image, name).shape != (image.config.neurons,):
                    raise ValueError(f"{name} has shape {getattr(image, name).shape}")
        if version == former_map.FORMER_MAP:
            return replace(image, neuron_params=former_map.neuron_params(image.neuron_params))
        return image


def _without_learning(report: dict) -> dict:
    """A report of the same network when its synapses are static."""
    projections = {
        name: {key: value for key, value in entry.items() if key != "levels"} | {"plastic": False}
        for name, entry in report.get("projections", {}).items()
    }
    return report | {"projections": projections, "learning": {}} if report else report


_PLAIN = ("weight_shift", "control_flags", "seed", "dt", "report")
_PER_NEURON = ("weight_unit", "v_unit", "i_unit", "current_unit", "v_rest")
_ARRAYS = ("neuron_params", "input_params", "weights", "plastic", "learning", *_PER_NEURON)
