"""What always holds, said where it is made: every simulation hears it, and no chip."""

from typing import Any

from amaranth import Module, Signal, Value
from amaranth.hdl import Assert
from amaranth.lib import stream

from .target import Target


def holds(m: Module, platform: Any, **claims: Value) -> None:
    """At the end of every clock each of `claims` is true: where one is not, a simulation stops and names it.

    For a target that is made nothing is added.
    """
    if Target.of(platform).simulated:
        m.d.sync += [Assert(claim, name.replace("_", " ")) for name, claim in claims.items()]


def stands(m: Module, platform: Any, offered: stream.Interface, name: str) -> None:
    """The rule of streams: what is offered stays, as it is, until it is taken."""
    if Target.of(platform).simulated:
        wire = name.replace(" ", "_")  # Yosys reads no names with spaces in them
        waits = Signal(name=f"{wire}_waits")
        before = Signal(Value.cast(offered.payload).shape(), name=f"{wire}_before")
        m.d.sync += [waits.eq(offered.valid & ~offered.ready), before.eq(offered.payload)]
        same = Value.cast(offered.payload) == before
        holds(m, platform, **{f"{name} stands until it is taken": ~waits | (offered.valid & same)})
