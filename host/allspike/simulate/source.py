"""What a simulation was made from: a network, which is compiled and may be added to later, or an image."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..checks import checked_count
from ..compiler import compile_network
from ..compiler.given import WeightUnit
from ..describe.network import Network
from ..errors import DescriptionWarning, ParameterError
from ..image.image import Image
from ..map.config import Config
from ..map.presets import config_of
from ..notices import warn


@dataclass
class Source:
    """A network or an image.

    Parameters
    ----------
    source : Network or Image
    weight_unit, weight_shift : optional
        As in `compile_network`.

    Raises
    ------
    ParameterError
        If it is neither, or an image that is asked for other units.
    """

    source: Network | Image
    weight_unit: WeightUnit | None = None
    weight_shift: int | None = None
    _parts: list[str] = field(init=False, default_factory=list)
    """What of the network is known to be compiled, or was told not to be."""

    def __post_init__(self) -> None:
        if not isinstance(self.source, Network | Image):
            raise ParameterError(
                f"{self.source!r:.60} is no network and no image: load a file with Network.load or "
                "Image.load."
            )
        if isinstance(self.source, Image):
            self._refuse(
                [name for name in ("weight_unit", "weight_shift") if getattr(self, name) is not None]
            )

    def image(self, config: Config | str | None, seed: int | None) -> Image:
        """What it is compiled.

        Parameters
        ----------
        config : Config or str, optional
            For what; an image takes one that computes the same.
        seed : int, optional
            By default the image's, or 0.
        """
        if isinstance(self.source, Image):
            misfits = config is not None and not self.source.fits(config_of(config))
            self._refuse(["config"] if misfits else [])
            if seed is None:
                return self.source
            return replace(self.source, seed=checked_count("seed", seed, 0, 2**32 - 1))
        self._parts = _parts(self.source)
        return compile_network(
            self.source,
            config,
            weight_unit=self.weight_unit,
            weight_shift=self.weight_shift,
            seed=0 if seed is None else seed,
        )

    def check_compiled(self, keys: Any, held: Container[str]) -> None:
        """Refuse keys, or a list or mapping of them, of what was added after the names `held` were compiled.

        Raises
        ------
        ParameterError
            If there is such a key.
        """
        if isinstance(self.source, Network):
            there = {*self.source.populations, *self.source.projections}
            late = [name for name in _names(keys) if name in there and name not in held]
            if late:
                raise ParameterError(
                    f"{late[0]!r} was added after the network was compiled: make a new Simulation."
                )

    def tell_additions(self) -> None:
        """Warn, once, of what was added to the network after it was compiled."""
        if not isinstance(self.source, Network):
            return
        added = [part for part in _parts(self.source) if part not in self._parts]
        self._parts += added
        if added:
            shown = ", ".join(added[:_SHOWN]) + (
                f" and {len(added) - _SHOWN} more" if len(added) > _SHOWN else ""
            )
            warn(
                f"{shown} came to the network after it was compiled, without effect on this simulation: "
                "make a new Simulation.",
                DescriptionWarning,
            )

    def _refuse(self, options: list[str]) -> None:
        if options:
            raise ParameterError(
                f"an image cannot obey {' and '.join(options)}: it was compiled with its own; give the "
                "network, or leave this out."
            )


_SHOWN = 6


def _names(keys: Any) -> list[str]:
    """The names that a key, or a list or mapping of keys, has in it."""
    if isinstance(keys, Mapping | list | tuple | set):
        return [name for key in keys for name in _names(key)]
    name = keys if isinstance(keys, str) else getattr(keys, "name", None)
    return [name] if isinstance(name, str) else []


def _parts(network: Network) -> list[str]:
    populations = [f"population {name!r}" for name in network.populations]
    return populations + [f"projection {name!r}" for name in network.projections]
