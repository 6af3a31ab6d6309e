"""`standin://NAME` for pyserial: the port that a test registered under that name."""

from collections.abc import Callable
from typing import Any

from ..ports import ModelPort

PORTS: dict[str, Callable[[], ModelPort]] = {}
"""What each name opens, anew at every opening."""


class Serial:
    """As `serial_for_url` makes and opens one; from its opening on it is the registered port."""

    def __init__(self, *_: Any, **settings: Any) -> None:
        self.port = ""
        self.baudrate = 0
        self._opened: ModelPort | None = None

    def open(self) -> None:
        self._opened = PORTS[self.port.partition("://")[2]]()
        self._opened.baudrate = self.baudrate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get("_opened") is not None and name in ("baudrate", "break_condition"):
            setattr(self._opened, name, value)
        super().__setattr__(name, value)
