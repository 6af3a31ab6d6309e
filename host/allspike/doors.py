"""How networks of other programs come in: a method for each program, which loads its translator when used."""

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
