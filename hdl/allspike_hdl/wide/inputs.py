"""The inputs: which of them spike in this step, by events or by draws, and what the host set for each."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import InputFlag

from ..machine.ring_port import HalfPort
from ..map.rings import STEP_LOW_BITS
from ..map.sizes import Sizes, bits_for
from .interfaces import Listing
from .poisson import Poisson

WIDTH = 16
"""Inputs whose spikes are looked through in one clock."""
_BIT_BITS = bits_for(WIDTH)
_PLASTIC_OUT_BIT = int(InputFlag.PLASTIC_OUT).bit_length() - 1


class Inputs(wiring.Component):
    """Collects the set of inputs that spike, then lists it ascending.

    A bit an input, in words of `WIDTH`: events set bits, `start` lists and clears them, joined with the words
    of the Poisson draws where they are on. A word without a bit takes one clock, one with n takes n + 1.

    Members
    -------
    port : In(HalfPort), flipped
        The host's access: word 2m is the rate of input m, 2m + 1 its flags. Only while nothing is listed.
    event : In(stream of 15 bits), never waits
        This input spikes in the next listing; ignored if there is none of that number. Not during one.
    listing : In(Listing)
        Without draws the first word of bits is looked at two clocks after `start`.
    poisson : In(1)
        List with draws; stays while it is listed.
    drawn : Out(1)
        A draw gave a spike in this clock.
    restart : In(1), seed : In(32)
        Nothing spiked, and the generator starts again. A clock for each word.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(
            {
                "port": In(HalfPort(sizes.input_bits + 1)),
                "event": In(stream.Signature(STEP_LOW_BITS, always_ready=True)),
                "listing": In(Listing(sizes)),
                "poisson": In(1),
                "drawn": Out(1),
                "restart": In(1),
                "seed": In(32),
            }
        )

    def elaborate(self, platform):
        m = Module()
        if self._sizes.config.inputs == 0:
            return m
        inputs, bits = self._sizes.config.inputs, self._sizes.input_bits
        words = -(-inputs // WIDTH)
        place_bits = bits_for(words)

        def split(index) -> tuple:
            """Word and bit of an input."""
            padded = Cat(index, *([0] * max(0, _BIT_BITS + 1 - len(index))))
            return padded[_BIT_BITS:][:place_bits], padded[:_BIT_BITS]

        depth = max(2, words)
        m.submodules.spiked = spiked = Memory(shape=WIDTH, depth=depth, init=[])
        m.submodules.flags = flags = Memory(shape=WIDTH, depth=depth, init=[])
        read, mark = spiked.read_port(), spiked.write_port(granularity=1)
        read_flags, set_flags = flags.read_port(), flags.write_port(granularity=1)

        # The listing: `place` is read ahead, `word` is what is left of the word before.
        listing = Signal()
        fetched = Signal()  # the memory shows `place`
        place = Signal(place_bits)
        base = Signal(place_bits)  # the place of `word`
        word = Signal(WIDTH)
        learns = Signal(WIDTH)
        draws = Signal(WIDTH)
        draws_ready = Signal(init=1)
        load = Signal()
        arriving = self.listing.arriving
        free = ~arriving.valid | arriving.ready
        first = Signal(WIDTH)
        m.d.comb += [
            load.eq(fetched & (word == 0) & draws_ready),
            first.eq(word & (~word + 1)),
            self.listing.busy.eq(listing | word.any() | arriving.valid),
        ]
        with m.If(arriving.ready):
            m.d.sync += arriving.valid.eq(0)
        with m.If(word.any() & free):
            m.d.sync += [
                arriving.valid.eq(1),
                arriving.p.input.eq(Cat(_encoded(first), base)),
                arriving.p.plastic_out.eq((learns & first).any()),
                word.eq(word & ~first),
            ]
        with m.If(self.listing.start):
            m.d.sync += [listing.eq(1), place.eq(0)]
        with m.Elif(listing):
            m.d.sync += fetched.eq(1)
        with m.If(load):
            m.d.sync += [word.eq(read.data | draws), learns.eq(read_flags.data), base.eq(place)]
            m.d.sync += place.eq(place + 1)
            with m.If(place == words - 1):
                m.d.sync += [place.eq(0), listing.eq(0), fetched.eq(0)]

        clearing = Signal(init=1)
        with m.If(clearing):
            m.d.comb += self.listing.busy.eq(1)
            m.d.sync += place.eq(place + 1)
            with m.If(place == words - 1):
                m.d.sync += [place.eq(0), clearing.eq(0)]
        with m.If(self.restart):
            m.d.sync += [clearing.eq(1), place.eq(0)]

        event_place, event_bit = split(self.event.p)
        named = self.event.valid & (self.event.p < inputs)
        port_input = self.port.address[1:]
        port_place, port_bit = split(port_input[:bits])
        is_flags = self.port.address[0]
        m.d.comb += [
            read.addr.eq(Mux(load, place + 1, place)),
            mark.addr.eq(Mux(load | clearing, place, event_place)),
            mark.data.eq(Mux(load | clearing, 0, -1)),
            mark.en.eq(Mux(load | clearing, -1, named << event_bit)),
            read_flags.addr.eq(Mux(listing, read.addr, port_place)),
            set_flags.addr.eq(port_place),
            set_flags.data.eq(self.port.data[_PLASTIC_OUT_BIT].replicate(WIDTH)),
            set_flags.en.eq((self.port.enable & self.port.write & is_flags) << port_bit),
        ]

        asked = Signal()
        value = Signal(16)
        m.d.sync += asked.eq(self.port.enable & ~self.port.write)
        with m.If(asked):
            m.d.sync += self.port.value.eq(value)
        with m.If(is_flags):
            m.d.comb += value[_PLASTIC_OUT_BIT].eq(read_flags.data.bit_select(port_bit, 1))

        if self._sizes.config.poisson:
            m.submodules.rates = rates = Memory(shape=16, depth=max(2, inputs), init=[])
            m.submodules.poisson = poisson = Poisson(self._sizes, WIDTH)
            read_rate, set_rate = rates.read_port(), rates.write_port()
            m.d.comb += [
                set_rate.addr.eq(port_input),
                set_rate.data.eq(self.port.data),
                set_rate.en.eq(self.port.enable & self.port.write & ~is_flags),
                read_rate.addr.eq(Mux(listing, poisson.address, port_input)),
                read_rate.en.eq(poisson.enable | ~listing),
                poisson.start.eq(self.listing.start & self.poisson),
                poisson.restart.eq(self.restart),
                poisson.seed.eq(self.seed),
                poisson.spikes.ready.eq(load),
                draws.eq(Mux(self.poisson, poisson.spikes.p, 0)),
                draws_ready.eq(~self.poisson | poisson.spikes.valid),
                self.drawn.eq(poisson.drawn),
            ]
            rate = Signal(16)
            with m.If(poisson.enable):
                m.d.sync += rate.eq(read_rate.data)
            m.d.comb += poisson.rate.eq(rate)
            with m.If(~is_flags):
                m.d.comb += value.eq(read_rate.data)
        return m


def _encoded(one_hot) -> Cat:
    """The place of the only set bit."""
    return Cat(
        Cat(bit for k, bit in enumerate(one_hot) if k >> n & 1).any() for n in range(bits_for(len(one_hot)))
    )
