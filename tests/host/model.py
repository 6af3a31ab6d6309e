"""One network, one step at a time, in Python's unbounded integers: docs/model.md, read literally.

An oracle for the devices: slow, without a single array operation, and without a line of the emulator. It
takes the records of the memory map as they are written, and keeps of them what the document says.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from allspike.map.config import Config

ACCUMULATE, NEAREST, WINDOW = range(3)
RESET_SUBTRACT, REFRACTORY_INTEGRATE, PLASTIC_IN, PLASTIC_OUT, SILENT = (1 << k for k in range(5))
NEAREST_ROUNDING, PLUS_NEGATIVE, MINUS_NEGATIVE = (1 << k for k in range(3))
CHANGE_MAX = 2**15 - 2**8
COUNTERS = ("firings", "events", "poisson", "rows", "columns", "updates", "late_events")


def unsigned(value: int, bits: int) -> int:
    return value % 2**bits


def signed(value: int, bits: int) -> int:
    low = value % 2**bits
    return low - 2**bits if low >= 2 ** (bits - 1) else low


def decay(z: int, factor: int) -> int:
    factor = min(factor, 2**15)
    magnitude = (abs(z) * factor + 2**14) // 2**15
    if magnitude == abs(z) > 0 and factor < 2**15:
        magnitude -= 1
    return -magnitude if z < 0 else magnitude


def change(e: int, gain: int, shift: int) -> int:
    half = 2 ** (shift - 1) if shift else 0
    return min(max((e * gain + half) // 2**shift, -CHANGE_MAX), CHANGE_MAX)


def hashed(seed: int) -> int:
    """The seed register, of a user's seed."""
    z = seed
    z = (z ^ z >> 16) * 0x85EBCA6B % 2**32
    z = (z ^ z >> 13) * 0xC2B2AE35 % 2**32
    return z ^ z >> 16


def seed_of(register: int) -> int:
    """The user's seed that gives this seed register."""
    z = register
    z = (z ^ z >> 16) * pow(0xC2B2AE35, -1, 2**32) % 2**32
    z = (z ^ z >> 13 ^ z >> 26) * pow(0x85EBCA6B, -1, 2**32) % 2**32
    return z ^ z >> 16


class Generator:
    """xorshift32."""

    def __init__(self, start: int) -> None:
        self.state = start or 1

    def top(self, bits: int) -> int:
        z = self.state
        z ^= z << 13 & 0xFFFFFFFF
        z ^= z >> 17
        z ^= z << 5 & 0xFFFFFFFF
        self.state = z
        return z >> (32 - bits)


class Traces:
    """The traces of one side of the synapses."""

    def __init__(self, size: int, top: int) -> None:
        self.values = [0] * size
        self.top = top
        self.kind = self.inc = self.factor = self.window = 0

    def spike(self, k: int) -> None:
        if self.kind == ACCUMULATE:
            self.values[k] = min(self.values[k] + self.inc, self.top)
        else:
            self.values[k] = self.inc if self.kind == NEAREST else self.window

    def contribution(self, k: int) -> int:
        if self.kind == WINDOW:
            return self.inc if self.values[k] > 0 else 0
        return self.values[k]

    def fade(self) -> None:
        if self.kind == WINDOW:
            self.values = [max(z - 1, 0) for z in self.values]
        else:
            self.values = [decay(z, self.factor) for z in self.values]


