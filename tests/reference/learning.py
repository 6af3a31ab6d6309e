"""Traces, and what they do to weights: phases 2, 4 and 5 of docs/model.md."""

from allspike.map.config import Config
from allspike.map.flags import LearnFlag, TraceKind

from .arithmetic import Generator, bounded, decay

CHANGE_MAX = 2**15 - 2**8


def change(e: int, gain: int, shift: int) -> int:
    half = 2 ** (shift - 1) if shift else 0
    return bounded((e * gain + half) // 2**shift, CHANGE_MAX)


class Traces:
    """The traces of one side of the synapses."""

    def __init__(self, size: int, top: int) -> None:
        self.values = [0] * size
        self.top = top
        self.kind = self.inc = self.factor = self.window = 0

    def spike(self, k: int) -> None:
        if self.kind == TraceKind.ACCUMULATE:
            self.values[k] = min(self.values[k] + self.inc, self.top)
        else:
            self.values[k] = self.inc if self.kind == TraceKind.NEAREST else self.window

    def contribution(self, k: int) -> int:
        if self.kind == TraceKind.WINDOW:
            return self.inc if self.values[k] > 0 else 0
        return self.values[k]

    def fade(self) -> None:
        if self.kind == TraceKind.WINDOW:
            self.values = [max(z - 1, 0) for z in self.values]
        else:
            self.values = [decay(z, self.factor) for z in self.values]


class Synapses:
    """Weights [axons][neurons], which of them are plastic, traces of both sides, and their rule."""

    def __init__(self, config: Config) -> None:
        n, a = config.neurons, config.axons
        self.config = config
        self.weights = [[0] * n for _ in range(a)]
        self.plastic = [[0] * n for _ in range(a)]
        self.rule: dict[str, int] = {}

    def restart(self, register: int) -> None:
        """Traces at 0, and the generator of the dither at this seed register."""
        top = 2**self.config.trace_bits - 1
        self.x, self.y = (Traces(size, top) for size in (self.config.axons, self.config.neurons))
        self.dither = Generator(register ^ 0x9E3779B9)
        self.updates = 0
        if self.rule:
            self.take(self.rule)

    def take(self, rule: dict[str, int]) -> None:
        self.rule = rule
        for side, traces in (("x", self.x), ("y", self.y)):
            traces.kind, traces.inc = rule[f"{side}_kind"], rule[f"{side}_increment"]
            traces.factor, traces.window = rule[f"{side}_decay"], rule[f"{side}_window"]

    def depress(self, i: int) -> None:
        """The walk of a row: axon i arrives."""
        gain = -self.rule["gain"] if self.rule["flags"] & LearnFlag.MINUS_NEGATIVE else self.rule["gain"]
        r = self._draw()
        for j in range(self.config.neurons):
            if self.plastic[i][j]:
                q = change(self.y.contribution(j), gain, self.rule["minus_shift"])
                self._learn(i, j, -self._round(q, r, j))

    def potentiate(self, j: int) -> None:
        """The walk of a column: neuron j fires."""
        gain = -self.rule["gain"] if self.rule["flags"] & LearnFlag.PLUS_NEGATIVE else self.rule["gain"]
        r = self._draw()
        for i in range(self.config.axons):
            if self.plastic[i][j]:
                e = self.x.contribution(i) - self.rule["x_target"]
                self._learn(i, j, self._round(change(e, gain, self.rule["plus_shift"]), r, i))

    def fade(self) -> None:
        self.x.fade()
        self.y.fade()

    def _draw(self) -> int:
        return 0 if self.rule["flags"] & LearnFlag.NEAREST_ROUNDING else self.dither.top(8)

    def _round(self, q: int, r: int, k: int) -> int:
        u = 128 if self.rule["flags"] & LearnFlag.NEAREST_ROUNDING else (r + 159 * k) % 256
        return (q + u) // 256

    def _learn(self, i: int, j: int, n: int) -> None:
        self.updates += 1
        if n:
            w = self.weights[i][j] + n
            self.weights[i][j] = min(max(w, self.rule["w_min"]), self.rule["w_max"])
