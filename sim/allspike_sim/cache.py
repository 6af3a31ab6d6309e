"""What the simulated gateware keeps in the user's cache: Verilog and compiled libraries."""

from collections.abc import Callable
from pathlib import Path

from allspike import cache
from allspike.cache import key_of

__all__ = ["cached", "key_of", "root"]


_KIND = "rtl"


def root() -> Path:
    """The folder of all that is cached here; one of this process where that cannot be written."""
    return cache.writable_root(_KIND)


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """The cached folder `name`; where it is not there yet, `make` fills it first: see `allspike.cache`."""
    return cache.cached_or_temporary(_KIND, name, make)
