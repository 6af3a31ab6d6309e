"""The gateware as a device: the real core, compiled on first use, behind the memory map."""

import time
from pathlib import Path

import numpy as np

from allspike.device.bus import Bus
from allspike.errors import DeviceError, ParameterError
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.presets import DEFAULT_PRESET, preset
from allspike_hdl.clocks import Activity, clocks_of

from .gateware import core_verilog
from .native import FAULT, garbage
from .simulation import Simulation
from .verilate import Toolchain, library

_WORD = 4
_ALL_BYTES = (1 << _WORD) - 1
_FIRST_SLICE = 1 << 14
"""Clocks of the first slice of a run; between slices Python looks for Ctrl-C."""
_SLICE_SECONDS = 0.1
_REQUEST = 4096
"""Clocks of a reset or of a request, beside those that grow with the build."""
_PATIENCE = 8
"""The watchdog waits this many times the clocks that a step can take."""


class RtlBus(Bus):
    """The core of a given build, simulated; a write that lets it run returns when it can run no further.

    Parameters
    ----------
    config : Config
        The build; its own ring sizes are used.
    waves : Path, optional
        Where to write a waveform (VCD) of all that happens.
    seed : int
        Of the garbage in place of what hardware does not define; with 0 it is 0. No result depends on it.

    Raises
    ------
    DeviceError
        If the core cannot be compiled; later, for an address outside the map or a fault of the gateware.
    MissingExtraError
        If Amaranth or Verilator is not installed.
    """

    def __init__(self, config: Config, waves: Path | None = None, seed: int = 0) -> None:
        self.config = config
        toolchain = Toolchain(waves=waves is not None)
        toolchain.check()
        size = f"{config.neurons} neurons, {config.inputs} inputs, {config.lanes} lanes"
        compiled = library(
            core_verilog(config),
            toolchain,
            what=f"the gateware of {size}",
        )
        self._simulation = Simulation(compiled, longest_step(config), waves, garbage(seed))

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address`, all in one region."""
        self._region(address, size)
        first, count, skip = _words(address, size)
        return self._simulation.read(first, count).astype("<u4").tobytes()[skip : skip + size]

    def write(self, address: int, data: bytes) -> None:
        """Write `data` from `address` on, all in one region."""
        region = self._region(address, len(data))
        if not region.writable:
            raise DeviceError(f"region {region.name} at 0x{address:08X} is read only: write to another.")
        self._simulation.write(*masked_words(address, data))
        if region is dm.CONTROL:
            self._settle()

    def close(self) -> None:
        """Release the simulation and complete the waveform."""
        self._simulation.close()

    @property
    def clocks(self) -> int:
        """Clocks simulated so far."""
        return self._simulation.clocks

    def _region(self, address: int, size: int) -> dm.Region:
        for region in dm.REGIONS:
            start = address - region.base
            if start >= 0 and start + size <= region.size(self.config):
                return region
        raise DeviceError(
            f"{size} bytes at 0x{address:08X} lie outside the regions of this device: see the memory map."
        )

    def _settle(self) -> None:
        """Let clocks pass until the core stands still, or waits for room in the spike ring."""
        try:
            self._run_out()
        except KeyboardInterrupt:  # it stops at the end of its step, and can be read
            self._simulation.write(*masked_words(dm.CONTROL.address("run_until"), bytes(8)))
            self._run_out()
            raise

    def _run_out(self) -> None:
        word = dm.STATUS.address("state") // _WORD
        mask, running = int(dm.State.RUNNING | dm.State.STALLED), int(dm.State.RUNNING)
        length = _FIRST_SLICE
        watch, patience = self._progress(), self._patience()
        moved = self._simulation.clocks
        while True:
            began = time.perf_counter()
            if self._simulation.run_while(word, mask, running, min(length, patience)):
                return
            spent = max(time.perf_counter() - began, 1e-6)
            length = max(1, int(min(length * _SLICE_SECONDS / spent, length * 4)))
            now = self._progress()
            if now != watch:
                watch, moved = now, self._simulation.clocks
            elif self._simulation.clocks - moved > patience:
                raise DeviceError(
                    f"the simulated gateware stands still at step {now[0]} for {patience:,} clocks: {FAULT}"
                )

    def _progress(self) -> tuple[int, ...]:
        """What changes while the core gets anywhere: step and ring offsets."""
        status = np.frombuffer(self.read(dm.STATUS.base, dm.STATUS.record.size), dm.STATUS.record.dtype)[0]
        return tuple(int(status[name]) for name in ("step", "epoch", "event_tail", "spike_head"))

    def _patience(self) -> int:
        pace = int.from_bytes(self.read(dm.CONTROL.address("pace"), 4), "little")
        return _PATIENCE * longest_step(self.config) + 2 * pace


def _words(address: int, size: int) -> tuple[int, int, int]:
    """First word, number of words and bytes to skip in the first, of a range of bytes."""
    first = address // _WORD
    last = -(-(address + size) // _WORD) if size else first
    return first, last - first, address % _WORD


def masked_words(address: int, data: bytes) -> tuple[int, np.ndarray, np.ndarray]:
    """A range of bytes as the bus takes it: word address, words and, of each, the mask of its bytes."""
    first, count, skip = _words(address, len(data))
    padded = np.zeros(count * _WORD, np.uint8)
    padded[skip : skip + len(data)] = np.frombuffer(data, np.uint8)
    named = np.zeros(count * _WORD, np.uint8)
    named[skip : skip + len(data)] = 1
    masks = np.packbits(named.reshape(count, _WORD), axis=1, bitorder="little").ravel()
    return first, padded.view("<u4"), masks


def longest_step(config: Config) -> int:
    """More clocks than a step of this build takes, whatever happens in it, or a reset, or a request."""
    wipe = 4 * config.synapses // config.lanes  # of a compact core's store; a small one's is below _REQUEST
    return 2 * int(clocks_of(config).step(Activity.most(config))) + wipe + _REQUEST


def open_rtl(argument: str, config: Config | None) -> RtlBus:
    """The device "rtl".

    Parameters
    ----------
    argument : str
        Name of a preset and options, separated by commas, all optional: `core96,waves=FILE`.
    config : Config, optional
        The build, where the argument names no preset.

    Raises
    ------
    ParameterError
        If the preset or an option is unknown.
    """
    waves = None
    chosen = config
    for part in filter(None, argument.split(",")):
        name, equals, value = part.partition("=")
        if not equals:
            chosen = preset(name)
        elif name == "waves" and value:
            waves = Path(value)
        else:
            raise ParameterError(
                f"the device rtl has no option {part!r}: it takes the name of a preset, and waves=FILE."
            )
    return RtlBus(chosen or preset(DEFAULT_PRESET), waves)
