"""A stream with registers in it, forwards and backwards."""

from amaranth import Module, Mux, Signal
from amaranth.hdl import ShapeLike
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out


class Relay(wiring.Component):
    """Passes payloads on, one a clock, with no logic from one side to the other. Latency 1 clock.

    Members
    -------
    source : In(stream), target : Out(stream)
    empty : Out(1)
        All that was taken has been passed on.
    """

    def __init__(self, shape: ShapeLike) -> None:
        self._shape = shape
        super().__init__(
            {
                "source": In(stream.Signature(shape)),
                "target": Out(stream.Signature(shape)),
                "empty": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        source, target = self.source, self.target
        spare = Signal(self._shape, reset_less=True)  # what came when the target had just stopped
        spared = Signal()
        m.d.comb += [source.ready.eq(~spared), self.empty.eq(~target.valid)]
        with m.If(target.ready | ~target.valid):
            m.d.sync += [
                target.valid.eq(source.valid | spared),
                target.p.eq(Mux(spared, spare, source.p)),
                spared.eq(0),
            ]
        with m.Elif(source.valid & source.ready):
            m.d.sync += [spare.eq(source.p), spared.eq(1)]
        return m
