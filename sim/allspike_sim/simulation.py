"""A compiled core in this process: clocks, and words over its bus."""

import ctypes
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allspike.errors import DeviceError

from .native import FAULT, HANDLE, U64, bound, check_assertions

_FUNCTIONS = {
    "create": (HANDLE, (ctypes.c_char_p, ctypes.c_char_p)),
    "destroy": (None, (HANDLE,)),
    "clocks": (U64, (HANDLE,)),
    "broken": (ctypes.c_int, (HANDLE,)),
    "run": (None, (HANDLE, U64)),
    "read": (ctypes.c_int, (HANDLE, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_size_t, U64)),
    "write": (
        ctypes.c_int,
        (HANDLE, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, U64),
    ),
    "run_while": (
        ctypes.c_int,
        (HANDLE, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint32, U64, U64),
    ),
}
"""What driver.cpp exports: results and arguments."""


class Simulation:
    """A core as after power-on. Clocks pass only in calls; one thread at a time.

    Parameters
    ----------
    library : Path
        See `allspike_sim.verilate.library`.
    limit : int
        Clocks that a request may take until it is answered.
    waves : Path, optional
        File of the waveform (VCD); the library must be one that can write it.
    arguments : sequence of str
        See `native.garbage`; and what the Verilog asks for by `$value$plusargs`.

    Raises
    ------
    DeviceError
        If the file cannot be written; later, if a request is not answered in time, or an assertion of the
        gateware fails.
    """

    def __init__(
        self,
        library: Path,
        limit: int,
        waves: Path | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self.limit = limit
        self._library = library
        self._driver = driver = bound(library, _FUNCTIONS)
        self._handle = handle = driver.allspike_create(
            " ".join(arguments).encode(), None if waves is None else bytes(waves)
        )
        if handle is None:
            raise DeviceError(
                f"cannot write the waveform to {waves}: name a file in a folder that can be written."
            )
        self._release = weakref.finalize(self, driver.allspike_destroy, handle)

    def close(self) -> None:
        """Release the core; the waveform is complete after that."""
        self._release()

    @property
    def clocks(self) -> int:
        """Clocks since the core was made."""
        self._check_open()
        return self._driver.allspike_clocks(self._handle)

    def run(self, clocks: int) -> None:
        """Let clocks pass."""
        self._check_open()
        self._driver.allspike_run(self._handle, clocks)
        self._check_holds()

    def read(self, word: int, count: int) -> NDArray[np.uint32]:
        """`count` words from word address `word` on."""
        self._check_open()
        words = np.zeros(count, np.uint32)
        done = self._driver.allspike_read(self._handle, word, words.ctypes.data, count, self.limit)
        self._check_holds()
        if not done:
            raise self._mute()
        return words

    def write(self, word: int, words: NDArray[np.uint32], masks: NDArray[np.uint8]) -> None:
        """Write words from word address `word` on, of each the bytes that its mask names."""
        self._check_open()
        words, masks = np.ascontiguousarray(words, np.uint32), np.ascontiguousarray(masks, np.uint8)
        done = self._driver.allspike_write(
            self._handle, word, words.ctypes.data, masks.ctypes.data, words.size, self.limit
        )
        self._check_holds()
        if not done:
            raise self._mute()

    def run_while(self, word: int, mask: int, value: int, clocks: int) -> bool:
        """Let `clocks` pass, or fewer if word `word`, under `mask`, gets other than `value`. Whether so."""
        self._check_open()
        changed = self._driver.allspike_run_while(self._handle, word, mask, value, clocks, self.limit)
        self._check_holds()
        if changed < 0:
            raise self._mute()
        return bool(changed)

    def _check_open(self) -> None:
        if not self._release.alive:
            raise DeviceError("the simulated gateware is closed: open it again.")

    def _check_holds(self) -> None:
        check_assertions(self._driver, self._handle, self._library)

    def _mute(self) -> DeviceError:
        return DeviceError(
            f"the simulated gateware did not answer a request within {self.limit:,} clocks: {FAULT}"
        )
