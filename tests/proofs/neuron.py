"""The neuron's pipeline and the formula of docs/model.md: the same integers, whatever the operands."""

from amaranth import Module, Mux, Signal, Value

from allspike.map.config import Config
from allspike.map.device_map import DECAY_BITS, NeuronFlag
from allspike_hdl.fabric.pipeline import DelayLine
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.neurons.gateware import FLAGS_AHEAD
from allspike_hdl.neurons.lif_pipeline import LifPipeline

from .decay import assume_product, decayed
from .harness import Harness, after, anything, assume, claim, least, something, within
from .opened import Opened
from .proof import Break, Proof

_END = 8
"""Clocks from the accumulator to the last of what becomes of a neuron: when all of it is compared."""
_OF_DECAY, _OF_ADAPTATION = 2, 6
"""When the products stand in their registers."""


class Pipeline(Harness):
    """The pipeline, with another neuron in each clock; each field comes when it is due.

    The three products are drawn: see `decay`.
    """

    def __init__(self, state_bits: int) -> None:
        self._sizes = Sizes(Config(neurons=4, inputs=4, lanes=1, state_bits=state_bits))

    def states(self, m: Module) -> None:
        dut = LifPipeline(self._sizes)
        opened = Opened(dut)
        m.submodules.pipeline = opened.fragment
        params, state = (anything(m, getattr(dut, name).shape(), name) for name in ("params", "state"))
        flags, acc = anything(m, len(dut.flags), "flags"), anything(m, dut.acc.shape(), "acc")
        shift, zeros = something(m, 4, "shift"), something(m, 5, "zeros")
        timing = dut.timing
        m.d.comb += [dut.acc.eq(acc), dut.weight_shift.eq(shift), dut.step_zeros.eq(zeros)]
        m.d.comb += dut.flags.eq(DelayLine(m, flags)[timing.fired - FLAGS_AHEAD])
        late = []
        for given, own, when in ((params, dut.params, timing.params), (state, dut.state, timing.state)):
            lines = {name: DelayLine(m, given[name]) for name in when}
            for name, clock in when.items():
                m.d.comb += own[name].eq(lines[name][clock])
            late.append({name: line[_END] for name, line in lines.items()})
        p, z = late

        of_i, of_v, of_a = (
            DelayLine(m, opened.draw("product", path))[_END - when]
            for path, when in (("decay_i", _OF_DECAY), ("decay_v", _OF_DECAY), ("", _OF_ADAPTATION))
        )
        assume_product(m, of_i, z["i"], p["alpha"][DECAY_BITS])
        assume_product(m, of_v, z["v"], p["beta"][DECAY_BITS])
        assume(m, of_a <= (z["a"] << DECAY_BITS) - z["a"])
        expected = self._formula(
            m, p, z, DelayLine(m, flags)[_END], DelayLine(m, acc)[_END], shift, zeros,
            abs(of_i), abs(of_v), Mux(p["adapt_decay"][DECAY_BITS], z["a"] << DECAY_BITS, of_a),
        )  # fmt: skip
        full = after(m, _END)
        for name, clock in timing.next.items():
            found = DelayLine(m, dut.next[name])[_END - clock]
            if name in timing.keep:
                found = Mux(DelayLine(m, dut.keep[name])[_END - clock], z[name], found)
            claim(m, **{name: ~full | (found == expected[name])})
        claim(m, fires=~full | (DelayLine(m, dut.fired)[_END - timing.fired] == expected["fires"]))

    def _formula(
        self, m: Module, p: dict[str, Value], z: dict[str, Value], flags: Value, acc: Value, shift: Value,
        zeros: Value, of_i: Value, of_v: Value, of_a: Value,
    ) -> dict[str, Signal]:  # fmt: skip
        """What becomes of a neuron: docs/model.md, phase 3. The last three are |z| times its factor."""
        top = (1 << self._sizes.config.state_bits - 1) - 1

        def named(name: str, value: Value) -> Signal:
            signal = Signal(value.shape(), name=name)
            m.d.comb += signal.eq(value)
            return signal

        i_magnitude = decayed(m, z["i"], p["alpha"], of_i)
        i = named("i", within(Mux(z["i"] < 0, -i_magnitude, i_magnitude) + (acc << shift), -top, top))
        refractory = z["refractory"] != 0
        held = refractory & ~(flags & NeuronFlag.REFRACTORY_INTEGRATE).any()
        v_magnitude = decayed(m, z["v"], p["beta"], of_v)
        rest = named("rest", Mux(v_magnitude < p["leak"], 0, v_magnitude - p["leak"]))
        moved = named("moved", within(Mux(z["v"] < 0, -rest, rest) + i + p["bias"], -top, top))
        v = named("v", Mux(held, z["v"], moved))
        fires = named("fires", ~refractory & (v >= p["threshold"] + z["a"]))
        due = p["adapt_period"] <= zeros
        a = named("a", Mux(due, decayed(m, z["a"], p["adapt_decay"], of_a), z["a"]))
        subtracts = (flags & NeuronFlag.RESET_SUBTRACT).any()
        reset = named("reset", Mux(subtracts, within(v - p["reset"], -top, top), p["reset"]))
        counted = Mux(refractory, z["refractory"] - 1, 0)
        return {
            "i": i,
            "v": named("v_next", Mux(fires, reset, v)),
            "refractory": named("r_next", Mux(fires, p["refractory"], counted)),
            "a": named("a_next", Mux(fires, least(a + p["adapt_increment"], top), a)),
            "fires": fires,
        }


_BITS = 12
"""The fewest that a build may have. With 24 yices was not through after two minutes of a processor."""

PROOFS = (
    Proof(
        name="neuron",
        claim=f"The pipeline gives the integers of docs/model.md for all states of {_BITS} bits, all "
        "parameters and all currents, each of its three products being any number that it can be.",
        make=lambda: Pipeline(_BITS),
        depth=_END + 2,
        breaks=(
            Break("neurons/lif_pipeline.py", "past_zero = less[-1] ^ was_below", "past_zero = less[-1]"),
            Break("neurons/lif_pipeline.py", "(excess >= adaptive)", "(excess > adaptive)"),
            Break("neurons/lif_pipeline.py", "count - count.any()", "count - 1"),
            Break("neurons/lif_pipeline.py", "(period <= self.step_zeros)", "(period < self.step_zeros)"),
            Break("neurons/lif_pipeline.py", "saturate_state(lowered, bits)", "lowered[:bits].as_signed()"),
            Break("neurons/lif_pipeline.py", "decay.negate | decay.round", "decay.round"),
            Break("neurons/lif_pipeline.py", "(floor + 1 != adaptive)", "1"),
            Break("neurons/lif_pipeline.py", "raised[:-1] | raised[-1]", "raised[:-1] & raised[-1]"),
        ),
        long=True,
    ),
)
