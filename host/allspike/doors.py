"""How networks of other programs come in: a method for each program, which loads its translator when used."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .config import Config

if TYPE_CHECKING:
    from .network import Network


class Doors:
    """What `Network` takes from others. What became of a network is in its `translation`."""

    @classmethod
    def from_superneuromat(
        cls,
        source: Any,
        *,
        name: int | str = 0,
        exact: bool = False,
        config: Config | str | None = None,
        dt: float = 1e-3,
    ) -> "Network":
        """Translate a network of SuperNeuroMAT 3.5; what became of it is in its `translation`.

        Parameters
        ----------
        source : SNN, str or Path
            An object of SuperNeuroMAT, or the path of a file of its `saveas_json`.
        name : int or str
            Which network of a file.
        exact : bool
            Refuse what would not give the same spikes and weights.
        config : Config or str, optional
            A build or preset whose widths to translate for; by default the widest, which most builds have.
        dt : float
            Seconds that a step stands for.

        Raises
        ------
        FileError
            If the file is missing, damaged or of another kind.
        ParameterError
            If it is no such network, or not exact though it must be.
        """
        from .superneuromat import translate  # noqa: PLC0415

        return translate(source, name=name, exact=exact, config=config, dt=dt)

    @classmethod
    def from_nir(
        cls,
        source: Any,
        *,
        origin: str | None = None,
        dt: float | None = None,
        reset: str | Mapping[str, str] | None = None,
        integration: str | None = None,
        spikes: str | Mapping[str, str] | None = None,
        fires: str | None = None,
        exact: bool = False,
    ) -> "Network":
        """Translate a network of NIR: docs/nir.md; what became of it is in its `translation`.

        A file says neither its step nor how its neurons reset, so the program that wrote it is named, or the
        options one by one; options override what the program does.

        Parameters
        ----------
        source : str, Path or nir.NIRGraph
            A file, or a graph.
        origin : str, optional
            The program that wrote it: one of `allspike.nir.ORIGINS`, such as "snntorch".
        dt : float, optional
            A step, in the graph's unit of time; by default the file's if it determines it, else the origin's.
        reset : str or mapping, optional
            "to", "to late", "subtract", "subtract late" or "none"; or one for each kind of node.
        integration : str, optional
            "euler" or "exponential".
        spikes : str or mapping, optional
            What a spike is: a "pulse" of one step, a "jump", or "plain"; or one for each kind of node.
        fires : str, optional
            ">" or ">=".
        exact : bool
            Refuse what would not give the same spikes but for the rounding of weights.

        Raises
        ------
        FileError
            If the file is missing, damaged or no NIR.
        ParameterError
            If a node is not supported, an option is unknown, or something that must be said is not.
        MissingExtraError
            If the package nir is not installed.
        """
        from .nir.flat import flatten  # noqa: PLC0415
        from .nir.translate import translate  # noqa: PLC0415

        return translate(
            flatten(source), origin=origin, dt=dt, reset=reset, integration=integration, spikes=spikes,
            fires=fires, exact=exact,
        )  # fmt: skip
