"""The bus of a compact core: words of the memory map to words of the store, halves and registers."""

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import enum, stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm
from allspike.map.device_map import RING_WORD

from ..machine.bus import BusSignature
from ..machine.ring_port import PORT_LATENCY, HalfPort
from ..map.regions import PARAM_WORDS, REGION_BITS, STATE_WORDS, top
from ..map.register_file import Block, RegisterRequest
from ..map.sizes import Sizes, bits_for
from .extent import BLOCK, RECORD_BITS
from .forms import Forms
from .layout import BLOCK_BITS, StoreLayout
from .record import PARAMS_LEFT, STATE_ENTRY, STATE_LEFT
from .store import STORE_WORD

_BYTE = 8
_HALF = 16
_PLASTIC_BIT = _BYTE - 1
_BLOCKS = STORE_WORD // BLOCK
"""Blocks of synapses whose plastic bits are in a word of the map."""


class Place(enum.Enum, shape=3):
    """What holds a word."""

    NOWHERE = 0
    REGISTERS = 1
    STORE = 2
    PLASTIC = 3
    EVENTS = 4
    SPIKES = 5
    TRACES = 6


class StorePort(wiring.Signature):
    """The host's way to the store, while the core stands still."""

    def __init__(self, layout: StoreLayout) -> None:
        super().__init__(
            {
                "line": Out(layout.entry_bits),
                "side": Out(1),
                "write": Out(1),
                "data": Out(STORE_WORD),
                "value": In(STORE_WORD),
            }
        )


