"""Spikes under way, of inputs and of neurons alike."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from ..fabric.block_memory import BlockMemory
from ..map.sizes import Sizes


class Arrivals(wiring.Component):
    """For each source a bit for each of the next `max_delay` steps: whether a spike of it arrives then.

    A step's bits lie at its number modulo `max_delay`. So a spike is one bit set, when it is sent, and one
    cleared, in the step of its arrival; there is nothing to move on.

    Members
    -------
    index : In, post : In(1)
        Which input, or which neuron.
    here : Out(1)
        A clock later: a spike of it arrives in this step.
    step : In
        Low bits of t.
    at : In, at_post : In(1)
        Whose bits are written.
    mark : In(1), delay : In
        A spike arrives so many steps after t; `max_delay` is 0, and is as far as the next step that has the
        same bit.
    take : In(1)
        No spike arrives in this step.
    clear : In(1)
        None is under way.
    """

    def __init__(self, sizes: Sizes, index_bits: int) -> None:
        self._slots = sizes.config.max_delay
        self._neurons = sizes.config.neurons
        bits = (self._slots - 1).bit_length()
        super().__init__(
            {
                "index": In(index_bits),
                "post": In(1),
                "here": Out(1),
                "step": In(bits),
                "at": In(index_bits),
                "at_post": In(1),
                "mark": In(1),
                "delay": In(bits),
                "take": In(1),
                "clear": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = BlockMemory(
            data.ArrayLayout(1, self._slots), (1 << len(self.index)) + self._neurons, split=True
        )
        slot = Signal(max(1, len(self.step)))
        m.d.comb += [
            slot.eq((self.step + Mux(self.mark, self.delay, 0))[: len(self.step)]),
            memory.addresses[0].eq(Cat(self.index, self.post)),
            memory.write_address.eq(Cat(self.at, self.at_post)),
            memory.write_value.eq(self.mark.replicate(self._slots)),
            memory.enable.eq(
                self.clear.replicate(self._slots) | Cat(self._chosen(slot, k) for k in range(self._slots))
            ),
            self.here.eq(memory.values[0].as_value().bit_select(self.step, 1)),
        ]
        return m

    def _chosen(self, slot: Value, which: int) -> Value:
        return (slot == which) & (self.mark | self.take)
