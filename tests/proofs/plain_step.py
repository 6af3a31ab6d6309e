"""A step of a small network, as docs/model.md has it: values in, values out, and no clock.

The neuron is the plain integrator of `tests/equivalence_rtl/test_toy_neuron.py`: that of the map has a proof
of its own, `neuron`.
"""

from dataclasses import dataclass, replace
from typing import Any

from amaranth import Array, C, Cat, Module, Mux, Shape, Signal, Value, signed

from allspike.map.config import Config
from allspike.map.device_map import DECAY_BITS, DITHER_BITS, DITHER_STRIDE
from allspike.map.flags import LearnFlag, NeuronFlag, TraceKind

from .decay import ONE, decayed
from .harness import least, something, within


@dataclass
class Network:
    """Parameters and state of a network; indices are those of docs/model.md."""

    weights: list[list[Value]]
    plastic: list[list[Value]]
    x: list[Value]
    y: list[Value]
    v: list[Value]
    bias: list[Value]
    threshold: list[Value]
    flags: list[Value]
    """Of neurons."""
    learns: list[Value]
    """Of inputs: their rows learn."""
    delay: list[Value]
    """As stored: the longest is 0."""
    way: list[Value]
    """Bit k: a spike of the neuron arrives k + 1 steps after the last sweep."""
    draws: Value
    """How many numbers have been drawn for the dither."""
    acc: list[Value]
    """What the rows of this step add up to, until the sweep."""
    fires: list[Value]
    """From the sweep on."""

    @classmethod
    def anything(cls, m: Module, config: Config, acc_bits: int) -> "Network":
        """Any network in any state; an accumulator has so many bits."""
        bits, traces = signed(config.state_bits), config.trace_bits

        def some(name: str, shape: Any, count: int) -> list[Value]:
            return [something(m, shape, f"{name}_{k}") for k in range(count)]

        n, axons = config.neurons, config.axons
        return cls(
            weights=[some(f"w_{i}", signed(config.weight_bits), n) for i in range(axons)],
            plastic=[some(f"p_{i}", 1, n) for i in range(axons)],
            x=some("x", traces, axons), y=some("y", traces, n),
            v=some("v", bits, n), bias=some("bias", bits, n), threshold=some("threshold", bits, n),
            flags=some("flags", 5, n), learns=some("learns", 1, config.inputs),
            delay=some("delay", config.delay_bits, n), way=some("way", config.max_delay, n),
            draws=C(0), acc=some("acc", signed(acc_bits), n),
            fires=some("fires", 1, n),
        )  # fmt: skip

    def arrives(self, k: int) -> Value:
        """A spike of neuron k arrives in the next step."""
        return self.way[k][0]

    def has(self, k: int, flag: NeuronFlag) -> Value:
        """Neuron k has this flag."""
        return (self.flags[k] & flag).any()


