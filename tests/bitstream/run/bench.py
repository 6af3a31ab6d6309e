"""A bench for small pieces of Verilog."""

import ctypes
from pathlib import Path

import numpy as np

from allspike_sim.native import bound
from allspike_sim.verilate import Toolchain, library

MODULE = "bench"
_DRIVER = Path(__file__).with_suffix(".cpp")
_FUNCTIONS = {"run": (None, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t))}


def ran(verilog: str, lines: np.ndarray, width: int) -> np.ndarray:
    """What a module answers after each clock, from power-on.

    Parameters
    ----------
    verilog : str
        The module `MODULE`: inputs `clk` and `lines`, an output `results`, both of them three words or more.
    lines : array of uint32, [clocks, words]
        The first word has the lowest bits.
    width : int
        Words of `results`.

    Returns
    -------
    array of uint32, [clocks, width]
    """
    made = bound(library(verilog, Toolchain(), MODULE, "a bench", _DRIVER), _FUNCTIONS)
    given = np.ascontiguousarray(lines, np.uint32)
    results = np.zeros((len(given), width), np.uint32)
    made.allspike_run(given.ctypes.data, results.ctypes.data, len(given))
    return results
