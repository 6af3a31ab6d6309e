"""The pipeline of leaky integrate-and-fire."""

from amaranth import C, Cat, Module, Mux, Signal, Value, signed

from allspike.map.device_map import DECAY_BITS, NeuronFlag

from ..fabric.decay import Decay
from ..fabric.pipeline import DelayLine
from .arith import WeightShift, complement_if, saturate_state, shifted_sum
from .pipeline import NeuronPipeline


class LifPipeline(NeuronPipeline):
    """One leaky integrate-and-fire neuron a clock.

    With decay(z, f) towards zero, S = 2**(state_bits - 1) - 1 and sat(z) within +-S:

        I = sat(decay(I, alpha) + (acc << weight_shift))
        V = sat(sgn(V) * max(|decay(V, beta)| - leak, 0) + I + bias)    unless held
        fires = refractory = 0 and V >= threshold + a
        a = decay(a, adapt_decay)                                       if t mod 2**adapt_period = 0
        refractory = max(refractory - 1, 0)

    and on firing `V = sat(V - reset)` or `reset`, `a = min(a + adapt_increment, S)`, the refractory count
    is loaded. A refractory neuron without REFRACTORY_INTEGRATE is held.

    Members are those of `NeuronPipeline`; from `acc` to `fired` 8 clocks.
    """

    def elaborate(self, platform):
        m = Module()
        current = self._current(m)
        potential = self._potential(m, current)
        self._firing(m, potential)
        return m

    def _current(self, m: Module) -> Value:
        """I, in clock 4."""
        bits = self._sizes.config.state_bits
        m.submodules.decay_i = decay = Decay(bits).create()
        m.submodules.shift = shift = WeightShift(self._sizes.acc_bits, bits)
        total = Signal(signed(bits + 2), reset_less=True)
        current = Signal(signed(bits), reset_less=True)
        m.d.comb += [
            decay.z.eq(self.state.i),
            decay.factor.eq(self.params.alpha),
            shift.acc.eq(self.acc),
            shift.shift.eq(self.weight_shift),
            self.next.i.eq(current),
        ]
        kept = complement_if(decay.negate, decay.floor)
        m.d.sync += [
            total.eq(shifted_sum(shift.shifted, kept, decay.negate | decay.round)),
            current.eq(saturate_state(total, bits)),
        ]
        return current

    def _potential(self, m: Module, current: Value) -> Value:
        """V before the threshold, in clock 6."""
        bits = self._sizes.config.state_bits
        m.submodules.decay_v = decay = Decay(bits).create()
        leak, bias = DelayLine(m, self.params.leak)[1], DelayLine(m, self.params.bias)[1]
        m.d.comb += [decay.z.eq(self.state.v), decay.factor.eq(self.params.beta)]

        # The leak works on the product as it comes, negated or not: it is odd in V. Above zero it is
        # subtracted, and the carry is taken: there a product that is rounded up takes the negative leak
        # itself.
        below = decay.floor[-1]
        negative = Signal(signed(bits), reset_less=True)
        m.d.sync += negative.eq(-self.params.leak)
        less = Signal(signed(bits + 2), reset_less=True)
        was_below, negate = DelayLine(m, below)[1], DelayLine(m, decay.negate)[1]
        m.d.sync += less.eq(
            shifted_sum(
                decay.floor,
                Mux(decay.round & ~below, negative, complement_if(~below, Cat(leak, C(0, 1)))),
                Mux(below, decay.round, 1),
            )
        )
        past_zero = less[-1] ^ was_below
        leaked = complement_if(negate, Mux(past_zero, 0, less[: bits + 1]))
        biased = Signal(signed(bits + 1), reset_less=True)
        total = Signal(signed(bits + 2), reset_less=True)
        potential = Signal(signed(bits), reset_less=True)
        m.d.sync += [
            biased.eq(shifted_sum(bias, leaked, negate)),
            total.eq(biased + current),
            potential.eq(saturate_state(total, bits)),
        ]
        return potential

    def _firing(self, m: Module, potential: Value) -> None:
        bits = self._sizes.config.state_bits
        flags = DelayLine(m, self.flags)[1]
        threshold, reset = DelayLine(m, self.params.threshold)[1], DelayLine(m, self.params.reset)
        count, adaptive = DelayLine(m, self.state.refractory)[1], DelayLine(m, self.state.a)[1]

        # Clock 7: V - threshold, to be compared with a, V - reset, and the refractory count.
        excess = Signal(signed(bits + 1), reset_less=True)
        lowered = Signal(signed(bits + 1), reset_less=True)
        refractory = Signal(reset_less=True)
        counted = Signal.like(count, reset_less=True)
        m.d.sync += [
            excess.eq(potential - threshold),
            lowered.eq(potential - reset[1]),
            refractory.eq(count.any()),
            counted.eq(count - count.any()),
        ]
        potential, decayed, adaptive = DelayLine(m, potential)[1], *self._adaptation(m, adaptive)

        # Clock 8: what is known about firing, and both outcomes.
        fired, hold = Signal(reset_less=True), Signal(reset_less=True)
        after = Signal(signed(bits), reset_less=True)
        raised = Signal(bits, reset_less=True)
        subtract = (flags & NeuronFlag.RESET_SUBTRACT).any()
        m.d.sync += [
            fired.eq(~refractory & (excess >= adaptive)),
            hold.eq(refractory & ~(flags & NeuronFlag.REFRACTORY_INTEGRATE).any()),
            after.eq(Mux(subtract, saturate_state(lowered, bits), reset[2])),
            raised.eq(decayed + DelayLine(m, self.params.adapt_increment)[1]),
        ]
        potential, decayed, counted = (DelayLine(m, value)[1] for value in (potential, decayed, counted))
        period = DelayLine(m, self.params.refractory)[self.timing.fired - self.timing.params["refractory"]]
        m.d.comb += [
            self.fired.eq(fired),
            self.keep.v.eq(hold),
            self.next.v.eq(Mux(fired, after, potential)),
            self.next.refractory.eq(Mux(fired, period, counted)),
            self.next.a.eq(Mux(fired, raised[:-1] | raised[-1].replicate(bits - 1), decayed)),
        ]

    def _adaptation(self, m: Module, adaptive: Value) -> tuple[Value, Value]:
        """The adaptive part of the threshold, from clock 5, after and before its decay, in clock 7."""
        factor, period = DelayLine(m, self.params.adapt_decay)[1], DelayLine(m, self.params.adapt_period)[1]
        product = Signal(len(adaptive) + DECAY_BITS, reset_less=True)
        decays = Signal(reset_less=True)
        decayed = Signal.like(adaptive, reset_less=True)
        m.d.sync += [
            product.eq(adaptive * factor[:DECAY_BITS]),
            decays.eq((period <= self.step_zeros) & ~factor[DECAY_BITS]),
        ]
        adaptive = DelayLine(m, adaptive)[1]
        # Rounded to the nearest, but not back to what it was.
        floor = product[DECAY_BITS:]
        up = product[DECAY_BITS - 1] & (floor + 1 != adaptive)
        m.d.sync += decayed.eq(Mux(decays, floor + up, adaptive))
        return decayed, DelayLine(m, adaptive)[1]
