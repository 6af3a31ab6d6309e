"""The traces of plasticity: where they are kept, and what a spike does to them."""

from amaranth import Cat, Module, Mux, Signal, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DECAY_BITS, TraceKind

from ..fabric.arith import clamp_unsigned
from ..fabric.block_memory import BlockMemory
from ..fabric.pipeline import DelayLine
from ..map.register_file import Learning
from ..map.sizes import Sizes, bits_for
from .multiplier import product_shape


class TraceAddress(data.StructLayout):
    """A block of `lanes` traces: of axons (x), or of neurons (y) if `post`."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"block": bits_for(sizes.column_blocks), "post": 1})


class Traces(wiring.Component):
    """The pre traces x of the axons and the post traces y of the neurons, `lanes` of them a clock.

    A spike of kind ACCUMULATE makes z to `min(z + increment, 2**trace_bits - 1)`, of kind NEAREST to
    `increment`, of kind WINDOW to `window`. Fading makes z to `z + round(loss / 2**DECAY_BITS)`, halves
    upwards, but a loss above 0 is 1 at least. One memory holds both, with two read ports, so that a row can
    read y while its own x takes its increment.

    Members
    -------
    learning : In(Learning)
    walk : In(TraceAddress)
    values : Out
        The block at `walk`, two clocks later.
    spike : In(TraceAddress), lane : In
        Which trace a spike touches, or the host.
    value : Out
        That trace, two clocks later.
    touch : In(1)
        The trace takes its increment, or `data` if `replace`.
    replace, data : In
        Constant until the write is done.
    fade : In(1)
        The block at `walk` fades.
    losses : In
        Of `walk` four clocks before: z times (the decay factor less 1), times 2**DECAY_BITS.

    A trace is as `touch` or `fade` left it from the fifth clock after. Only one of them at a time; different
    traces may be touched in successive clocks.
    """

    TURNAROUND = 5

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        trace = unsigned(sizes.config.trace_bits)
        values = data.ArrayLayout(trace, sizes.config.lanes)
        super().__init__(
            {
                "learning": In(Learning(sizes.config)),
                "walk": In(TraceAddress(sizes)),
                "values": Out(values),
                "spike": In(TraceAddress(sizes)),
                "lane": In(sizes.lane_bits),
                "value": Out(trace),
                "touch": In(1),
                "replace": In(1),
                "data": In(trace),
                "fade": In(1),
                "losses": In(data.ArrayLayout(product_shape(sizes), sizes.config.lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        sizes, config = self.sizes, self.sizes.config
        m.submodules.memory = memory = BlockMemory(
            self.values.shape(),
            (1 << bits_for(sizes.column_blocks)) + sizes.row_blocks,
            read_ports=2,
            split=True,
        )
        m.d.comb += [memory.addresses[0].eq(self.walk), memory.addresses[1].eq(self.spike)]
        m.d.sync += self.values.eq(memory.values[0])

        address = DelayLine(m, Mux(self.fade, self.walk.as_value(), self.spike.as_value()))
        lane = DelayLine(m, self.lane)
        touch = DelayLine(m, self.touch, resettable=True)
        fade = DelayLine(m, self.fade, resettable=True)
        m.d.sync += self.value.eq(memory.values[1][lane[1]])
        touched = self._touched(m, DelayLine(m, self.spike.post), fade)
        enables = Signal(config.lanes)
        m.d.comb += memory.write_address.eq(address[4])
        m.d.sync += enables.eq(Mux(fade[3], ~0, touch[3] << lane[3]))
        m.d.comb += memory.enable.eq(enables)
        for k in range(config.lanes):
            # One adder serves both: where nothing fades it adds `touched` to 0, and where nothing is
            # touched that is 0.
            z, late = self.values[k], Signal(config.trace_bits, reset_less=True, name=f"late_{k}")
            rest = Signal(config.trace_bits, reset_less=True, name=f"rest_{k}")
            m.d.sync += [late.eq(z), rest.eq(Mux(fade[3], late, 0))]
            loss = self.losses[k]
            whole = loss[DECAY_BITS : DECAY_BITS + config.trace_bits]
            half = loss[DECAY_BITS - 1] & ~loss[DECAY_BITS:].all() & fade[4]
            change = (whole & fade[4].replicate(config.trace_bits)) | touched
            m.d.comb += memory.write_value[k].eq((Cat(0, rest) - Cat(~half, ~change)) >> 1)
        return m

    def _touched(self, m: Module, post: DelayLine, fade: DelayLine) -> Signal:
        """What the spike in clock 0 makes of its trace, in clock 4; 0 if that fades."""
        bits = self.sizes.config.trace_bits
        rule = self.learning
        kind = Mux(post[1], rule.y_kind, rule.x_kind)
        window = Mux(post[1], rule.y_window, rule.x_window)
        increment = Mux(post[1], rule.y_increment, rule.x_increment)
        fading = fade[1]
        adds = Signal(reset_less=True)
        amount = Signal(bits, reset_less=True)
        total = Signal(bits + 1, reset_less=True)
        touched = Signal(bits, reset_less=True)
        m.d.sync += [
            adds.eq((kind == TraceKind.ACCUMULATE) & ~self.replace & ~fading),
            amount.eq(Mux(self.replace, self.data, Mux(kind == TraceKind.WINDOW, window, increment))),
            total.eq(Mux(adds, self.value, 0) + amount),
            touched.eq(clamp_unsigned(total, bits)),
        ]
        with m.If(fading):
            m.d.sync += amount.eq(0)
        return touched
