"""What gateware is made for: what a chip offers beside logic, flip-flops and block RAM."""

from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True)
class Target:
    """The capabilities of a chip. A component asks for one of them, never for the name of a device.

    It takes the place of an Amaranth platform where there is none: for Verilog, and in tests. What no
    component asks for, such as the width of a chip's multipliers, is not here: synthesis knows it.

    Examples
    --------
    >>> Target.named("iCE40UP5K").single_port
    True
    """

    device: str = ""
    """As a platform names it; empty: any."""
    single_port: bool = False
    """There are blocks SB_SPRAM256KA: single-port memory beside the block RAM."""
    multipliers: bool = True
    """A product is a block of the chip, so that a shift by a variable distance is best a product, too.
    Otherwise both are logic."""
    simulated: bool = False
    """Nothing is made: what hardware does not define comes out as garbage. See `fabric.undefined`."""

    @classmethod
    def of(cls, platform: Any) -> Self:
        """What an Amaranth platform stands for; without one, in simulation."""
        if isinstance(platform, cls):
            return platform
        return cls(simulated=True) if platform is None else cls.named(getattr(platform, "device", ""))

    @classmethod
    def named(cls, device: str) -> Self:
        """A device: `FAMILIES` says which are not as any other."""
        family = next((known for known in FAMILIES if device.startswith(known.device)), Target())
        return cls(**vars(replace(family, device=device)))


FAMILIES = (
    Target("iCE40UP5K", single_port=True),
    Target("iCE40HX", multipliers=False),
    Target("iCE40LP", multipliers=False),
)
"""Capabilities by how the name of a device begins."""

SIMULATED = Target(simulated=True)
"""No chip, but a simulation, as unkind as any chip may be."""

ANY = Target()
"""No chip in particular: plain Verilog, without a block that has a name."""

BLOCKS = tuple(family.device for family in FAMILIES if family.single_port)
"""Devices whose blocks Verilog can name."""
