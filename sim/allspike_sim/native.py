"""What a driver in C++ exports, as functions of Python."""

import ctypes
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

U64 = ctypes.c_uint64
HANDLE = ctypes.c_void_p
Functions = Mapping[str, tuple[Any, tuple[Any, ...]]]
"""Of each function, without the prefix `allspike_`: result and arguments."""
_RANDOM = 2
"""As Verilator counts: neither all 0 nor all 1."""


@cache
def _loaded(library: Path) -> ctypes.CDLL:
    return ctypes.CDLL(str(library))


def bound(library: Path, functions: Functions) -> ctypes.CDLL:
    """A library whose functions have their types."""
    driver = _loaded(library)
    for name, (result, arguments) in functions.items():
        function = getattr(driver, f"allspike_{name}")
        function.restype, function.argtypes = result, arguments
    return driver


def garbage(seed: int) -> tuple[str, ...]:
    """Arguments of a simulation: what hardware does not define is random, of this seed; with 0 it is 0."""
    return (f"+verilator+rand+reset+{_RANDOM}", f"+verilator+seed+{seed}") if seed else ()