class CompactAdapter(wiring.Component):
    """Answers requests for words of the memory map, one after the other.

    What holds a word is read first, also for a write: its bytes that the write does not take are kept, and so
    are the bits that are none of the word. So a READ is a write of no byte that is not carried out. A word of
    the store takes 6 clocks, a word of halves 10, of plastic bits 4 clocks for each block of 4.

    Members
    -------
    bus : In(BusSignature)
    registers : Out(stream of RegisterRequest), answer : In(stream of 32 bits)
    events : Out(HalfPort), spikes : Out(HalfPort)
    traces : Out(HalfPort)
        Its address: of a trace, and above it whether it is of a neuron.
    store : Out(StorePort)
        `value` is what was asked for a clock before.
    hold : Out(1), held : In(1)
        The core is to stand still, and does.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._layout = StoreLayout(sizes.config)
        config = sizes.config
        super().__init__(
            {
                "bus": In(BusSignature()),
                "registers": Out(stream.Signature(RegisterRequest())),
                "answer": In(stream.Signature(32)),
                "events": Out(HalfPort(bits_for(config.event_ring // RING_WORD))),
                "spikes": Out(HalfPort(bits_for(config.spike_ring // RING_WORD))),
                "traces": Out(HalfPort(sizes.axon_bits + 1)),
                "store": Out(StorePort(self._layout)),
                "hold": Out(1),
                "held": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        bus, store = self.bus, self.store
        # The request stays until it is taken, which is when it is done.
        asked = bus.request.p
        address, write, mask = asked.address, asked.write, asked.mask
        value = Signal(STORE_WORD)
        step = Signal(range(_BLOCKS))  # which half, which block
        word, region = address[:-REGION_BITS], address[-REGION_BITS:]

        place = Signal(Place)
        forms = Forms(self._sizes.config)
        form = Signal(forms.shape)
        waits = Signal()  # for the core to stand still
        of_y = Signal()  # the word has a trace in its lower half
        inside = Signal(init=1)
        self._decode(m, region, word, write, step, place, forms, form, waits, of_y, inside)
        m.d.comb += [
            bus.reply.p.eq(value),
            self.registers.p.block.eq(region),
            self.registers.p.word.eq(word),
            self.registers.p.write.eq(write),
            self.registers.p.mask.eq(mask),
            self.registers.p.data.eq(value),
            self.registers.p.more.eq(asked.more),
        ]

        # What was found goes into the bytes, or with plastic bits the nibble, that the host does not write.
        found = Signal(STORE_WORD)
        takes = Signal(_BLOCKS)
        halves, plastic = Signal(), Signal()
        reading, storing = Signal(), Signal()
        half = self._halves(m, place, of_y, word, step, value, reading, storing & write & inside)
        bits = Cat(store.value[_BYTE * k + _PLASTIC_BIT] for k in range(BLOCK))
        m.d.comb += found.eq(forms.canonical(m, form, store.value))
        with m.If(self.answer.valid):
            m.d.comb += found.eq(self.answer.p)
        with m.If(halves):
            m.d.comb += found.eq(Cat(half, half) & inside.replicate(STORE_WORD))
        with m.If(plastic):
            m.d.comb += found.eq(Cat(*[bits] * _BLOCKS) & inside.replicate(STORE_WORD))
        for k in range(_BLOCKS):
            with m.If(takes[k] & ~(mask[k // 2] & write)):
                m.d.sync += value[BLOCK * k : BLOCK * (k + 1)].eq(found[BLOCK * k : BLOCK * (k + 1)])
        self._store_data(m, form == forms.weights, plastic, value, step)

        wait = Signal(range(PORT_LATENCY))
        m.d.sync += wait.eq(0)
        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [value.eq(asked.data), step.eq(0)]
                with m.If(bus.request.valid):
                    m.next = "DECODE"
            with m.State("DECODE"):
                m.d.sync += self.hold.eq(waits)
                with m.If(~waits | (self.hold & self.held)):
                    self._begin(m, place, of_y)
            with m.State("REGISTERS"):
                m.d.comb += [self.registers.valid.eq(1), self.answer.ready.eq(1)]
                with m.If(self.answer.valid):
                    m.d.comb += takes.eq(-1)
                    m.next = "DONE"
            with m.State("NOWHERE"):
                m.d.sync += value.eq(0)
                m.next = "DONE"
            with m.State("HALF"):
                m.d.comb += [halves.eq(1), reading.eq(1)]
                m.d.sync += wait.eq(PORT_LATENCY - 1)
                m.next = "HALF FOUND"
            with m.State("HALF FOUND"):
                m.d.comb += halves.eq(1)
                with m.If(wait == 0):
                    m.d.comb += takes.eq(Mux(step[0], 0xF0, 0x0F))
                    m.next = "HALF STORE"
            with m.State("HALF STORE"):
                m.d.comb += [halves.eq(1), storing.eq(1)]
                m.d.sync += step.eq(step + 1)
                m.next = "HALF"
                with m.If(of_y):
                    m.next = "WORD"
                with m.Elif(step[0]):
                    m.next = "DONE"
            with m.State("WORD"):
                m.next = "WORD FOUND"
            with m.State("WORD FOUND"):
                m.d.comb += takes.eq(Mux(of_y, 0xF0, 0xFF))
                m.next = "WORD STORE"
            with m.State("WORD STORE"):
                m.d.comb += store.write.eq(write)
                m.next = "DONE"
            with m.State("PLASTIC"):
                m.next = "PLASTIC FOUND"
            with m.State("PLASTIC FOUND"):
                m.d.comb += [plastic.eq(1), takes.eq(1 << step)]
                m.next = "PLASTIC STORE"
            with m.State("PLASTIC STORE"):
                m.d.comb += [plastic.eq(1), store.write.eq(write & inside)]
                m.d.sync += step.eq(step + 1)
                m.next = "PLASTIC"
                with m.If(step.all()):
                    m.next = "DONE"
            with m.State("DONE"):
                m.d.comb += bus.request.ready.eq(1)
                m.d.sync += self.hold.eq(0)
                m.next = "REPLY"
            with m.State("REPLY"):
                m.d.comb += bus.reply.valid.eq(1)
                with m.If(bus.reply.ready):
                    m.next = "IDLE"
        return m

    def _decode(self, m: Module, region, word, write, step, place, forms, form, waits, of_y, inside) -> None:
        """What a word is, and its line in the store."""
        config, layout, store = self._sizes.config, self._layout, self.store
        m.d.comb += [waits.eq(1), place.eq(Place.STORE)]

        def lies(line: Value, side: Value | int) -> None:
            m.d.comb += [store.line.eq(line), store.side.eq(side)]

        def choose(which: Value, each: list[int]) -> None:
            with m.Switch(which):
                for k, number in enumerate(each):
                    with m.Case(k):
                        m.d.comb += form.eq(number)

        with m.Switch(region):
            for block in Block:
                with m.Case(block.value):
                    # Walks need their rule to the end, and still count.
                    steady = Const(block is Block.COUNTERS) | (Const(block is Block.LEARNING) & write)
                    m.d.comb += [place.eq(Place.REGISTERS), waits.eq(steady)]
            with m.Case(top(dm.NEURON_PARAMS)):
                which = word[: bits_for(PARAM_WORDS)]
                lies(layout.record(word[len(which) :], which), which >= PARAMS_LEFT)
                choose(which, forms.params)
            with m.Case(top(dm.NEURON_STATE)):
                which = word[: bits_for(STATE_WORDS)]
                on_right = which >= STATE_LEFT
                lies(layout.record(word[len(which) :], (which + STATE_ENTRY)[:RECORD_BITS]), on_right)
                choose(which, forms.state)
                m.d.comb += of_y.eq(on_right & int(config.plasticity))
            if config.inputs:
                with m.Case(top(dm.INPUT_PARAMS)):
                    lies(*layout.input_word(word))
                    m.d.comb += form.eq(forms.input)
            with m.Case(top(dm.WEIGHTS)):
                lies(*self._synapses(word))
                m.d.comb += form.eq(forms.weights)
            if config.plasticity:
                with m.Case(top(dm.PLASTIC)):
                    block = Cat(step, word)
                    lies(*self._synapses(block))
                    m.d.comb += place.eq(Place.PLASTIC)
                    if config.synapses % STORE_WORD:
                        m.d.comb += inside.eq(block < config.synapses // BLOCK)
                with m.Case(top(dm.TRACES)):
                    m.d.comb += place.eq(Place.TRACES)
                    if config.axons % 2:
                        m.d.comb += inside.eq(Cat(step[0], word) != config.axons)
            for ring, at in ((dm.EVENT_RING, Place.EVENTS), (dm.SPIKE_RING, Place.SPIKES)):
                with m.Case(top(ring)):
                    m.d.comb += [place.eq(at), waits.eq(0)]
            with m.Default():
                m.d.comb += [place.eq(Place.NOWHERE), waits.eq(0)]

    def _synapses(self, block: Value) -> tuple[Value, Value]:
        """Line and side of a block of synapses, counted through all rows."""
        bits = self._layout.neuron_bits - BLOCK_BITS
        return self._layout.synapses(block[bits:], block[:bits])

    def _begin(self, m: Module, place, of_y) -> None:
        m.next = "HALF"
        with m.Switch(place):
            with m.Case(Place.NOWHERE):
                m.next = "NOWHERE"
            with m.Case(Place.REGISTERS):
                m.next = "REGISTERS"
            with m.Case(Place.STORE):
                with m.If(~of_y):
                    m.next = "WORD"
            with m.Case(Place.PLASTIC):
                m.next = "PLASTIC"

    def _halves(self, m: Module, place, of_y, word, step, value, reading, storing) -> Value:
        """Ask what holds halves of words, and find what it says."""
        half = Signal(_HALF)
        number = Cat(step[0], word)
        of_neuron = Cat(word[bits_for(STATE_WORDS) :][: self._sizes.axon_bits], 1)
        of_axon = Cat(number[: self._sizes.axon_bits], 0)
        for chosen, port in (
            (place == Place.EVENTS, self.events),
            (place == Place.SPIKES, self.spikes),
            ((place == Place.TRACES) | of_y, self.traces),
        ):
            m.d.comb += [
                port.address.eq(number),
                port.data.eq(value.word_select(step[0], _HALF)),
                port.enable.eq(chosen & (reading | storing)),
                port.write.eq(storing),
            ]
            with m.If(chosen):
                m.d.comb += half.eq(port.value)
        m.d.comb += self.traces.address.eq(Mux(of_y, of_neuron, of_axon))
        return half

    def _store_data(self, m: Module, of_weights, plastic, value, step) -> None:
        """A word for the store: weights and plastic bits share its bytes."""
        store, config = self.store, self._sizes.config
        m.d.comb += store.data.eq(value)
        if not config.plasticity:
            return
        bits = value.word_select(step, BLOCK)
        for k in range(BLOCK):
            byte = store.data.word_select(k, _BYTE)
            old = store.value.word_select(k, _BYTE)
            with m.If(plastic):
                m.d.comb += byte.eq(Cat(old[:_PLASTIC_BIT], bits[k]))
            with m.Elif(of_weights):
                m.d.comb += byte[_PLASTIC_BIT].eq(old[_PLASTIC_BIT])
