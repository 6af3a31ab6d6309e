"""Ctrl-C in the middle of work that is to come to a good end."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_TOLD: list[Callable[[], None]] = []
"""Called at the Ctrl-C that stops some work."""


@contextmanager
def telling_of_interrupts(tell: Callable[[], None]) -> Iterator[None]:
    """Inside, `tell` is called at once when Ctrl-C stops work that may need a while to come to rest."""
    _TOLD.append(tell)
    try:
        yield
    finally:
        _TOLD.remove(tell)


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Ctrl-C as an event, so that work can stop between two pieces; a second Ctrl-C is as ever."""
    stop = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    # Other libraries, such as Brian2, put a handler of their own in front of Python's.
    ours = threading.current_thread() is threading.main_thread() and callable(before)

    def handle(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop.set()
        for tell in _TOLD:
            tell()

    if ours:
        signal.signal(signal.SIGINT, handle)
    try:
        yield stop
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
