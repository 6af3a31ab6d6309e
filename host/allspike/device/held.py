"""What a device holds at a moment: fetched when somebody looks at it, or before it changes."""

import threading
import weakref
from collections.abc import Callable
from typing import Any, Self

from ..aliases import NDArray
from ..errors import DeviceError

Read = Callable[[], NDArray[Any]]


class Held:
    """Values as a device holds them now, whenever they are looked at; from any thread.

    A copy, or one that is put in a file, holds the values themselves.
    """

    def __init__(self, read: Read) -> None:
        self._read: Read | None = read
        self._values: NDArray[Any] | None = None
        self._error: DeviceError | None = None
        self._lock = threading.RLock()

    @classmethod
    def of(cls, values: NDArray[Any]) -> Self:
        """Values that are known."""
        held = cls(values.copy)
        held.look()
        return held

    def look(self) -> NDArray[Any]:
        """The values.

        Raises
        ------
        DeviceError
            If they cannot be read any more, or could not be when they were about to change.
        """
        with self._lock:
            if self._error is not None:
                raise DeviceError(f"{self._error} What was held at the end of the run is lost.") from None
            if self._values is None:
                assert self._read is not None
                self.saw(self._read())
            assert self._values is not None
            return self._values

    def saw(self, values: NDArray[Any]) -> None:
        """These are the values; whoever read them may change the array."""
        with self._lock:
            if self._values is None:
                self._values, self._read = values.copy(), None

    def keep(self) -> None:
        """Fetch them: they are about to change. What goes wrong is told to whoever looks."""
        with self._lock:
            try:
                self.look()
            except DeviceError as error:
                self._error = self._error or error
                self._read = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Held.of, (self.look(),)


class Watched:
    """The one moment that may still be looked at, if anybody has it; a new one begins at each change."""

    def __init__(self) -> None:
        self._held: weakref.ref[Held] | None = None

    def now(self, read: Read) -> Held:
        """The present moment."""
        held = self.present
        if held is None:
            held = Held(read)
            self._held = weakref.ref(held)
        return held

    @property
    def present(self) -> Held | None:
        """The present moment, if anybody has it."""
        return None if self._held is None else self._held()

    def ends(self) -> None:
        """What is held is about to change."""
        if (held := self.present) is not None:
            held.keep()
        self._held = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Watched, ()  # a copy of a device is looked at by others
