"""What a simulation was made from: a network, which is compiled and may be added to later, or an image."""

from dataclasses import dataclass, field, replace

from .checks import checked_count
from .compiler import compile_network
from .config import Config, preset
from .errors import DescriptionWarning, ParameterError
from .image import Image
from .network import Network
from .notices import warn


@dataclass
class Described:
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
    weight_unit: float | None = None
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
            For what; an image takes its own alone.
        seed : int, optional
            By default the image's, or 0.
        """
        if isinstance(self.source, Image):
            build = preset(config) if isinstance(config, str) else config
            self._refuse(["config"] if build is not None and build != self.source.config else [])
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


def _parts(network: Network) -> list[str]:
    populations = [f"population {name!r}" for name in network.populations]
    return populations + [f"projection {name!r}" for name in network.projections]
