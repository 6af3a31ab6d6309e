"""Learning of a compact core: traces, and one synapse a clock."""

from amaranth import Cat, Module, Mux, Signal, Value, signed, unsigned
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import (
    DECAY_BITS,
    DITHER_BITS,
    DITHER_STRIDE,
    SEED_LEARNING,
    LearnFlag,
    TraceKind,
)

from ..fabric.arith import clamp_unsigned
from ..fabric.block_memory import BlockMemory
from ..fabric.change import SCALES, STEP, Change
from ..fabric.decay import FACTOR_BITS
from ..fabric.holds import holds
from ..fabric.xorshift import XORSHIFT32
from ..map.register_file import Learning
from ..map.sizes import Sizes


class Learner(wiring.Component):
    """Traces x and y, and what they do to weights: see `wide.walker.Walker`, for one synapse at a time.

    A synapse of a walk passes in three clocks: its trace is read in clock 0 and multiplied in clock 1; in
    clock 2 the product is dithered and rounded, and in clock 3 added to the weight. A trace that fades is
    read in clock 0 and written in clock 2.

    Members
    -------
    learning : In(Learning)
    seed : In(32), restart : In(1)
        Start the dither again.
    walk : In(1)
        A walk that learns begins: draw. Its element 0 is in clock 2 two clocks later at the earliest.
    column : In(1)
        It is one of a column: it potentiates.
    rounds : In(1)
        An element is in clock 2.
    weight : In(8)
        The byte of the synapse, in clock 3.
    changed : Out(8)
        The same byte after it. No latency.
    index : In, post : In(1)
        Of a trace: x of an axon, or y of a neuron. Read in every clock.
    value : Out(trace_bits)
        The trace, a clock later.
    at, at_post : In
        The trace that is written at the end of the clock if one of the following is high.
    touch : In(1)
        The trace in `value` takes its increment.
    fading : In(1), fade : In(1)
        The walk is one of fading; the trace in clock 2 fades.
    put : In(1), data : In(trace_bits)
        It is `data`.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        config = sizes.config
        # Of a factor 16 bits are left, which one multiplier takes.
        self._change = Change(config.weight_bits, point=STEP - 1)
        trace = unsigned(config.trace_bits)
        super().__init__(
            {
                "learning": In(Learning(config)),
                "seed": In(32),
                "restart": In(1),
                "walk": In(1),
                "column": In(1),
                "rounds": In(1),
                "weight": In(8),
                "changed": Out(8),
                "index": In(sizes.axon_bits),
                "post": In(1),
                "value": Out(trace),
                "at": In(sizes.axon_bits),
                "at_post": In(1),
                "touch": In(1),
                "fading": In(1),
                "fade": In(1),
                "put": In(1),
                "data": In(trace),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._sizes.config
        m.submodules.memory = memory = BlockMemory(
            unsigned(config.trace_bits), (1 << self._sizes.axon_bits) + config.neurons
        )
        post = Signal()
        m.d.sync += post.eq(self.post)
        product = Signal(signed(config.trace_bits + 1 + FACTOR_BITS), reset_less=True)
        m.d.comb += [
            memory.addresses[0].eq(Cat(self.index, self.post)),
            self.value.eq(memory.values[0]),
            memory.write_address.eq(Cat(self.at, self.at_post)),
            memory.enable.eq(self.touch | self.fade | self.put),
        ]
        factor, scale = self._factor(m, post)
        m.d.sync += product.eq(self._contribution(post) * factor)
        m.d.comb += memory.write_value.eq(self._trace(m, post, product))
        self._weight(m, product, scale)
        holds(m, platform, one_trace_at_a_time=self.touch + self.fade + self.put <= 1)
        return m

    def _contribution(self, post: Value) -> Value:
        """Of the trace in clock 1: `e(z) - target`."""
        rule = self.learning
        bits = self._sizes.config.trace_bits
        windowed = Mux(post, rule.y_kind, rule.x_kind) == TraceKind.WINDOW
        # A window fades by one where it is open: the contribution of 1, times the least loss.
        height = Mux(self.fading, 1, Mux(post, rule.y_increment, rule.x_increment))
        target = rule.x_target & self.column.replicate(bits)
        # What is known in a walk is subtracted apart from the trace, which comes late.
        of_window = Mux(self.value.any(), height - target, -target)
        return Mux(windowed, of_window, self.value - target)

    def _factor(self, m: Module, post: Value) -> tuple[Value, Value]:
        """What contributions are multiplied by, and how far products are shifted, both constant in a walk."""
        rule = self.learning
        decay = Mux(post, rule.y_decay, rule.x_decay)
        windowed = Mux(post, rule.y_kind, rule.x_kind) == TraceKind.WINDOW
        loss = Signal(signed(FACTOR_BITS))
        with m.If(windowed):
            m.d.comb += loss.eq(-1)
        with m.Elif(~decay[DECAY_BITS]):
            m.d.comb += loss.eq(Cat(decay[:DECAY_BITS], 1).as_signed())

        negative = Mux(self.column, LearnFlag.PLUS_NEGATIVE, LearnFlag.MINUS_NEGATIVE) & rule.flags
        shift = Mux(self.column, rule.plus_shift, rule.minus_shift)
        gain = Signal(signed(len(rule.gain) + 1))
        m.d.comb += gain.eq(Mux(negative.any(), -rule.gain, rule.gain))
        scaled, scale = self._change.scaled(gain, shift)
        factor = Signal(signed(FACTOR_BITS))
        with m.If(self.fading):
            m.d.comb += factor.eq(loss)
        with m.Elif(scale < SCALES):
            m.d.comb += factor.eq(scaled)
        return factor, scale

    def _trace(self, m: Module, post: Value, product: Value) -> Value:
        """What is written: the trace in clock 2 faded, that in clock 1 touched, or the host's."""
        rule = self.learning
        bits = self._sizes.config.trace_bits
        late = Signal(bits, reset_less=True)
        m.d.sync += late.eq(self.value)
        kind = Mux(post, rule.y_kind, rule.x_kind)
        step = Mux(
            kind == TraceKind.WINDOW,
            Mux(post, rule.y_window, rule.x_window),
            Mux(post, rule.y_increment, rule.x_increment),
        )
        # The product is the loss; one that is not 0 is 1 at least.
        loss = product >> DECAY_BITS
        half = product[DECAY_BITS - 1] & ~loss.all() & self.fade
        before = Mux(self.fade, late, Mux(kind == TraceKind.ACCUMULATE, self.value, 0))
        change = Mux(self.fade, loss[:bits], step)
        # before + change + half, the last as a carry; a sum that fades wraps as it should.
        total = ((Cat(1, before) + Cat(half, change)) >> 1)[: bits + 1]
        raised = Mux(self.fade, total[:bits], clamp_unsigned(total, bits))
        return Mux(self.put, self.data, raised)

    def _weight(self, m: Module, product: Value, scale: Value) -> None:
        """Clocks 2 and 3: R and the new weight, as `Change` and `wide.plasticity.NewWeights` have them."""
        config = self._sizes.config
        rule = self.learning
        m.submodules.generator = generator = XORSHIFT32.create()
        nearest = (rule.flags & LearnFlag.NEAREST_ROUNDING).any()
        draw = Signal(DITHER_BITS, reset_less=True)
        m.d.comb += [
            generator.seed.eq(self.seed ^ SEED_LEARNING),
            generator.restart.eq(self.restart),
            generator.advance.eq(self.walk & ~nearest),
        ]
        with m.If(self.walk):
            m.d.sync += draw.eq(generator.value[-DITHER_BITS:])
        with m.Elif(self.rounds):
            m.d.sync += draw.eq(draw + DITHER_STRIDE)
        dither = Mux(nearest, 1 << DITHER_BITS - 1, draw)

        shifted, beyond = self._change.aligned(m, product, scale)
        rounded, changes_now = self._change.rounded(Cat(1, dither) + shifted, beyond, product[-1])
        units = Signal(signed(self._change.bound.bit_length() + 1), reset_less=True)
        changes = Signal(reset_less=True)
        borrow = Signal(reset_less=True)
        subtracts = ~self.column
        m.d.sync += [
            units.eq(rounded[: len(units)] ^ subtracts.replicate(len(units))),
            changes.eq(changes_now),
            borrow.eq(subtracts),
        ]
        weight = self.weight[: config.weight_bits].as_signed()
        w_min = Mux(rule.w_min > rule.w_max, rule.w_max, rule.w_min)  # the upper bound wins
        wide = Signal(signed(max(config.weight_bits, len(units)) + 1))
        m.d.comb += wide.eq((Cat(1, weight).as_signed() + Cat(borrow, units).as_signed()) >> 1)
        m.d.comb += self.changed.eq(self.weight)
        with m.If(changes):
            m.d.comb += self.changed[: config.weight_bits].eq(
                Mux(wide > rule.w_max, rule.w_max, Mux(wide < w_min, w_min, wide))
            )
