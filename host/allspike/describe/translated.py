"""What a network brings along that was translated from another program's: of whichever kind it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..aliases import NDArray
from ..map.config import Config


class Translated(Protocol):
    """The `translation` of a network: what became of it, and what a run and the compiler need to know.

    Examples
    --------
    >>> def told(translation: Translated) -> list[str]:
    ...     return [*translation.facts, *translation.differences]
    """

    @property
    def home(self) -> str:
        """Where it is kept, as in "a network translated from NIR stays in its .nir file"."""

    @property
    def facts(self) -> Sequence[str]:
        """What was translated how."""

    @property
    def differences(self) -> Sequence[str]:
        """What is not exact, and how large the difference is; empty if the network is."""

    @property
    def weight_unit(self) -> NDArray | None:
        """[all neurons]: the unit of the weights onto each, in the order of the populations; None: the
        compiler chooses."""

    @property
    def weight_shift(self) -> int | None:
        """The fractional bits of V below a weight unit; None: the compiler chooses."""

    @property
    def whole(self) -> bool:
        """Whether weights that are whole multiples of one number must stay so, as of networks of few bits."""

    @property
    def strict(self) -> Mapping[str, bool]:
        """Of populations whose threshold is a comparison, to be kept on the lattice of V: whether they fire
        above it alone (True), or at it too. Other thresholds are rounded to the nearest."""

    def check(self, config: Config) -> None:
        """Refuse, by a CapacityError, a build for which it was not translated."""

    def start(self, simulation: Any) -> None:
        """Set the state as it is at the start; after a reset, call it again."""

    def given(self, steps: int) -> Mapping[str, Any]:
        """The stimuli that the network itself brings along, for a run of so many steps from its start."""

    def differences_after(self, simulation: Any) -> list[str]:
        """The differences, with those that a run has shown."""
