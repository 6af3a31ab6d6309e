"""What all lanes have in common when they multiply: the learning rule, scaled for the kind of walk."""

from amaranth import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DECAY_BITS, LearnFlag, TraceKind

from ..fabric.change import SCALES, Change
from ..fabric.pipeline import DelayLine
from ..map.register_file import Learning
from ..map.sizes import Sizes
from .interfaces import WalkKind

FACTOR_SHAPE = signed(DECAY_BITS + 2)
"""Holds plus and minus the greatest gain scaled by 2**STEP, and the loss of a trace that goes to 0."""


class Contribution(data.StructLayout):
    """How a trace z becomes an operand: `e(z) - target`, e(z) = (z > 0) * increment if `windowed`, else z."""

    def __init__(self, sizes: Sizes) -> None:
        trace = sizes.config.trace_bits
        super().__init__({"windowed": 1, "increment": trace, "target": trace})


class Operands(wiring.Component):
    """The operands of a block of a walk that are the same for all its lanes.

    - ROW: e(y) times the gain, COLUMN: e(x) - x_target times the gain, for a change of synapses;
    - FADE: z times the decay factor less 1, which is what z loses, times 2**DECAY_BITS.

    The gain is scaled, and the product with it: see `Change`.

    Members
    -------
    learning : In(Learning)
    kind, post, clear : In
        Of the slot.
    contribution : Out(Contribution)
        Two clocks later.
    factor : Out
        Three clocks later. With `clear`, a trace loses all.
    scale : Out(range(SCALES))
        Four clocks later.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._change = Change(sizes.config.weight_bits)
        super().__init__(
            {
                "learning": In(Learning(sizes.config)),
                "kind": In(WalkKind),
                "post": In(1),
                "clear": In(1),
                "contribution": Out(Contribution(sizes)),
                "factor": Out(FACTOR_SHAPE),
                "scale": Out(range(SCALES)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        rule = self.learning
        row = Signal()
        column = Signal()
        fades = Signal()
        of_post = Signal()
        clear = Signal()
        m.d.sync += [
            row.eq(self.kind == WalkKind.ROW),
            column.eq(self.kind == WalkKind.COLUMN),
            fades.eq(self.kind == WalkKind.FADE),
            of_post.eq(self.post | (self.kind == WalkKind.ROW)),
            clear.eq(self.clear),
        ]
        # A window fades by one where it is open: the contribution of 1, times the least loss.
        window = Signal()
        out = self.contribution
        m.d.comb += window.eq(Mux(of_post, rule.y_kind, rule.x_kind) == TraceKind.WINDOW)
        m.d.sync += [
            out.windowed.eq(window & ~clear),
            out.increment.eq(Mux(of_post, rule.y_increment, rule.x_increment)),
            out.target.eq(0),
        ]
        with m.If(fades):
            m.d.sync += out.increment.eq(1)
        with m.If(column):
            m.d.sync += out.target.eq(rule.x_target)

        decay = Mux(of_post, rule.y_decay, rule.x_decay)
        loss = Signal(signed(DECAY_BITS + 1), reset_less=True)
        m.d.sync += loss.eq(Cat(decay[:DECAY_BITS], 1).as_signed())
        with m.If(clear):
            m.d.sync += loss.eq(-1 << DECAY_BITS)
        with m.Elif(window):
            m.d.sync += loss.eq(-1)
        with m.Elif(decay[DECAY_BITS]):
            m.d.sync += loss.eq(0)

        negative = Mux(row, LearnFlag.MINUS_NEGATIVE, LearnFlag.PLUS_NEGATIVE) & rule.flags
        shift = Signal(5, reset_less=True)
        gain = Signal(signed(len(rule.gain) + 1), reset_less=True)
        m.d.sync += [
            gain.eq(Mux(negative.any(), -rule.gain, rule.gain)),
            shift.eq(Mux(row, rule.minus_shift, rule.plus_shift)),
        ]
        scaled, scale = self._change.scaled(gain, shift)
        fading = DelayLine(m, fades)[1]
        with m.If(fading):
            m.d.sync += self.factor.eq(loss)
        with m.Elif(scale >= SCALES):
            m.d.sync += self.factor.eq(0)
        with m.Else():
            m.d.sync += self.factor.eq(scaled)
        m.d.comb += self.scale.eq(DelayLine(m, scale)[2])
        return m
