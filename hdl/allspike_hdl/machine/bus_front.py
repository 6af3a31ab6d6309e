"""The bus of a machine: words of registers and rings are answered here, those of memories by the datapath."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import enum, stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm
from allspike.map.config import Config

from ..fabric.holds import holds, stands
from ..map.regions import REGION_BITS, WORD, top
from ..map.register_file import Block, RegisterRequest
from ..map.sizes import bits_for
from .bus import BusSignature
from .datapath import NIBBLES, Access, Turn
from .ring_port import PORT_LATENCY, HalfPort

_MEMORIES = (dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.TRACES, dm.WEIGHTS, dm.PLASTIC)
_HALF = 16
_BYTE = 8
_NIBBLE = 4
_LOW = 0x0F
"""Nibbles of the lower half of a word."""


class Place(enum.Enum, shape=3):
    """What holds a word."""

    NOWHERE = 0
    REGISTERS = 1
    EVENTS = 2
    SPIKES = 3
    MEMORY = 4


class BusFront(wiring.Component):
    """Answers requests for words of the memory map, one after the other.

    Words of registers and rings are answered at once. For the memories, for counters and for writes to the
    learning rule it waits until the datapath stands still: walks may be under way when a step has ended,
    which still need their rule, and still count. A word of a ring is two halves, which are read first, also
    for a write, and put together with the bytes that it takes: each in the lower half of the word, which
    turns by a byte after it was stored, and by another while the next is read. An address that the map has
    not is the master's to refuse; here the reply is the data that came with it.

    Members
    -------
    bus : In(BusSignature)
        4 clocks and what the registers take, 12 for a word of a ring, 6 and what the datapath takes for one
        of a memory, and until the datapath stands still. The request is taken when it is done.
    registers : Out(stream of RegisterRequest), answer : In(stream of 32 bits)
    events : Out(HalfPort), spikes : Out(HalfPort)
    access : Out(Access)
        Valid while held only.
    hold : Out(1), held : In(1)
        The datapath is to stand still, and does.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(
            {
                "bus": In(BusSignature()),
                "registers": Out(stream.Signature(RegisterRequest())),
                "answer": In(stream.Signature(8 * WORD)),
                "events": Out(HalfPort(bits_for(config.event_ring // dm.RING_WORD))),
                "spikes": Out(HalfPort(bits_for(config.spike_ring // dm.RING_WORD))),
                "access": Out(Access()),
                "hold": Out(1),
                "held": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        bus, access = self.bus, self.access
        # The request stays until it is taken, which is when it is done.
        asked = bus.request.p
        region, word = asked.address[-REGION_BITS:], asked.address[:-REGION_BITS]
        place = Signal(Place)
        waits = Signal()  # for the datapath to stand still
        value = Signal(8 * WORD)
        given = Signal(WORD)  # bytes of it that the host writes
        self._decode(m, region, asked.write, place, waits)
        m.d.comb += [
            bus.reply.p.eq(value),
            self.registers.p.block.eq(region),
            self.registers.p.word.eq(word),
            self.registers.p.write.eq(asked.write),
            self.registers.p.mask.eq(asked.mask),
            self.registers.p.data.eq(value),
            self.registers.p.more.eq(asked.more),
            access.request.p.region.eq(region),
            access.request.p.word.eq(word),
            access.request.p.write.eq(asked.write),
            access.request.p.mask.eq(given),
            access.request.p.data.eq(value),
        ]

        second = Signal()  # half of a word of a ring
        reading, storing = Signal(), Signal()
        half = self._half(m, place, Cat(second, word), value[:_HALF], reading, storing)
        lower = Mux(place == Place.REGISTERS, self.answer.p[:_HALF], half)
        found = Mux(place == Place.MEMORY, access.found, Cat(lower, self.answer.p[_HALF:]))
        takes = Signal(NIBBLES)
        for k in range(NIBBLES):
            part = slice(_NIBBLE * k, _NIBBLE * (k + 1))
            with m.If(takes[k] & ~given[k // 2]):
                m.d.sync += value[part].eq(found[part])

        turns = Signal(Turn())
        lowest = Mux(turns.bit, value[:_BYTE].rotate_right(1), value[:_BYTE])
        with m.If(turns.byte):
            m.d.sync += [value.eq(Cat(value[_BYTE:], lowest)), given.eq(given.rotate_right(1))]
        with m.Elif(turns.bit):
            m.d.sync += value[:_BYTE].eq(lowest)

        wait = Signal(range(PORT_LATENCY))
        m.d.sync += wait.eq(0)
        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [value.eq(asked.data), second.eq(0)]
                m.d.sync += given.eq(asked.mask & asked.write.replicate(WORD))
                with m.If(bus.request.valid):
                    m.next = "DECODE"
            with m.State("DECODE"):
                m.d.sync += self.hold.eq(waits)
                with m.If(~waits | (self.hold & self.held)):
                    with m.Switch(place):
                        with m.Case(Place.NOWHERE):
                            m.next = "DONE"
                        with m.Case(Place.REGISTERS):
                            m.next = "REGISTERS"
                        with m.Case(Place.MEMORY):
                            m.d.sync += access.request.valid.eq(1)
                            m.next = "MEMORY"
                        with m.Default():
                            m.next = "RING"
            with m.State("REGISTERS"):
                m.d.comb += [self.registers.valid.eq(1), self.answer.ready.eq(1)]
                with m.If(self.answer.valid):
                    m.d.comb += takes.eq(-1)
                    m.next = "DONE"
            with m.State("MEMORY"):
                m.d.comb += [takes.eq(access.takes), turns.eq(access.turns)]
                with m.If(access.request.ready):
                    m.d.sync += access.request.valid.eq(0)
                    m.next = "DONE"
            with m.State("RING"):
                m.d.comb += [reading.eq(1), turns.byte.eq(second)]
                m.d.sync += wait.eq(PORT_LATENCY - 1)
                m.next = "RING FOUND"
            with m.State("RING FOUND"):
                with m.If(wait == 0):
                    m.d.comb += takes.eq(_LOW)
                    m.next = "RING STORE"
            with m.State("RING STORE"):
                m.d.comb += [storing.eq(asked.write), turns.byte.eq(1)]
                m.d.sync += second.eq(1)
                m.next = "RING"
                with m.If(second):
                    m.next = "DONE"
            with m.State("DONE"):
                m.d.comb += [bus.request.ready.eq(1), turns.byte.eq(second)]
                m.d.sync += self.hold.eq(0)
                m.next = "REPLY"
            with m.State("REPLY"):
                m.d.comb += bus.reply.valid.eq(1)
                with m.If(bus.reply.ready):
                    m.next = "IDLE"
        stands(m, platform, bus.request, "request")
        stands(m, platform, bus.reply, "reply")
        holds(m, platform, access_while_held=~access.request.valid | (self.hold & self.held))
        return m

    def _decode(self, m: Module, region: Value, write: Value, place: Signal, waits: Signal) -> None:
        """What a word is of; known from the clock after the request came."""
        m.d.sync += [place.eq(Place.NOWHERE), waits.eq(0)]
        with m.Switch(region):
            for block in Block:
                with m.Case(block.value):
                    m.d.sync += place.eq(Place.REGISTERS)
                    if block is Block.LEARNING:
                        m.d.sync += waits.eq(write)
                    elif block is Block.COUNTERS:
                        m.d.sync += waits.eq(1)
            with m.Case(*map(top, _MEMORIES)):
                m.d.sync += [place.eq(Place.MEMORY), waits.eq(1)]
            with m.Case(top(dm.EVENT_RING)):
                m.d.sync += place.eq(Place.EVENTS)
            with m.Case(top(dm.SPIKE_RING)):
                m.d.sync += place.eq(Place.SPIKES)

    def _half(
        self, m: Module, place: Signal, number: Value, data: Value, reading: Signal, storing: Signal
    ) -> Value:
        """Ask the ring for a half, and find what it says."""
        for chosen, port in ((Place.EVENTS, self.events), (Place.SPIKES, self.spikes)):
            m.d.comb += [
                port.address.eq(number),
                port.data.eq(data),
                port.enable.eq((place == chosen) & (reading | storing)),
                port.write.eq(storing),
            ]
        return Mux(place == Place.EVENTS, self.events.value, self.spikes.value)
