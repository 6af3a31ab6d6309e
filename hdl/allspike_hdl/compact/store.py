"""The store of a compact core: all synapses, and what its neurons and inputs are and hold."""

from amaranth import Cat, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..fabric.single_port_memory import MASK_BITS, WORD_BITS, SinglePortMemory
from .extent import SIDES
from .layout import StoreLayout

STORE_WORD = 2 * WORD_BITS
"""Bits of a word: two memories side by side."""
STORE_BYTES = STORE_WORD // 8
_NIBBLES = 2 * MASK_BITS // STORE_BYTES


class Store(wiring.Component):
    """Two sides of 32-bit words, each of which is read or written in each clock.

    Members
    -------
    entries : In(entry).array(2)
    write : In(2)
        Sides that are written at the end of the clock; the others are read.
    mask : In(4), data : In(32)
        The bytes that a write takes.
    values : Out(32).array(2)
        One clock after a read, the word; after a write, anything.
    """

    def __init__(self, layout: StoreLayout) -> None:
        self._layout = layout
        super().__init__(
            {
                "entries": In(layout.entry_bits).array(SIDES),
                "write": In(SIDES),
                "mask": In(STORE_BYTES),
                "data": In(STORE_WORD),
                "values": Out(STORE_WORD).array(SIDES),
            }
        )

    def elaborate(self, platform):
        m = Module()
        mask = Cat(bit.replicate(_NIBBLES) for bit in self.mask)
        for side in range(SIDES):
            for half in range(STORE_WORD // WORD_BITS):
                memory = SinglePortMemory(1 << self._layout.entry_bits)
                m.submodules[f"side_{side}_half_{half}"] = memory
                m.d.comb += [
                    memory.address.eq(self.entries[side]),
                    memory.write.eq(self.write[side]),
                    memory.mask.eq(mask.word_select(half, MASK_BITS)),
                    memory.data.eq(self.data.word_select(half, WORD_BITS)),
                    self.values[side].word_select(half, WORD_BITS).eq(memory.value),
                ]
        return m
