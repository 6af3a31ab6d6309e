"""What a board is: everything that its file in `catalog` says of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import Any

from allspike.map.config import Config

from .chips import Chip


class Support(StrEnum):
    """How far a board's build has been taken by its maintainers."""

    ROUTED = "routed"
    """Placed and routed by the open tools; the report is in `docs/reports`."""
    SYNTHESISED = "synthesised"
    """The open tools synthesise it; `allspike build` routes it, its clock is not yet measured."""
    PROJECT = "project"
    """A project for the vendor's tool is generated; the open tools synthesise its logic as a check."""


class Price(StrEnum):
    """What a board costs, roughly, in euro."""

    LOW = "under 30"
    MIDDLE = "30 to 80"
    HIGH = "80 to 200"
    TOP = "over 200"


@dataclass(frozen=True, kw_only=True)
class Usb:
    """How a board's serial line shows on USB. Most boards share their ids with others of the same adapter."""

    vid: int
    pid: int
    product: str = ""
    """Text that the product's description holds; empty: any."""
    channel: int = -1
    """Which of the ports that the board brings is the serial line; the last by default."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """A serial line on pins of a header, for an adapter of 3.3 V."""

    rx: str
    """Pin of the chip that receives, on the adapter's TX."""
    tx: str
    """Pin of the chip that sends, on the adapter's RX."""
    where: str
    """Where both are found, and ground."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Of both pins, as the platform's other pins have them."""


@dataclass(frozen=True, kw_only=True)
class Flash:
    """How a bitstream gets onto a board."""

    loader: tuple[str, ...] = ()
    """Arguments of openFPGALoader before the file; empty where it does not know the board."""
    tools: tuple[tuple[str, ...], ...] = ()
    """Commands of the board's own tools, before the file; the first that is there is taken."""
    drive: str = ""
    """Label of the drive that the board appears as, to which the file may be copied."""
    by_hand: str = ""
    """What a user without any of them does."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board and what is built for it by default."""

    name: str
    """As users type it; at most 19 characters, so that it fits `identity.build` with the hash."""
    title: str
    chip: Chip
    platform: str
    """`module:name` of the Amaranth platform, or of a function without arguments that makes one."""
    config: Config
    """The default build; its `clock_hz` is the clock of the core."""
    static: Config | None = None
    """The build for `--static`; by default `config` without plasticity."""
    oscillator: str
    """Resource of the clock that comes onto the chip."""
    oscillator_hz: int
    pll_on_pad: bool = False
    """The PLL takes the oscillator from its pin itself (iCE40: where that pin is the PLL's own)."""
    uart: str | Header = "uart:0"
    """Resource of the serial line."""
    baud: int = 1_000_000
    """Its rate at power-on."""
    buffer: int = 1024
    """Bytes of requests that may be unanswered at a time."""
    seed: int = 1
    """Where the placement starts by default: one with which the default build meets its clock."""
    alive: str = ""
    """LED, as `resource:number` or `resource:number.part`, that blinks once a second; empty: none."""
    activity: str = ""
    """LED of valid requests."""
    error: str = ""
    """LED of damaged frames."""
    usb: Usb | None = None
    flash: Flash
    price: Price
    support: Support
    notes: tuple[str, ...] = ()
    """Sentences for the user: what to connect, which driver."""
    pack_options: tuple[str, ...] = ()
    """Further arguments of the tool that writes the bitstream."""

    def wiring(self) -> str:
        """All that a bitstream depends on beside the configuration, as text."""
        taken = (
            self.name, self.chip, self.platform, self.oscillator, self.oscillator_hz, self.pll_on_pad,
            self.uart, self.buffer, self.alive, self.activity, self.error, self.pack_options,
        )  # fmt: skip
        return repr(taken)

    def make_platform(self) -> Any:
        """An Amaranth platform; one can be prepared once."""
        module, _, name = self.platform.partition(":")
        return getattr(import_module(module), name)()

    def static_config(self) -> Config:
        """The default build that cannot learn."""
        return self.static or self.config.static()


def resource_of(text: str) -> tuple[str, int, str]:
    """Name, number and part of a resource written as `name:number` or `name:number.part`."""
    name, _, rest = text.partition(":")
    number, _, part = rest.partition(".")
    return name, int(number or 0), part
