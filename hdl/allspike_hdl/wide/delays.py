"""Spikes under way: the axonal delays of the neurons."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from ..fabric.read_port import ATTRIBUTES, read_port
from ..fabric.target import Target
from ..map.sizes import Sizes, bits_for


class Delays(wiring.Component):
    """For each neuron a word whose bit k says that a spike of it arrives k + 1 steps after the last sweep.

    Each sweep moves every word on and enters the neurons that fired:

        word = (word >> 1) | (fired << (delay - 1))

    With a longest delay of one step there is nothing to hold: who fired arrives next.

    Members
    -------
    read_group : In
        The group of `neuron_lanes` neurons that is at hand two clocks later.
    group : In
        That group, at that time.
    write : In(1)
        Its words move on.
    fired : In(neuron_lanes)
    delay : In(ArrayLayout(delay_bits, neuron_lanes))
        As stored: `max_delay` is 0.
    clear : In(1)
        With `write`: no spike of the group stays under way.
    arrives : Out(neuron_lanes)
        Neurons whose spikes arrive in the step after this sweep. No latency.
    """

    def __init__(self, sizes: Sizes) -> None:
        config = sizes.config
        self._max_delay, self._lanes = config.max_delay, config.neuron_lanes
        self._depth = max(2, config.neurons // config.neuron_lanes)
        group_bits = bits_for(self._depth)
        delay_bits = (config.max_delay - 1).bit_length()
        super().__init__(
            {
                "read_group": In(group_bits),
                "group": In(group_bits),
                "write": In(1),
                "fired": In(self._lanes),
                "delay": In(data.ArrayLayout(delay_bits, self._lanes)),
                "clear": In(1),
                "arrives": Out(self._lanes),
            }
        )

    def elaborate(self, platform):
        m = Module()
        if self._max_delay == 1:
            m.d.comb += self.arrives.eq(self.fired)
            return m

        # A group is written two clocks after it was read.
        words = data.ArrayLayout(self._max_delay, self._lanes)
        m.submodules.memory = memory = Memory(shape=words, depth=self._depth, init=[], attrs=ATTRIBUTES)
        write = memory.write_port()
        read = read_port(m, memory, write, "words", Target.of(platform))
        held = Signal(words, reset_less=True)
        m.d.sync += held.eq(read.data)
        m.d.comb += [
            read.addr.eq(self.read_group),
            write.addr.eq(self.group),
            write.en.eq(self.write),
        ]
        for lane in range(self._lanes):
            enters = Cat(
                self.fired[lane] & (self.delay[lane] == (bit + 1) % self._max_delay)
                for bit in range(self._max_delay)
            )
            moved = (held[lane] >> 1) | enters
            m.d.comb += [
                self.arrives[lane].eq(moved[0]),
                write.data[lane].eq(Mux(self.clear, 0, moved)),
            ]
        return m
