"""One network, one step at a time: docs/model.md from phase 1 to 5.

It takes the records of the memory map as they are written, and keeps of them what the document says.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from allspike.map.config import Config
from allspike.map.flags import LearnFlag, NeuronFlag, TraceKind

from .arithmetic import Generator, hashed, signed, unsigned
from .learning import Synapses, Traces
from .neuron import STATE, Neuron

COUNTERS = ("firings", "events", "poisson", "rows", "columns", "updates", "late_events")


class Model:
    """A network of `config`, after a reset with the user's `seed`; the rest at 0 until it is written."""

    def __init__(self, config: Config, seed: int = 0) -> None:
        self.config = config
        self.t = 0
        self.neurons = [Neuron(config, {}) for _ in range(config.neurons)]
        self.synapses = Synapses(config)
        self.synapses.restart(hashed(seed))
        self.under_way: dict[int, set[int]] = {}
        self.poisson = Generator(hashed(seed) ^ 0x7F4A7C15)
        self.count: Counter[str] = Counter(dict.fromkeys(COUNTERS, 0))
        self.weight_shift, self.draws = 0, False
        self.inputs: list[dict[str, int]] = []

    def state(self, name: str) -> list[int]:
        """A field of `neuron_state`, of all neurons."""
        return self.synapses.y.values if name == "y" else [neuron.state[name] for neuron in self.neurons]

    # Stores: what is kept of what is written

    def write_neurons(self, records: np.ndarray) -> None:
        b = self.config.state_bits
        for neuron, record in zip(self.neurons, records, strict=True):
            p = neuron.params = _plain(record)
            p |= {name: signed(p[name], b) for name in ("threshold", "reset", "bias")}
            p |= {name: unsigned(p[name], b - 1) for name in ("leak", "adapt_increment")}
            p |= {name: unsigned(p[name], 5) for name in ("adapt_period", "flags")}
            p["delay"] = (p["delay"] - 1) % self.config.max_delay + 1
            p["reserved"] = 0

    def write_inputs(self, records: np.ndarray) -> None:
        self.inputs = [_plain(record) for record in records]
        for p in self.inputs:
            p["flags"] &= NeuronFlag.PLASTIC_OUT
            p["rate"] *= self.config.poisson

    def write_state(self, records: np.ndarray) -> None:
        b = self.config.state_bits
        for neuron, record in zip(self.neurons, records, strict=True):
            z = neuron.state = {name: int(record[name]) for name in STATE}
            z |= {name: signed(z[name], b) for name in ("v", "i")}
            z["a"] = unsigned(z["a"], b - 1)
        self._write_traces(self.synapses.y, records["y"])

    def write_traces(self, values: np.ndarray) -> None:
        self._write_traces(self.synapses.x, values)

    def _write_traces(self, traces: Traces, values: np.ndarray) -> None:
        learns = self.config.plasticity
        traces.values = [unsigned(int(z), self.config.trace_bits) * learns for z in values]

    def write_weights(self, values: np.ndarray) -> None:
        self.synapses.weights = [[signed(int(w), self.config.weight_bits) for w in row] for row in values]

    def write_plastic(self, bits: np.ndarray) -> None:
        self.synapses.plastic = [[int(bit) * self.config.plasticity for bit in row] for row in bits]

    def write_rule(self, record: np.void) -> None:
        rule = {name: value * self.config.plasticity for name, value in _plain(record).items()}
        rule["flags"] &= int(sum(LearnFlag))
        rule |= {name: min(rule[name] % 4, TraceKind.WINDOW) for name in ("x_kind", "y_kind")}
        rule |= {name: unsigned(rule[name], 5) for name in ("plus_shift", "minus_shift")}
        rule |= {name: unsigned(rule[name], 7) for name in ("x_window", "y_window")}
        traced = ("x_increment", "y_increment", "x_target")
        rule |= {name: unsigned(rule[name], self.config.trace_bits) for name in traced}
        rule |= {name: signed(rule[name], self.config.weight_bits) for name in ("w_min", "w_max")}
        self.synapses.take(rule)

    # The step

    def step(self, events: Iterable[int] = ()) -> list[int]:
        """One step with host events on these inputs; who fired and is not silent."""
        fired = self._neurons(self._rows(self._arrivals(events)))
        self._columns(fired)
        for j in fired:
            self.synapses.y.spike(j)
        self.synapses.fade()
        self.t += 1
        self.count["updates"] = self.synapses.updates
        return [j for j in fired if not self.neurons[j].params["flags"] & NeuronFlag.SILENT]

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
        acc = [0] * self.config.neurons
        for i in arriving:
            self.count["rows"] += 1
            acc = [total + w for total, w in zip(acc, self.synapses.weights[i], strict=True)]
            k = i - self.config.inputs
            flags = self.inputs[i]["flags"] if k < 0 else self.neurons[k].params["flags"]
            if self.synapses.rule["gain"] and flags & NeuronFlag.PLASTIC_OUT:
                self.synapses.depress(i)
            self.synapses.x.spike(i)
        return acc

    def _neurons(self, acc: list[int]) -> list[int]:
        fired = [j for j, neuron in enumerate(self.neurons) if neuron.step(acc[j], self.weight_shift, self.t)]
        for j in fired:
            self.under_way.setdefault(self.t + self.neurons[j].params["delay"], set()).add(j)
        self.count["firings"] += len(fired)
        return fired

    def _columns(self, fired: list[int]) -> None:
        for j in fired:
            if self.synapses.rule["gain"] and self.neurons[j].params["flags"] & NeuronFlag.PLASTIC_IN:
                self.count["columns"] += 1
                self.synapses.potentiate(j)


def _plain(record: np.void) -> dict[str, int]:
    return {name: int(record[name]) for name in record.dtype.names or ()}
