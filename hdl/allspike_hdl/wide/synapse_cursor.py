"""Which synapse a byte of the weights, or a bit of the plastic bits, belongs to."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..map.regions import OFFSET_BITS
from ..map.sizes import Sizes, bits_for

_BYTE = 8


class SynapseCursor(wiring.Component):
    """(axon, neuron) of byte p: p div L and p mod L, L bytes a row; and of those that follow it.

    A row of weights has N bytes, one of plastic bits ceil(N / 8); its last bits may be of no neuron. Seeking
    divides, a bit a clock, unless L is a power of two or the cursor has just come to that byte by itself.

    Members
    -------
    seek : In(1), plastic : In(1), offset : In
        Go to the byte at `offset`; `plastic` (which must stay) tells of which region.
    ready : Out(1)
        It is there: from 1 to `OFFSET_BITS` + 3 clocks after `seek`.
    next : In(1)
        Go on: to the next weight, or the next plastic bit.
    axon : Out, neuron : Out
    inside : Out(1)
        There is such a synapse.
    ends_block : Out(1)
        The next synapse is in another block of `lanes` neurons.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        # Rows and columns are counted as far as the last byte of a whole word goes.
        self._axon_bits = bits_for(sizes.config.axons + 4 * _BYTE)
        super().__init__(
            {
                "seek": In(1),
                "plastic": In(1),
                "offset": In(OFFSET_BITS),
                "ready": Out(1),
                "next": In(1),
                "axon": Out(sizes.axon_bits),
                "neuron": Out(sizes.neuron_bits),
                "inside": Out(1),
                "ends_block": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        neurons, axons = self._sizes.config.neurons, self._sizes.config.axons
        plastic_bytes = -(-neurons // _BYTE)

        axon = Signal(self._axon_bits)
        neuron = Signal(bits_for(plastic_bytes * _BYTE))
        here = Signal(OFFSET_BITS)  # the byte that the cursor is in, at first that of synapse (0, 0)
        region = Signal()
        at_bit = Signal(range(_BYTE))
        m.d.comb += [
            self.axon.eq(axon),
            self.neuron.eq(neuron),
            self.inside.eq((axon < axons) & (neuron < neurons)),
        ]

        row_ends = neuron == Mux(region, plastic_bytes * _BYTE - 1, neurons - 1)
        m.d.comb += self.ends_block.eq(row_ends | neuron[: self._sizes.lane_bits].all())
        with m.If(self.next):
            m.d.sync += neuron.eq(Mux(row_ends, 0, neuron + 1))
            m.d.sync += axon.eq(axon + row_ends)
            m.d.sync += at_bit.eq(at_bit + region)
            m.d.sync += here.eq(here + (~region | (at_bit == _BYTE - 1)))

        def placed(row, byte) -> list:
            """The cursor is in byte `byte` of row `row`."""
            return [
                axon.eq(row),
                neuron.eq(Mux(self.plastic, byte * _BYTE, byte)),
                here.eq(self.offset),
                region.eq(self.plastic),
                at_bit.eq(0),
            ]

        arrived = (here == self.offset) & (region == self.plastic) & (at_bit == 0)
        if neurons & (neurons - 1) == 0:
            with m.If(self.seek):
                m.d.sync += self.ready.eq(1)
                shift, plastic_shift = neurons.bit_length() - 1, plastic_bytes.bit_length() - 1
                with m.If(~self.plastic):
                    m.d.sync += placed(self.offset[shift:], self.offset[:shift])
                with m.Else():
                    m.d.sync += placed(self.offset[plastic_shift:], self.offset[:plastic_shift])
            return m

        rest = Signal(bits_for(neurons) + 1)
        quotient = Signal(OFFSET_BITS)  # behind it, what is still to be divided
        left = Signal(range(OFFSET_BITS + 1))
        trial = Cat(quotient[-1], rest[:-1])
        row_bytes = Mux(self.plastic, plastic_bytes, neurons)
        fits = trial >= row_bytes
        with m.FSM():
            with m.State("IDLE"):
                with m.If(self.seek):
                    m.d.sync += self.ready.eq(arrived)
                    m.d.sync += [quotient.eq(self.offset), rest.eq(0), left.eq(OFFSET_BITS - 1)]
                    with m.If(~arrived):
                        m.next = "DIVIDE"
            with m.State("DIVIDE"):
                m.d.sync += [
                    rest.eq(Mux(fits, trial - row_bytes, trial)),
                    quotient.eq(Cat(fits, quotient)),
                    left.eq(left - 1),
                ]
                with m.If(left == 0):
                    m.next = "PLACE"
            with m.State("PLACE"):
                m.d.sync += placed(quotient, rest)
                m.d.sync += self.ready.eq(1)
                m.next = "IDLE"
        return m
