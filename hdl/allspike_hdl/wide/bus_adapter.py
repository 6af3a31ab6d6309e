"""The bus: words of the memory map to the registers, and to the elements that lie in the core's memories."""

from amaranth import Cat, Const, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import RING_WORD

from ..machine.bus import BusSignature
from ..machine.ring_port import PORT_LATENCY, HalfPort
from ..map.regions import PARAM_WORDS, REGION_BITS, STATE_WORDS, WORD
from ..map.register_file import Block, RegisterRequest
from ..map.sizes import Sizes, bits_for
from .elements import Elements, Place, Width
from .interfaces import NeuronAccess, SynapseAccess
from .synapse_cursor import SynapseCursor


class BusAdapter(wiring.Component):
    """Answers requests for words of the memory map, one after the other.

    Words of registers and rings are answered at once. For the memories, for counters and for writes to the
    learning rule the adapter waits until the core stands still. A word that is no element by itself is read
    or written element by element, each a request to its memory: 4 weights, 32 plastic bits, 2 traces, rate
    and flags of an input, 2 words of a ring, and of a neuron y and the refractory count. A write of some of
    the bytes of an element reads it first. In the last word of a region, what lies past its end reads as 0
    and is not written; other addresses that the map has not are the master's to refuse.

    Members
    -------
    bus : In(BusSignature)
        An element takes 3 clocks (4 if it is half a word) and what its memory takes, a word 5 more; what else
        see `Registers` and `SynapseCursor`.
    registers : Out(stream of RegisterRequest), answer : In(stream of 32 bits)
    events : Out(HalfPort), spikes : Out(HalfPort), inputs : Out(HalfPort)
    synapses : Out(SynapseAccess), neurons : Out(NeuronAccess)
    hold : Out(1), held : In(1)
        The core is to stand still, and does.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        config = sizes.config
        super().__init__(
            {
                "bus": In(BusSignature()),
                "registers": Out(stream.Signature(RegisterRequest())),
                "answer": In(stream.Signature(32)),
                "events": Out(HalfPort(bits_for(config.event_ring // RING_WORD))),
                "spikes": Out(HalfPort(bits_for(config.spike_ring // RING_WORD))),
                "inputs": Out(HalfPort(sizes.input_bits + 1)),
                "synapses": Out(SynapseAccess(sizes)),
                "neurons": Out(NeuronAccess(sizes)),
                "hold": Out(1),
                "held": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.cursor = cursor = SynapseCursor(self._sizes)
        m.submodules.elements = element = Elements(self._sizes)
        bus = self.bus

        address = Signal(len(bus.request.p.address))
        write = Signal()
        more = Signal()
        mask = Signal(WORD)
        value = Signal(32)
        index = Signal(range(32))
        word = address[:-REGION_BITS]
        # What the element is, known from the second clock after `address` or `index` changed.
        width = Signal(Width)
        place = Signal(Place)
        waits = Signal()
        by_cursor = (width == Width.BIT) | (width == Width.BYTE)
        m.d.comb += [
            element.region.eq(address[-REGION_BITS:]),
            element.word.eq(word),
            element.index.eq(index),
            element.synapse.eq(cursor.inside),
            cursor.plastic.eq(width == Width.BIT),
            cursor.offset.eq(Cat(Const(0, bits_for(WORD)), word)),
            bus.reply.p.eq(value),
            self.registers.p.block.eq(element.region),
            self.registers.p.word.eq(word),
            self.registers.p.write.eq(write),
            self.registers.p.mask.eq(mask),
            self.registers.p.data.eq(value),
            self.registers.p.more.eq(more),
        ]
        # Walks may be under way when a step has ended: they still need their rule, and still count.
        steady = (element.region == Block.LEARNING.value) & write
        steady |= element.region == Block.COUNTERS.value
        in_ring = (element.place == Place.EVENTS) | (element.place == Place.SPIKES)
        m.d.sync += [
            width.eq(element.width),
            place.eq(Mux(element.inside, element.place, Place.NOWHERE)),
            waits.eq(~in_ring & ((element.place != Place.REGISTERS) | steady)),
        ]

        turns = Signal()
        taking = Signal(WORD)
        ended = Signal()  # that was the last element of the word
        part = Signal()  # the write takes some of the element's bytes, not all
        touched = Signal()  # it takes any
        found = Signal(32)
        with m.Switch(width):
            with m.Case(Width.BIT):
                m.d.comb += [ended.eq(index == 0), touched.eq(mask[0])]
            with m.Case(Width.BYTE):
                m.d.comb += [ended.eq(index[2]), touched.eq(mask[0])]
            with m.Case(Width.HALF):
                m.d.comb += [ended.eq(index[1]), touched.eq(mask[:2].any()), part.eq(~mask[:2].all())]
            with m.Case(Width.WORD):
                m.d.comb += [ended.eq(1), touched.eq(mask.any()), part.eq(~mask.all())]
        self._value(m, width, turns, taking, found, value)
        with m.If(turns & ((width != Width.BIT) | (index[:3] == 0))):
            m.d.sync += mask.eq(mask.rotate_right(1))

        asking = Signal()
        writing = Signal()
        taken = Signal()
        answered = Signal()
        same = Signal()  # the block of the last element that was asked for is that of the cursor
        self._wire(m, word, element, index, cursor, same, writing, value)
        self._ask(m, place, asking, taken, answered, found)

        def step_on(asked: bool) -> None:
            """The element is done; its memory was asked, or it was passed over."""
            m.d.comb += cursor.next.eq(by_cursor)
            m.d.sync += [index.eq(index + 1), writing.eq(0)]
            m.d.sync += same.eq((by_cursor if asked else same) & ~cursor.ends_block)
            m.next = "TURN"

        with m.FSM():
            with m.State("IDLE"):
                request = bus.request
                m.d.comb += request.ready.eq(1)
                m.d.sync += [
                    address.eq(request.p.address),
                    write.eq(request.p.write),
                    mask.eq(request.p.mask),
                    value.eq(request.p.data),
                    more.eq(request.p.more),
                    index.eq(0),
                ]
                with m.If(request.valid):
                    m.next = "DECODE"
            with m.State("DECODE"):
                m.next = "BEGIN"
            with m.State("BEGIN"):
                m.d.comb += cursor.seek.eq(by_cursor)
                m.next = "CHOOSE"
                with m.If(place == Place.REGISTERS):
                    m.next = "REGISTERS"
                with m.If(waits):
                    m.d.sync += self.hold.eq(1)
                    m.next = "HOLD"
            with m.State("HOLD"):
                with m.If(self.held & (~by_cursor | cursor.ready)):
                    m.next = "SETTLE"
                    with m.If(place == Place.REGISTERS):
                        m.next = "REGISTERS"
            with m.State("REGISTERS"):
                m.d.comb += [self.registers.valid.eq(1), self.answer.ready.eq(1)]
                with m.If(self.answer.valid):
                    m.d.comb += taking.eq(~0)
                    m.next = "REPLY"
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
                    m.d.comb += taking.eq((~write).replicate(WORD))
                    step_on(asked=False)
            with m.State("READ"):
                m.d.comb += asking.eq(1)
                with m.If(taken):
                    m.next = "READ WAIT"
            with m.State("READ WAIT"):
                with m.If(answered):
                    with m.If(write):
                        m.d.comb += taking.eq(~mask)
                        m.d.sync += writing.eq(1)
                        m.next = "WRITE"
                    with m.Else():
                        m.d.comb += taking.eq(~0)
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
                    m.next = "REPLY"
                with m.If(width == Width.HALF):
                    m.next = "TURN ON"
            with m.State("TURN ON"):
                m.d.comb += turns.eq(1)
                m.next = "CHOOSE"
                with m.If(ended):
                    m.next = "REPLY"
            with m.State("REPLY"):
                m.d.sync += [self.hold.eq(0), same.eq(0)]
                m.d.comb += bus.reply.valid.eq(1)
                with m.If(bus.reply.ready):
                    m.next = "IDLE"
        return m

    def _value(self, m: Module, width, turns, taking, found, value) -> None:
        """Take what is wanted of the element in `value` from `found`; make way for the next."""
        bits = (0, 1, 8, 16, 32)  # the element is `value` up to one of these
        for low, high, least in zip(bits, bits[1:], Width, strict=False):
            for start in range(low, high, 8):
                part = slice(start, min(high, start + 8 - start % 8))
                with m.If(taking[start // 8] & (width.as_value() >= least.value)):
                    m.d.sync += value[part].eq(found[part])
        with m.If(turns & (width == Width.BIT)):
            m.d.sync += value.eq(value.rotate_right(1))
        with m.Elif(turns):
            m.d.sync += value.eq(value.rotate_right(8))

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
        for port in (self.events, self.spikes, self.inputs):
            m.d.comb += [port.address.eq(half), port.write.eq(writing), port.data.eq(value)]

    def _ask(self, m: Module, place, asking, taken, answered, found) -> None:
        """Ask the memory that holds the element, and find its answer."""
        wait = Signal(range(PORT_LATENCY))
        m.d.sync += wait.eq(Mux(asking, PORT_LATENCY - 1, Mux(wait == 0, 0, wait - 1)))
        m.d.comb += [taken.eq(1), answered.eq(wait == 0)]
        with m.Switch(place):
            with m.Case(Place.REGISTERS):
                m.d.comb += found.eq(self.answer.p)
            for holder, access in ((Place.SYNAPSES, self.synapses), (Place.NEURONS, self.neurons)):
                with m.Case(holder):
                    m.d.comb += [
                        access.request.valid.eq(asking),
                        taken.eq(access.request.ready),
                        access.reply.ready.eq(1),
                        answered.eq(access.reply.valid),
                        found.eq(access.reply.p),
                    ]
            for holder, port in (
                (Place.INPUTS, self.inputs),
                (Place.EVENTS, self.events),
                (Place.SPIKES, self.spikes),
            ):
                with m.Case(holder):
                    m.d.comb += [port.enable.eq(asking), found.eq(port.value)]
