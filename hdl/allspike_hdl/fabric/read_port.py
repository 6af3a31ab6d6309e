"""A read port of block RAM that says nothing about words being written."""

from dataclasses import dataclass

from amaranth import Module, Signal, Value
from amaranth.lib import data
from amaranth.lib.memory import Memory, WritePort

from .target import Target
from .undefined import UNSET, collided

ATTRIBUTES = {"ram_style": "block", "no_rw_check": 1}
"""Of a memory for synthesis: block RAM, and no logic around it that defines what a read gives of a word that
is written in the same clock. `ReadPort` is described so that synthesis can take this freedom."""


@dataclass(frozen=True)
class ReadPort:
    """`addr` where `en` is high, one clock later in `data`, which stays.

    What it gives of what is written in the same clock is not defined: some bits of it are turned in
    simulation, and it is anything in hardware. So whoever uses this one does not look at such a word.

    A port of `Memory` itself promises the old word: Amaranth 0.5 writes a COLLISION_X_MASK of 0 for every
    port, and `transparent_for` only promises another word. Of 512 x 8 bits that costs 19 tables and 27
    flip-flops of iCE40, 28 and 27 of ECP5, around the block; this costs none.
    """

    addr: Value
    en: Signal
    data: Signal | data.View


def read_port(m: Module, memory: Memory, write: WritePort, name: str, target: Target) -> ReadPort:
    """A register behind a look-up in `memory`, which has the attributes `ATTRIBUTES` and this write port."""
    look_up = memory.read_port(domain="comb")
    found = look_up.data
    if target.simulated:
        found = collided(m, found, look_up.addr, write, name)
    enable = Signal(init=1, name=f"{name}_enable")
    value = Signal(memory.shape, reset_less=True, attrs=UNSET, name=f"{name}_value")
    with m.If(enable):
        m.d.sync += value.eq(found)
    return ReadPort(look_up.addr, enable, value)
