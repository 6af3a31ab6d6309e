"""The bus: words of the memory map to the registers, and to the elements that lie in the core's memories."""

from amaranth import Cat, Const, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.device_map import RING_WORD

from .elements import PARAM_WORDS, REGION_BITS, STATE_WORDS, Elements, Place, Width
from .interfaces import BusSignature, NeuronAccess, SynapseAccess
from .register_file import WORD, Block, RegisterRequest, merged
from .ring_port import PORT_LATENCY, HalfPort
from .sizes import Sizes, bits_for
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
        An element takes 2 clocks and what its memory takes, a word 3 more; what else see `Registers` and
        `SynapseCursor`.
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
        value = Signal(32)  # of a write what is left to write, of a read what was read
        index = Signal(range(32))
        width = element.width
        by_cursor = (width == Width.BIT) | (width == Width.BYTE)
        word = address[:-REGION_BITS]
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

        # The element is at the low end of `value`; what was read comes in at the high end.
        found = Signal(32)
        shifted = Signal(32)
        masks = Signal(WORD)
        last = Signal()  # element of the word
        part = Signal()  # the write takes some of its bytes, not all
        touched = Signal()  # it takes any
        with m.Switch(width):
            with m.Case(Width.BIT):
                m.d.comb += [last.eq(index == 31), touched.eq(mask[0])]
                m.d.comb += shifted.eq(Cat(value[1:], found[0]))
                m.d.comb += masks.eq(Mux(index[:3] == 7, mask >> 1, mask))
            with m.Case(Width.BYTE):
                m.d.comb += [last.eq(index == 3), touched.eq(mask[0])]
                m.d.comb += [shifted.eq(Cat(value[8:], found[:8])), masks.eq(mask >> 1)]
            with m.Case(Width.HALF):
                m.d.comb += [last.eq(index == 1), touched.eq(mask[:2].any()), part.eq(~mask[:2].all())]
                m.d.comb += [shifted.eq(Cat(value[16:], found[:16])), masks.eq(mask >> 2)]
            with m.Case(Width.WORD):
                m.d.comb += [last.eq(1), touched.eq(mask.any()), part.eq(~mask.all()), shifted.eq(found)]

        asking = Signal()
        writing = Signal()
        taken = Signal()
        answered = Signal()
        answer = Signal(32)
        self._wire(m, word, element, index, cursor, writing, value)
        self._ask(m, element, asking, taken, answered, answer)
        # Walks may be under way when a step has ended: they still need their rule, and still count.
        registers = element.place == Place.REGISTERS
        steady = (element.region == Block.LEARNING.value) & write
        steady |= element.region == Block.COUNTERS.value
        waits = (element.place != Place.EVENTS) & (element.place != Place.SPIKES) & (~registers | steady)

        def step_on() -> None:
            """The element is done."""
            m.d.comb += cursor.next.eq(by_cursor)
            m.d.sync += [value.eq(shifted), mask.eq(masks), index.eq(index + 1), writing.eq(0)]
            m.next = "ELEMENT"
            with m.If(last):
                m.next = "REPLY"

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
                m.d.comb += cursor.seek.eq(by_cursor)
                m.next = "ELEMENT"
                with m.If(registers):
                    m.next = "REGISTERS"
                with m.If(waits):
                    m.next = "HOLD"
            with m.State("REGISTERS"):
                m.d.comb += [self.registers.valid.eq(1), self.answer.ready.eq(1), found.eq(self.answer.p)]
                m.d.comb += self.hold.eq(waits)
                with m.If(self.answer.valid):
                    m.d.sync += value.eq(shifted)
                    m.next = "REPLY"
            with m.State("HOLD"):
                m.d.comb += self.hold.eq(1)
                with m.If(self.held & (~by_cursor | cursor.ready)):
                    m.next = "ELEMENT"
                    with m.If(registers):
                        m.next = "REGISTERS"
            with m.State("ELEMENT"):
                m.d.comb += self.hold.eq(waits)
                with m.If(element.inside & (~write | (touched & part))):
                    m.next = "READ"
                with m.Elif(element.inside & touched):
                    m.d.sync += writing.eq(1)
                    m.next = "WRITE"
                with m.Else():
                    step_on()
            with m.State("READ"):
                m.d.comb += [self.hold.eq(waits), asking.eq(1)]
                with m.If(taken):
                    m.next = "READ WAIT"
            with m.State("READ WAIT"):
                m.d.comb += [self.hold.eq(waits), found.eq(answer)]
                with m.If(answered):
                    with m.If(write):
                        m.d.sync += [value.eq(merged(answer, value, mask)), writing.eq(1)]
                        m.next = "WRITE"
                    with m.Else():
                        step_on()
            with m.State("WRITE"):
                m.d.comb += [self.hold.eq(waits), asking.eq(1)]
                with m.If(taken):
                    m.next = "WRITE WAIT"
            with m.State("WRITE WAIT"):
                m.d.comb += self.hold.eq(waits)
                with m.If(answered):
                    step_on()
            with m.State("REPLY"):
                m.d.comb += bus.reply.valid.eq(1)
                with m.If(bus.reply.ready):
                    m.next = "IDLE"
        return m

    def _wire(self, m: Module, word, element, index, cursor, writing, value) -> None:
        """What each memory is asked: which element, and what to write. Where it lies is known a clock
        before."""
        state_bits, param_bits = bits_for(STATE_WORDS), bits_for(PARAM_WORDS)
        half = Cat(index[0], word)
        neuron = Mux(element.state, word[state_bits:], word[param_bits:])
        synapse, target = self.synapses.request, self.neurons.request
        by_cursor = (element.width == Width.BIT) | (element.width == Width.BYTE)
        apart = Signal()
        m.d.sync += [
            synapse.p.item.eq(element.item),
            synapse.p.axon.eq(Mux(by_cursor, cursor.axon, half)),
            synapse.p.neuron.eq(Mux(by_cursor, cursor.neuron, word[state_bits:])),
            target.p.state.eq(element.state),
            target.p.neuron.eq(neuron),
            target.p.word.eq(Mux(element.state, word[:state_bits], word[:param_bits])),
            apart.eq(element.width == Width.HALF),
        ]
        m.d.comb += [
            synapse.p.write.eq(writing),
            synapse.p.data.eq(value),
            target.p.write.eq(writing),
            # The lower half of a word that is taken apart is the post trace.
            target.p.data.eq(Mux(apart, value << 16, value)),
        ]
        for port in (self.events, self.spikes, self.inputs):
            m.d.comb += [port.address.eq(half), port.write.eq(writing), port.data.eq(value)]

    def _ask(self, m: Module, element, asking, taken, answered, answer) -> None:
        """Ask the memory that holds the element, and find its answer."""
        wait = Signal(range(PORT_LATENCY))
        m.d.sync += wait.eq(Mux(asking, PORT_LATENCY - 1, Mux(wait == 0, 0, wait - 1)))
        m.d.comb += [taken.eq(1), answered.eq(wait == 0)]
        chosen = Signal(Place)
        m.d.sync += chosen.eq(element.place)
        with m.Switch(chosen):
            for place, access in ((Place.SYNAPSES, self.synapses), (Place.NEURONS, self.neurons)):
                with m.Case(place):
                    m.d.comb += [
                        access.request.valid.eq(asking),
                        taken.eq(access.request.ready),
                        access.reply.ready.eq(1),
                        answered.eq(access.reply.valid),
                        answer.eq(access.reply.p),
                    ]
                    if place is Place.NEURONS:
                        with m.If(element.width == Width.HALF):
                            m.d.comb += answer.eq(access.reply.p[16:])
            for place, port in (
                (Place.INPUTS, self.inputs),
                (Place.EVENTS, self.events),
                (Place.SPIKES, self.spikes),
            ):
                with m.Case(place):
                    m.d.comb += [port.enable.eq(asking), answer.eq(port.value)]
