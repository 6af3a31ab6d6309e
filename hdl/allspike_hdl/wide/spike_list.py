"""Lists of neurons that a sweep fills and the control empties."""

from amaranth import Cat, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from ..fabric.read_port import ATTRIBUTES, read_port
from ..fabric.target import Target
from ..map.sizes import Sizes, bits_for


class SpikeEntry(data.StructLayout):
    """A neuron in a list, with what the list remembers of it."""

    def __init__(self, sizes: Sizes, tag_bits: int) -> None:
        super().__init__({"neuron": sizes.neuron_bits, "tag": tag_bits})


class SpikeList(wiring.Component):
    """Keeps the neurons of a sweep in the order in which they come: ascending.

    A word holds the spikes of a group of `neuron_lanes` neurons, groups without one are left out, and the
    neurons of a word are offered from the lowest, one a clock. So a list costs its spikes, whatever N is.

    Members
    -------
    clear : In(1)
        The list is empty.
    group : In
    spikes : In(neuron_lanes)
        Neurons of the group to append; none when 0. Groups come in ascending order, each at most once.
    tags : In(ArrayLayout(tag_bits, neuron_lanes))
    entries : Out(stream of SpikeEntry)
        From two clocks after the spikes; one entry a clock.
    empty : Out(1)
        Every entry was taken.
    """

    def __init__(self, sizes: Sizes, tag_bits: int) -> None:
        config = sizes.config
        self._lanes, self._tag_bits = config.neuron_lanes, tag_bits
        self._groups = config.neurons // config.neuron_lanes
        self._neuron_bits = sizes.neuron_bits
        self._group_bits = bits_for(max(2, self._groups))
        super().__init__(
            {
                "clear": In(1),
                "group": In(self._group_bits),
                "spikes": In(self._lanes),
                "tags": In(data.ArrayLayout(tag_bits, self._lanes)),
                "entries": Out(stream.Signature(SpikeEntry(sizes, tag_bits))),
                "empty": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        word = data.StructLayout(
            {"group": self._group_bits, "tags": self._lanes * self._tag_bits, "spikes": self._lanes}
            if self._lanes > 1
            else {"group": self._group_bits, "tags": self._tag_bits}
        )
        m.submodules.memory = memory = Memory(
            shape=word, depth=max(2, self._groups), init=[], attrs=ATTRIBUTES
        )
        # What is written now is looked at once it is counted in `filled`, which is later.
        write = memory.write_port()
        read = read_port(m, memory, write, "entry", Target.of(platform))
        filled = Signal(range(self._groups + 1))
        taken = Signal.like(filled)
        waiting, offered = Signal(), Signal()
        offer = Signal(word, reset_less=True)
        more = taken != filled
        next_word, refill = Signal(), Signal()

        m.d.comb += [
            write.addr.eq(filled),
            write.data.group.eq(self.group),
            write.data.tags.eq(self.tags),
            write.en.eq(self.spikes.any()),
            read.addr.eq(taken),
            read.en.eq(refill),
            refill.eq(~waiting | next_word),
            self.entries.valid.eq(offered),
            self.empty.eq(~more & ~waiting & ~offered),
        ]
        with m.If(write.en):
            m.d.sync += filled.eq(filled + 1)
        with m.If(refill):
            m.d.sync += waiting.eq(more)
            with m.If(more):
                m.d.sync += taken.eq(taken + 1)
        with m.If(next_word):
            m.d.sync += [offered.eq(waiting), offer.eq(read.data)]
        if self._lanes > 1:
            m.d.comb += write.data.spikes.eq(self.spikes)
        self._offer(m, offer, next_word)
        with m.If(self.clear):
            m.d.sync += [filled.eq(0), taken.eq(0), waiting.eq(0), offered.eq(0)]
        return m

    def _offer(self, m: Module, offer: data.View, next_word: Signal) -> None:
        """Offer the lowest neuron of the word, and the next word with its last."""
        entries = self.entries
        payload = entries.payload
        if self._lanes == 1:
            m.d.comb += [
                next_word.eq(~entries.valid | entries.ready),
                payload.neuron.eq(offer.group),
                payload.tag.eq(offer.tags),
            ]
            return
        spikes = offer.spikes
        others = Signal(self._lanes)
        lane = Signal(bits_for(self._lanes))
        tags = data.View(data.ArrayLayout(self._tag_bits, self._lanes), offer.tags)
        m.d.comb += others.eq(spikes & (spikes - 1))
        for k in reversed(range(self._lanes)):
            with m.If(spikes[k]):
                m.d.comb += [lane.eq(k), payload.tag.eq(tags[k])]
        m.d.comb += [
            next_word.eq(~entries.valid | (entries.ready & ~others.any())),
            payload.neuron.eq(Cat(lane, offer.group)),
        ]
        with m.If(entries.valid & entries.ready & others.any()):
            m.d.sync += spikes.eq(others)
