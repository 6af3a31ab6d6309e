"""A framework, which runs the flat form layer by layer within a step, by the equations of its nodes.

It knows no lags, no relays, no factors and gains: V is what NIR's equations say, spikes pass all layers in
the step in which they come about, but around a loop, where they act in the next.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from allspike.nir import Settings
from allspike.nir.flat import Cells, Edge, Flat

Array = NDArray[np.float64]


class Neurons:
    """One node, stepped."""

    def __init__(self, cells: Cells, settings: Settings, dt: float) -> None:
        self.cells, self.settings, self.dt = cells, settings, dt
        own = self.own = {name: values.copy() for name, values in cells.parameters.items()}
        self.fires = cells.kind in ("LIF", "IF", "CubaLIF", "Threshold")
        at_leak = not self.fires or settings.starts == "v_leak"
        starts = own.get("v_leak", own.get("v_reset")) if at_leak else own.get("v_reset")
        self.v = np.zeros(cells.size) if starts is None else starts.copy()
        self.i = np.zeros(cells.size)
        self.fired = np.zeros(cells.size, bool)

    def step(self, x: Array) -> Array:
        """Spikes of a step, or potentials of what does not fire."""
        kind, reset, before = self.cells.kind, self.settings.reset, self.fired
        if kind == "Threshold":
            self.v = x
        elif kind in ("CubaLIF", "CubaLI"):
            self._current(x)
        elif kind in ("IF", "I"):
            self.v = self.v + x * (1 if self._is("plain", "decayed") else self.own["r"])
            if self._is("pulse"):
                self.v += x * self.own["r"] * (self.dt - 1)
        else:
            self._leaky(x)
        if not self.fires:
            return self.v
        threshold = self.own["threshold" if kind == "Threshold" else "v_threshold"]
        if reset == "subtract late":
            self.v = self.v - before * threshold
        if reset == "to late":
            self.v = np.where(before, self.own["v_reset"], self.v)
        fired = self.v > threshold if self.settings.fires == ">" else self.v >= threshold
        if reset == "to late":
            fired &= ~before
        self.fired = fired
        if reset in ("to", "to late"):
            self.v = np.where(fired, self.own["v_reset"], self.v)
        elif reset == "subtract":
            self.v = self.v - fired * threshold
        return fired

    def _is(self, *words: str) -> bool:
        return self.settings.spikes in words

    def _kept(self, name: str) -> Array:
        tau = self.own[name]
        return np.exp(-self.dt / tau) if self.settings.integration == "exponential" else 1 - self.dt / tau

    def _leaky(self, x: Array) -> None:
        own, kept = self.own, self._kept("tau")
        if self._is("pulse"):  # tau dv/dt = v_leak - v + r x
            self.v = self.v + (1 - kept) * (own["v_leak"] - self.v + own["r"] * x)
        else:
            self.v = own["v_leak"] + kept * (self.v - own["v_leak"])
            self.v += {"jump": own["r"], "plain": 1.0, "decayed": kept}[self.settings.spikes] * x

    def _current(self, x: Array) -> None:
        own, kept = self.own, self._kept("tau_syn")
        if self._is("jump") and self.settings.integration == "exponential":
            self._exact(x)
            return
        if self._is("pulse"):  # tau_syn di/dt = -i + w_in x
            self.i = self.i + (1 - kept) * (own["w_in"] * x - self.i)
        elif self._is("decayed"):
            self.i = kept * (self.i + x)
        else:
            self.i = kept * self.i + x * (own["w_in"] if self._is("jump") else 1.0)
        decay = self._kept("tau_mem")
        drive = self.i if self._is("plain", "decayed") else (1 - decay) * own["r"] * self.i
        self.v = own["v_leak"] + decay * (self.v - own["v_leak"]) + drive

    def _exact(self, x: Array) -> None:
        """The solution of both equations over a step, from a jump at its beginning."""
        self.i = self.i + self.own["w_in"] * x
        for k in range(self.cells.size):
            tau_mem, tau_syn, r, rest = (self.own[name][k] for name in ("tau_mem", "tau_syn", "r", "v_leak"))
            over = expm(self.dt * np.array([[-1 / tau_mem, r / tau_mem], [0, -1 / tau_syn]]))
            v, self.i[k] = over @ [self.v[k] - rest, self.i[k]]
            self.v[k] = v + rest


def run(
    flat: Flat, settings: Mapping[str, Settings], dt: float, inputs: Mapping[str, NDArray[np.bool_]]
) -> dict[str, Array]:
    """What every node and output gives in every step, [steps, size]."""
    nodes = {cells.name: Neurons(cells, settings[cells.name], dt) for cells in flat.cells}
    between = [(e.pre, e.post) for e in flat.edges if e.pre in nodes and e.post in nodes]
    loop = {name: reached(name, between) for name in nodes}
    steps = len(next(iter(inputs.values())))
    gives: dict[str, Array] = {name: np.asarray(values, float) for name, values in inputs.items()}
    gives |= {p.name: np.zeros((steps, p.size)) for p in (*flat.cells, *flat.outputs)}
    late = {id(edge): _latency(edge, settings, dt, loop) for edge in flat.edges}
    places = order(flat, loop)
    for t in range(steps):
        for name in places:
            x = np.zeros(gives[name].shape[1])
            for edge in flat.edges:
                if edge.post == name:
                    when = t - late[id(edge)]
                    come = np.where(when >= 0, gives[edge.pre][np.maximum(when, 0), range(when.size)], 0.0)
                    x += come @ edge.matrix + edge.bias
            gives[name][t] = nodes[name].step(x) if name in nodes else x
    return gives


def reached(name: str, edges: list[tuple[str, str]]) -> set[str]:
    """What a place reaches."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        for pre, post in edges:
            if pre == here and post not in found:
                found.add(post)
                waiting.append(post)
    return found


def _latency(
    edge: Edge, settings: Mapping[str, Settings], dt: float, loop: Mapping[str, set[str]]
) -> NDArray[np.int64]:
    late = np.rint(edge.delay / dt).astype(int)
    if edge.pre in settings:
        late = late + settings[edge.pre].emits
    around = edge.pre in loop.get(edge.post, ())
    return np.maximum(late, 1) if around else late


def order(flat: Flat, loop: Mapping[str, set[str]]) -> list[str]:
    """Each place behind what it hears in the same step."""
    found: list[str] = []
    left = [p.name for p in (*flat.cells, *flat.outputs)]
    while left:
        name = next(
            n for n in left
            if all(
                e.pre not in left or (e.pre in loop.get(n, ()) and n in loop.get(e.pre, ()))
                for e in flat.edges if e.post == n
            )
        )  # fmt: skip
        left.remove(name)
        found.append(name)
    return found