class Model:
    """A network of `config`, after a reset with the user's `seed`; the rest at 0 until it is written."""

    def __init__(self, config: Config, seed: int = 0) -> None:
        n, a = config.neurons, config.axons
        self.config = config
        self.s = 2 ** (config.state_bits - 1) - 1
        self.t = 0
        self.v, self.i, self.a, self.c = [0] * n, [0] * n, [0] * n, [0] * n
        self.x, self.y = (Traces(size, 2**config.trace_bits - 1) for size in (a, n))
        self.weights = [[0] * n for _ in range(a)]
        self.plastic = [[False] * n for _ in range(a)]
        self.under_way: dict[int, set[int]] = {}
        self.dither = Generator(hashed(seed) ^ 0x9E3779B9)
        self.poisson = Generator(hashed(seed) ^ 0x7F4A7C15)
        self.count: Counter[str] = Counter(dict.fromkeys(COUNTERS, 0))
        self.weight_shift, self.draws = 0, False
        self.rule: dict[str, int] = {}
        self.neurons: list[dict[str, int]] = []
        self.inputs: list[dict[str, int]] = []

    # Stores: what is kept of what is written

    def write_neurons(self, records: np.ndarray) -> None:
        b = self.config.state_bits
        self.neurons = [_plain(record) for record in records]
        for p in self.neurons:
            p |= {name: signed(p[name], b) for name in ("threshold", "reset", "bias")}
            p |= {name: unsigned(p[name], b - 1) for name in ("leak", "adapt_increment")}
            p |= {name: unsigned(p[name], 5) for name in ("adapt_period", "flags")}
            p["delay"] = (p["delay"] - 1) % self.config.max_delay + 1
            p["reserved"] = 0

    def write_inputs(self, records: np.ndarray) -> None:
        self.inputs = [_plain(record) for record in records]
        for p in self.inputs:
            p["flags"] &= PLASTIC_OUT
            p["rate"] *= self.config.poisson

    def write_state(self, records: np.ndarray) -> None:
        b = self.config.state_bits
        self.v = [signed(int(z), b) for z in records["v"]]
        self.i = [signed(int(z), b) for z in records["i"]]
        self.a = [unsigned(int(z), b - 1) for z in records["a"]]
        self.c = [int(z) for z in records["refractory"]]
        self._write_traces(self.y, records["y"])

    def write_traces(self, values: np.ndarray) -> None:
        self._write_traces(self.x, values)

    def _write_traces(self, traces: Traces, values: np.ndarray) -> None:
        learns = self.config.plasticity
        traces.values = [unsigned(int(z), self.config.trace_bits) * learns for z in values]

    def write_weights(self, values: np.ndarray) -> None:
        self.weights = [[signed(int(w), self.config.weight_bits) for w in row] for row in values]

    def write_plastic(self, bits: np.ndarray) -> None:
        self.plastic = [[bool(bit) and self.config.plasticity for bit in row] for row in bits]

    def write_rule(self, record: np.void) -> None:
        rule = {name: value * self.config.plasticity for name, value in _plain(record).items()}
        rule["flags"] &= 7
        rule |= {name: min(rule[name] % 4, WINDOW) for name in ("x_kind", "y_kind")}
        rule |= {name: unsigned(rule[name], 5) for name in ("plus_shift", "minus_shift")}
        rule |= {name: unsigned(rule[name], 7) for name in ("x_window", "y_window")}
        traced = ("x_increment", "y_increment", "x_target")
        rule |= {name: unsigned(rule[name], self.config.trace_bits) for name in traced}
        rule |= {name: signed(rule[name], self.config.weight_bits) for name in ("w_min", "w_max")}
        self.rule = rule
        for side, traces in (("x", self.x), ("y", self.y)):
            traces.kind, traces.inc = rule[f"{side}_kind"], rule[f"{side}_increment"]
            traces.factor, traces.window = rule[f"{side}_decay"], rule[f"{side}_window"]

    # The step

    def step(self, events: Iterable[int] = ()) -> list[int]:
        """One step with host events on these inputs; who fired and is not silent."""
        arriving = self._arrivals(events)
        acc = self._rows(arriving)
        fired = self._neurons(acc)
        self._columns(fired)
        for j in fired:
            self.y.spike(j)
        self.x.fade()
        self.y.fade()
        self.t += 1
        return [j for j in fired if not self.neurons[j]["flags"] & SILENT]

    def _arrivals(self, events: Iterable[int]) -> list[int]:
        arriving = set()
        for axon in events:
            self.count["events"] += 1
            if axon < self.config.inputs:
                arriving.add(axon)
        if self.draws and self.config.poisson:
            for axon, p in enumerate(self.inputs):
                if self.poisson.top(16) < p["rate"]:
                    self.count["poisson"] += 1
                    arriving.add(axon)
        arriving |= {self.config.inputs + j for j in self.under_way.pop(self.t, ())}
        return sorted(arriving)

    def _rows(self, arriving: list[int]) -> list[int]:
        gain = -self.rule["gain"] if self.rule["flags"] & MINUS_NEGATIVE else self.rule["gain"]
        acc = [0] * self.config.neurons
        for i in arriving:
            self.count["rows"] += 1
            row = self.weights[i]
            acc = [total + w for total, w in zip(acc, row, strict=True)]
            source = self.inputs[i] if i < self.config.inputs else self.neurons[i - self.config.inputs]
            if gain and source["flags"] & PLASTIC_OUT:
                r = self._draw()
                for j in range(len(row)):
                    if self.plastic[i][j]:
                        q = change(self.y.contribution(j), gain, self.rule["minus_shift"])
                        self._learn(i, j, -self._round(q, r, j))
            self.x.spike(i)
        return acc

    def _neurons(self, acc: list[int]) -> list[int]:
        fired = []
        for j, p in enumerate(self.neurons):
            self.i[j] = self._sat(decay(self.i[j], p["alpha"]) + acc[j] * 2**self.weight_shift)
            if self.c[j] == 0 or p["flags"] & REFRACTORY_INTEGRATE:
                m = max(decay(abs(self.v[j]), p["beta"]) - p["leak"], 0)
                m = -m if self.v[j] < 0 else m
                self.v[j] = self._sat(m + self.i[j] + p["bias"])
            fires = self.c[j] == 0 and self.v[j] >= p["threshold"] + self.a[j]
            self.c[j] = max(self.c[j] - 1, 0)
            if self.t % 2 ** p["adapt_period"] == 0:
                self.a[j] = decay(self.a[j], p["adapt_decay"])
            if fires:
                fired.append(j)
                subtracts = p["flags"] & RESET_SUBTRACT
                self.v[j] = self._sat(self.v[j] - p["reset"]) if subtracts else p["reset"]
                self.c[j] = p["refractory"]
                self.a[j] = min(self.a[j] + p["adapt_increment"], self.s)
                self.under_way.setdefault(self.t + p["delay"], set()).add(j)
        self.count["firings"] += len(fired)
        return fired

    def _columns(self, fired: list[int]) -> None:
        gain = -self.rule["gain"] if self.rule["flags"] & PLUS_NEGATIVE else self.rule["gain"]
        for j in fired:
            if gain and self.neurons[j]["flags"] & PLASTIC_IN:
                self.count["columns"] += 1
                r = self._draw()
                for i in range(self.config.axons):
                    if self.plastic[i][j]:
                        e = self.x.contribution(i) - self.rule["x_target"]
                        self._learn(i, j, self._round(change(e, gain, self.rule["plus_shift"]), r, i))

    # Its parts

    def _sat(self, z: int) -> int:
        return min(max(z, -self.s), self.s)

    def _draw(self) -> int:
        return 0 if self.rule["flags"] & NEAREST_ROUNDING else self.dither.top(8)

    def _round(self, q: int, r: int, k: int) -> int:
        u = 128 if self.rule["flags"] & NEAREST_ROUNDING else (r + 159 * k) % 256
        return (q + u) // 256

    def _learn(self, i: int, j: int, n: int) -> None:
        self.count["updates"] += 1
        if n:
            w = self.weights[i][j] + n
            self.weights[i][j] = min(max(w, self.rule["w_min"]), self.rule["w_max"])


def _plain(record: np.void) -> dict[str, int]:
    return {name: int(record[name]) for name in record.dtype.names or ()}
