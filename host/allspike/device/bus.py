"""What a device is made of: an address space, and what makes it quick over a line."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..aliases import NDArray
from ..map.config import Config
from .patch import Patch
from .tap import Rings, Tap

if TYPE_CHECKING:
    from .observing import Observation
    from .traffic import Traffic


class Bus(ABC):
    """An address space. Reads and writes stay within one region.

    A device in this process has `read`, `write` and `close`; the rest is for those behind a line.
    """

    background = False
    """Whether a thread of its own takes spikes while a run goes on."""

    @abstractmethod
    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address`."""

    @abstractmethod
    def write(self, address: int, data: bytes) -> None:
        """Write `data` from `address` on."""

    @abstractmethod
    def close(self) -> None:
        """Release what the bus holds."""

    def gather(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Read several (address, size), each within a region."""
        return [self.read(address, size) for address, size in ranges]

    def patch(self, patches: Sequence[Patch]) -> None:
        """Write patches, each within a region: those bytes and no others."""
        for patch in patches:
            for address, data in patch:
                self.write(address, data)

    def store(self, parts: Sequence[tuple[int, bytes]], held: Sequence[bytes] | None = None) -> list[bool]:
        """Write several (address, data), each within a region, and verify what the device then holds.

        Parameters
        ----------
        parts : sequence of (address, data)
        held : sequence of bytes, optional
            What is expected there afterwards; by default the data.

        Returns
        -------
        list of bool
            Whether each part is held as expected.
        """
        for address, data in parts:
            self.write(address, data)
        expected = held or [data for _, data in parts]
        return [
            self.read(address, len(data)) == data for (address, _), data in zip(parts, expected, strict=True)
        ]

    def tap(self, config: Config, rings: Rings) -> Tap:
        """What takes the device through a run."""
        return Tap(self, config, rings)

    def observe(self, asked: "Observation | None") -> bool:
        """Record V and change biases in the steps of the next run, as asked; None: no longer.

        Returns
        -------
        bool
            Whether the device does so by itself; if not, the host has to stop at those steps.
        """
        return False

    def hidden(self) -> dict[str, NDArray] | None:
        """What a device that stands still holds beside what the map shows; None where nobody can tell.

        Returns
        -------
        generators : uint32 [2]
            Of the dither and of the Poisson draws.
        under_way : uint8 [max_delay, N]
            1 in row d where the spike of a neuron arrives d steps from now.
        counters : int64 [counters]
            Those of the model, in the order of the map.
        """
        return None

    def restore(self, step: int, hidden: Mapping[str, NDArray]) -> bool:
        """Bring a device that was just reset to this step, with what `hidden` gave at it.

        Returns
        -------
        bool
            Whether that can be.
        """
        return False

    @property
    def traffic(self) -> "Traffic | None":
        """What went over the line; None where there is none."""
        return None

    def counts(self) -> dict[str, int]:
        """What the device tells of its link; nothing where there is none."""
        return {}
