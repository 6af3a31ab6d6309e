"""Poisson spikes of the inputs: one draw for each, ascending."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import SEED_POISSON

from ..fabric.xorshift import XORSHIFT32
from ..map.sizes import Sizes


class Poisson(wiring.Component):
    """For each input m ascending: z = xorshift32(z), and m spikes if (z >> 16) < rate_m.

    Spikes come in words of `width` inputs, one draw a clock; drawing pauses while a word waits.

    Parameters
    ----------
    width : int
        Inputs of a word, a power of two.

    Members
    -------
    start : In(1)
        Draw for a step.
    address : Out, enable : Out(1), rate : In(16)
        The rates' memory: `rate` is that of `address` two clocks of `enable` later.
    spikes : Out(stream of `width` bits)
        The words of the step, ascending; bits past the last input are 0. The first comes `width` + 3 clocks
        after `start`, or M + 3.
    drawn : Out(1)
        A draw gave a spike in this clock.
    restart : In(1), seed : In(32)
        Start the generator from `seed ^ SEED_POISSON`.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        self._sizes, self._width = sizes, width
        super().__init__(
            {
                "start": In(1),
                "address": Out(sizes.input_bits),
                "enable": Out(1),
                "rate": In(16),
                "spikes": Out(stream.Signature(width)),
                "drawn": Out(1),
                "restart": In(1),
                "seed": In(32),
            }
        )

    def elaborate(self, platform):
        m = Module()
        inputs = self._sizes.config.inputs
        m.submodules.generator = generator = XORSHIFT32.create()
        m.d.comb += [generator.seed.eq(self.seed ^ SEED_POISSON), generator.restart.eq(self.restart)]

        # Stages: address, memory, its register, comparison. All stand still while a word waits.
        drawing = Signal()
        stages = [Signal(self._sizes.input_bits, name=f"input_{k}") for k in range(4)]
        valid = [drawing, *(Signal(name=f"valid_{k}") for k in range(1, 4))]
        hit = Signal()
        word = Signal(self._width)
        last = valid[3] & ((stages[3] % self._width == self._width - 1) | (stages[3] == inputs - 1))

        m.d.comb += [
            self.enable.eq(~self.spikes.valid | self.spikes.ready),
            self.address.eq(stages[0]),
            generator.advance.eq(self.enable & valid[2]),
            self.drawn.eq(self.enable & valid[3] & hit),
            self.spikes.p.eq(word),
        ]
        with m.If(self.spikes.ready):
            m.d.sync += [self.spikes.valid.eq(0), word.eq(0)]
        with m.If(self.enable):
            for k in range(1, 4):
                m.d.sync += [valid[k].eq(valid[k - 1]), stages[k].eq(stages[k - 1])]
            m.d.sync += hit.eq(generator.value[16:] < self.rate)
            m.d.sync += self.spikes.valid.eq(last)
            kept = Mux(self.spikes.valid, 0, word)
            with m.If(valid[3]):
                m.d.sync += word.eq(kept | (hit << (stages[3] % self._width)))
            with m.If(drawing):
                m.d.sync += stages[0].eq(stages[0] + 1)
                with m.If(stages[0] == inputs - 1):
                    m.d.sync += [stages[0].eq(0), drawing.eq(0)]
        with m.If(self.start):
            m.d.sync += drawing.eq(1)
        return m
