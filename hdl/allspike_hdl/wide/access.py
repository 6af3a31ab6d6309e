"""The host's way to the memories of the wide datapath: words of the map become elements."""

from amaranth import Cat, Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..machine.datapath import Access
from ..machine.ring_port import PORT_LATENCY, HalfPort
from ..map.regions import PARAM_WORDS, STATE_WORDS, WORD
from ..map.sizes import Sizes, bits_for
from .elements import Elements, Place, Width
from .interfaces import NeuronAccess, SynapseAccess
from .synapse_cursor import SynapseCursor

_LEAST = [Width.BIT, Width.BYTE, *2 * [Width.HALF], *4 * [Width.WORD]]
"""The narrowest element that reaches into each nibble of the word, in whose lowest bits it lies."""


class WideAccess(wiring.Component):
    """Takes a word apart into elements, and reads or writes one after the other where it lies.

    A word is 4 weights, 32 plastic bits, 2 traces, rate and flags of an input, y and what else is in its
    word of a neuron's state, or one word of a neuron. A write of some of the bytes of an element reads it
    first; an element that there is not reads as 0.

    Members
    -------
    access : In(Access)
        The word turns, so that the element at hand is its lowest bits. An element takes 3 clocks (4 if it is
        half a word) and what its memory takes, a word 3 more; what else see `SynapseCursor`.
    synapses : Out(SynapseAccess), neurons : Out(NeuronAccess), inputs : Out(HalfPort)
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(
            {
                "access": In(Access()),
                "synapses": Out(SynapseAccess(sizes)),
                "neurons": Out(NeuronAccess(sizes)),
                "inputs": Out(HalfPort(sizes.input_bits + 1)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.cursor = cursor = SynapseCursor(self._sizes)
        m.submodules.elements = element = Elements(self._sizes)
        request = self.access.request
        word, write, mask, value = request.p.word, request.p.write, request.p.mask, request.p.data

        index = Signal(range(8 * WORD))
        # What the element is, known from the second clock after `word` or `index` changed.
        width = Signal(Width)
        place = Signal(Place)
        by_cursor = (width == Width.BIT) | (width == Width.BYTE)
        m.d.comb += [
            element.region.eq(request.p.region),
            element.word.eq(word),
            element.index.eq(index),
            element.synapse.eq(cursor.inside),
            cursor.plastic.eq(width == Width.BIT),
            cursor.offset.eq(Cat(Const(0, bits_for(WORD)), word)),
        ]
        m.d.sync += [width.eq(element.width), place.eq(Mux(element.inside, element.place, Place.NOWHERE))]

        turns = Signal()
        taking = Signal()
        found = Signal(8 * WORD)
        ended = Signal()  # that was the last element of the word
        part = Signal()  # the write takes some of the element's bytes, not all
        touched = Signal()  # it takes any
        with m.Switch(width):
            with m.Case(Width.BIT):
                m.d.comb += [ended.eq(index == 0), touched.eq(mask[0])]
            with m.Case(Width.BYTE):
                m.d.comb += [ended.eq(index[2]), touched.eq(mask[0])]
            with m.Case(Width.HALF):
                m.d.comb += [ended.eq(index[1]), touched.eq(mask[:2].any()), part.eq(~mask[:2].all())]
            with m.Case(Width.WORD):
                m.d.comb += [ended.eq(1), touched.eq(mask.any()), part.eq(~mask.all())]
        # `index` is one on when the word turns.
        m.d.comb += [
            self.access.turns.bit.eq(turns & (width == Width.BIT)),
            self.access.turns.byte.eq(turns & ((width != Width.BIT) | (index[:3] == 0))),
        ]
        for nibble, least in enumerate(_LEAST):
            m.d.comb += self.access.takes[nibble].eq(taking & (width.as_value() >= least.value))

        asking = Signal()
        writing = Signal()
        taken = Signal()
        answered = Signal()
        same = Signal()  # the block of the last element that was asked for is that of the cursor
        self._wire(m, word, element, index, cursor, same, writing, value)
        self._ask(m, place, asking, taken, answered, found)
        m.d.comb += self.access.found.eq(found)
        with m.If(width == Width.BIT):  # its neighbours in the nibble stay
            m.d.comb += self.access.found[1:4].eq(value[1:4])

        def step_on(asked: bool) -> None:
            """The element is done; its memory was asked, or it was passed over."""
            m.d.comb += cursor.next.eq(by_cursor)
            m.d.sync += [index.eq(index + 1), writing.eq(0)]
            m.d.sync += same.eq((by_cursor if asked else same) & ~cursor.ends_block)
            m.next = "TURN"

        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += index.eq(0)
                m.d.comb += cursor.seek.eq(request.valid & by_cursor)
                with m.If(request.valid):
                    m.next = "SEEK"
            with m.State("SEEK"):
                with m.If(~by_cursor | cursor.ready):
                    m.next = "SETTLE"
            with m.State("SETTLE"):
                m.next = "CHOOSE"
            with m.State("CHOOSE"):
                inside = place != Place.NOWHERE
                with m.If(inside & (~write | (touched & part))):
                    m.next = "READ"
                with m.Elif(inside & touched):
                    m.d.sync += writing.eq(1)
                    m.next = "WRITE"
                with m.Else():
                    m.d.comb += taking.eq(1)
                    step_on(asked=False)
            with m.State("READ"):
                m.d.comb += asking.eq(1)
                with m.If(taken):
                    m.next = "READ WAIT"
            with m.State("READ WAIT"):
                with m.If(answered):
                    m.d.comb += taking.eq(1)
                    with m.If(write):
                        m.d.sync += writing.eq(1)
                        m.next = "WRITE"
                    with m.Else():
                        step_on(asked=True)
            with m.State("WRITE"):
                m.d.comb += asking.eq(1)
                with m.If(taken):
                    m.next = "WRITE WAIT"
            with m.State("WRITE WAIT"):
                with m.If(answered):
                    step_on(asked=True)
            with m.State("TURN"):
                m.d.comb += turns.eq(width != Width.WORD)
                m.next = "CHOOSE"
                with m.If(ended):
                    m.next = "DONE"
                with m.If(width == Width.HALF):
                    m.next = "TURN ON"
            with m.State("TURN ON"):
                m.d.comb += turns.eq(1)
                m.next = "CHOOSE"
                with m.If(ended):
                    m.next = "DONE"
            with m.State("DONE"):
                m.d.comb += request.ready.eq(1)
                m.d.sync += same.eq(0)
                m.next = "IDLE"
        return m

    def _wire(self, m: Module, word, element, index, cursor, same, writing, value) -> None:
        """What each memory is asked: which element, and what to write."""
        state_bits, param_bits = bits_for(STATE_WORDS), bits_for(PARAM_WORDS)
        half = Cat(index[0], word)
        neuron = Mux(element.state, word[state_bits:], word[param_bits:])
        synapse, target = self.synapses.request, self.neurons.request
        by_cursor = (element.width == Width.BIT) | (element.width == Width.BYTE)
        m.d.sync += [
            synapse.p.item.eq(element.item),
            synapse.p.axon.eq(Mux(by_cursor, cursor.axon, half)),
            synapse.p.neuron.eq(Mux(by_cursor, cursor.neuron, word[state_bits:])),
            target.p.state.eq(element.state),
            target.p.neuron.eq(neuron),
            target.p.word.eq(Mux(element.state, word[:state_bits], word[:param_bits])),
        ]
        m.d.comb += [
            synapse.p.same.eq(same),
            synapse.p.write.eq(writing),
            synapse.p.data.eq(value),
            target.p.write.eq(writing),
            target.p.data.eq(value),
        ]
        m.d.comb += [
            self.inputs.address.eq(half),
            self.inputs.write.eq(writing),
            self.inputs.data.eq(value),
        ]

    def _ask(self, m: Module, place, asking, taken, answered, found) -> None:
        """Ask the memory that holds the element, and find its answer."""
        wait = Signal(range(PORT_LATENCY))
        m.d.sync += wait.eq(Mux(asking, PORT_LATENCY - 1, Mux(wait == 0, 0, wait - 1)))
        m.d.comb += [taken.eq(1), answered.eq(wait == 0)]
        with m.Switch(place):
            for holder, access in ((Place.SYNAPSES, self.synapses), (Place.NEURONS, self.neurons)):
                with m.Case(holder):
                    m.d.comb += [
                        access.request.valid.eq(asking),
                        taken.eq(access.request.ready),
                        access.reply.ready.eq(1),
                        answered.eq(access.reply.valid),
                        found.eq(access.reply.p),
                    ]
            with m.Case(Place.INPUTS):
                m.d.comb += [self.inputs.enable.eq(asking), found.eq(self.inputs.value)]
