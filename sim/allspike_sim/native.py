"""What a driver in C++ exports, as functions of Python."""

import ctypes
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from allspike.errors import DeviceError

U64 = ctypes.c_uint64
HANDLE = ctypes.c_void_p
FAULT = "a fault of the gateware, please report it with the network and a waveform (waves=FILE)."
SOURCE = "core.v"
"""Beside a library, what it was made of."""
_CLAIM = re.compile(r'\$write\("(.*)"\);')
"""What an assertion says, some lines before it."""
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


def check_assertions(driver: ctypes.CDLL, handle: int, library: Path) -> None:
    """Look whether all assertions of the gateware have held so far.

    Raises
    ------
    DeviceError
        If one has not. It says which, of the first.
    """
    if line := driver.allspike_broken(handle):
        before = (library.parent / SOURCE).read_text("utf-8").splitlines()[:line]
        claims = (found[1] for found in map(_CLAIM.search, reversed(before)) if found)
        clock = driver.allspike_clocks(handle)
        raise DeviceError(
            f"up to clock {clock:,} of the simulated gateware something failed that always holds, "
            f"{next(claims, 'an assertion')!r} (line {line} of its Verilog): {FAULT}"
        )