class PlainStep:
    """The phases of a step: each takes a network and returns what becomes of it.

    Parameters
    ----------
    m : Module
    config : Config
    rule : dict
        The learning record: numbers.
    shift : int
        Of weights.
    dither : Array
        The numbers that are drawn.
    """

    def __init__(self, m: Module, config: Config, rule: dict[str, int], shift: int, dither: Array) -> None:
        self._m, self._config, self._rule, self._shift, self._dither = m, config, rule, shift, dither

    def rows(self, now: Network, spikes: list[Value]) -> Network:
        """Phase 2: what is added up, what is depressed, and traces of axons. `spikes` of which inputs."""
        neurons = range(self._config.neurons)
        arriving = [*spikes, *(now.arrives(k) for k in neurons)]
        learning = [*now.learns, *(now.has(k, NeuronFlag.PLASTIC_OUT) for k in neurons)]
        acc: list[Value] = [C(0) for _ in neurons]
        now = replace(now, weights=list(now.weights), x=list(now.x))
        for i, (arrives, learns) in enumerate(zip(arriving, learning, strict=True)):
            acc = [total + Mux(arrives, w, 0) for total, w in zip(acc, now.weights[i], strict=True)]
            walks = arrives & learns & bool(self._rule["gain"])
            now, r = self._drawn(now, walks, f"row_{i}")
            row = []
            for j in neurons:
                e = self._contribution("y", now.y[j])
                q = self._change(e, LearnFlag.MINUS_NEGATIVE, "minus_shift")
                row.append(self._learned(now, i, j, walks, -self._rounded(q, r, j)))
            now.weights[i] = row
            now.x[i] = Mux(arrives, self._touched("x", now.x[i]), now.x[i])
        return replace(now, acc=acc)

    def neurons(self, now: Network) -> Network:
        """Phase 3: potentials, who fires, and spikes under way."""
        bits, delays = self._config.state_bits, range(self._config.max_delay)
        top = (1 << bits - 1) - 1
        potentials, ways, fires = [], [], []
        for j, (v, bias, threshold) in enumerate(zip(now.v, now.bias, now.threshold, strict=True)):
            driven = within(v + bias, C(-top), C(top)) + (now.acc[j] << self._shift)
            driven = self._named(within(driven, C(-top), C(top)), f"driven_{j}")
            fired = self._named(driven >= threshold, f"fires_{j}")
            after = Mux(fired, within(driven - threshold, C(-top), C(top)), driven)
            potentials.append(self._named(after, f"next_v_{j}", signed(bits)))
            enters = Cat(fired & (now.delay[j] == (k + 1) % len(delays)) for k in delays)
            ways.append(self._named((now.way[j] >> 1) | enters, f"next_way_{j}", len(delays)))
            fires.append(fired)
        return replace(now, v=potentials, way=ways, fires=fires)

    def columns(self, now: Network) -> Network:
        """Phases 4 and 5: what is potentiated, traces of neurons, and what fades."""
        now = replace(now, y=list(now.y), weights=[list(row) for row in now.weights])
        for j, fired in enumerate(now.fires):
            walks = fired & now.has(j, NeuronFlag.PLASTIC_IN) & bool(self._rule["gain"])
            now, r = self._drawn(now, walks, f"column_{j}")
            for i in range(self._config.axons):
                e = self._contribution("x", now.x[i]) - self._rule["x_target"]
                q = self._change(e, LearnFlag.PLUS_NEGATIVE, "plus_shift")
                now.weights[i][j] = self._learned(now, i, j, walks, self._rounded(q, r, i))
            now.y[j] = Mux(fired, self._touched("y", now.y[j]), now.y[j])
        faded = {side: [self._faded(side, z) for z in getattr(now, side)] for side in "xy"}
        return replace(now, **faded)

    def _named(self, value: Value, name: str, shape: Any = None) -> Signal:
        signal = Signal(value.shape() if shape is None else shape, name=name)
        self._m.d.comb += signal.eq(value)
        return signal

    def _drawn(self, now: Network, walks: Value, name: str) -> tuple[Network, Value]:
        """The dither of a walk that learns, for which a number is drawn."""
        if self._rule["flags"] & LearnFlag.NEAREST_ROUNDING:
            return now, C(0, DITHER_BITS)
        draws = self._named(now.draws + walks, f"{name}_draws")
        return replace(now, draws=draws), self._dither[now.draws]

    def _contribution(self, side: str, z: Value) -> Value:
        if self._rule[f"{side}_kind"] == TraceKind.WINDOW:
            return Mux(z > 0, self._rule[f"{side}_increment"], 0)
        return z

    def _change(self, e: Value, negative: LearnFlag, shift: str) -> Value:
        gain = -self._rule["gain"] if self._rule["flags"] & negative else self._rule["gain"]
        distance, most = self._rule[shift], (1 << 15) - (1 << 8)
        return within((e * C(gain, signed(9)) + (1 << distance >> 1)) >> distance, C(-most), C(most))

    def _rounded(self, q: Value, r: Value, k: int) -> Value:
        nearest = self._rule["flags"] & LearnFlag.NEAREST_ROUNDING
        u = C(1 << DITHER_BITS - 1) if nearest else (r + DITHER_STRIDE * k)[:DITHER_BITS]
        return (q + u) >> DITHER_BITS

    def _learned(self, now: Network, i: int, j: int, walks: Value, n: Value) -> Signal:
        w, (low, high) = now.weights[i][j], (C(self._rule[name], signed(9)) for name in ("w_min", "w_max"))
        changes = walks & now.plastic[i][j] & (n != 0)
        learned = Mux(changes, within(w + n, low, high), w)
        return self._named(learned, f"learned_{i}_{j}", signed(self._config.weight_bits))

    def _touched(self, side: str, z: Value) -> Value:
        kind, increment = self._rule[f"{side}_kind"], self._rule[f"{side}_increment"]
        bits = self._config.trace_bits
        if kind == TraceKind.ACCUMULATE:
            return least(z + increment, C((1 << bits) - 1))[:bits]
        return C(increment if kind == TraceKind.NEAREST else self._rule[f"{side}_window"], bits)

    def _faded(self, side: str, z: Value) -> Value:
        bits = self._config.trace_bits
        if self._rule[f"{side}_kind"] == TraceKind.WINDOW:
            return Mux(z == 0, 0, z - 1)[:bits]
        factor = C(min(self._rule[f"{side}_decay"], ONE), DECAY_BITS + 1)
        z = self._named(z, "trace", Shape(bits))
        return decayed(self._m, z, factor, z * factor)
