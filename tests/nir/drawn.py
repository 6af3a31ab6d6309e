"""Random networks: all kinds of neurons, resets and delays; connections that skip layers and go back."""

from typing import Any

import nir
import numpy as np
from numpy.typing import NDArray

from allspike.nir import Settings
from allspike.nir.choosing import FIRING
from allspike.nir.settings import FIRES, INTEGRATIONS, RESETS, SPIKES

from .graphs import graph

STEPS = 40


class Drawn:
    """A random graph: inputs, layers of any kind, connections that skip layers and go back, delays."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: dict[str, Any] = {}
        self.edges: list[str] = []
        self.sizes: dict[str, int] = {}
        self.settings: dict[str, Settings] = {}
        self.emits = int(self.rng.random() < 0.2)
        for k in range(self.rng.integers(1, 3)):
            self._input(f"in{k}")
        for k in range(self.rng.integers(1, 5)):
            self._layer(f"layer{k}")
        self._back()
        self._readouts()

    @property
    def graph(self) -> nir.NIRGraph:
        """As NIR has it."""
        return graph(self.nodes, *self.edges)

    def _chance(self, part: float) -> bool:
        return bool(self.rng.random() < part)

    def _input(self, name: str) -> None:
        self.sizes[name] = int(self.rng.integers(1, 4))
        self.nodes[name] = nir.Input(np.array([self.sizes[name]]))

    def _values(self, size: int, low: float, high: float) -> NDArray[np.float64]:
        return self.rng.uniform(low, high, size)

    def cells(self, kind: str, size: int) -> Any:
        """A node of neurons with parameters of all sizes."""
        tau = {"tau": self._values(size, 2, 20)}
        if kind in ("CubaLIF", "CubaLI"):
            tau = {"tau_mem": self._values(size, 2, 20), "tau_syn": self._values(size, 1.5, 9)}
            tau["w_in"] = self._values(size, 0.5, 4)
        own = {} if kind in ("IF", "I") else tau | {"v_leak": self._values(size, -0.2, 0.2)}
        own["r"] = self._values(size, 0.5, 4)
        if kind in FIRING:
            own |= {"v_threshold": self._values(size, 0.4, 1.5), "v_reset": self._values(size, -0.3, 0.3)}
        return getattr(nir, kind)(**own)

    def _add(self, name: str, kind: str, size: int) -> None:
        self.sizes[name] = size
        self.nodes[name] = self.cells(kind, size)
        choose = self.rng.choice
        self.settings[name] = Settings(
            reset=choose(list(RESETS)) if kind in FIRING else "none",
            integration=choose(list(INTEGRATIONS)), spikes=choose(list(SPIKES)), fires=choose(list(FIRES)),
            emits=self.emits if kind in FIRING else 0, starts=choose(["v_leak", "v_reset"]),
        )  # fmt: skip

    def _affine(self, pre: str, post: str, scale: float = 1.0) -> None:
        """A linear node from one place to another, perhaps behind a delay; some weights are absent."""
        shape = self.sizes[post], self.sizes[pre]
        weight = self.rng.normal(0.4, 1, shape) * scale * (self.rng.random(shape) < 0.8)
        name = f"w{len(self.nodes)}"
        bias = self.rng.normal(0, 0.1, shape[0])
        self.nodes[name] = nir.Affine(weight, bias) if self._chance(0.6) else nir.Linear(weight)
        chain = [pre, name, post]
        if self._chance(0.25):
            delay = self.rng.choice([0, 1, 2, 5, 19], shape[1]).astype(float)
            self.nodes[f"late{name}"] = nir.Delay(delay)
            chain.insert(1, f"late{name}")
        self.edges.append(" ".join(chain))

    def _layer(self, name: str) -> None:
        before = [n for n in self.sizes if n != name]
        kind = str(self.rng.choice(["LIF", "IF", "CubaLIF"]))
        self._add(name, kind, int(self.rng.integers(1, 4)))
        for pre in self.rng.choice(before, min(len(before), int(self.rng.integers(1, 4))), replace=False):
            self._affine(str(pre), name)
        if self._chance(0.4):
            self._affine(name, name, 0.5)

    def _back(self) -> None:
        layers = [n for n in self.sizes if n.startswith("layer")]
        if len(layers) > 1 and self._chance(0.4):
            self._affine(layers[-1], layers[int(self.rng.integers(0, len(layers) - 1))], 0.5)

    def _readouts(self) -> None:
        layers = [n for n in self.sizes if n.startswith("layer")]
        for name in layers:
            self._output(name, name)
        if self._chance(0.5):
            self._add("read", str(self.rng.choice(["LI", "CubaLI", "I"])), 2)
            self._affine(layers[-1], "read")
            self._output("read", "read")
        if self._chance(0.4):
            self._threshold("plain", layers[-1])
        if self._chance(0.4):
            self._add("held", str(self.rng.choice(["LI", "CubaLI", "I"])), 3)
            for values in vars(self.nodes["held"]).values():  # of one time constant, as sums must be
                if isinstance(values, np.ndarray):
                    values[:] = values[0]
            self._affine(layers[0], "held")
            self._threshold("held threshold".replace(" ", ""), "held")

    def _threshold(self, name: str, pre: str) -> None:
        self.sizes[name] = 2
        self.nodes[name] = nir.Threshold(self._values(2, 0.2, 0.8))
        self.settings[name] = Settings(reset="none", emits=self.emits, fires=self.rng.choice(list(FIRES)))
        weight = self.rng.normal(0.3, 1, (2, self.sizes[pre]))
        self.nodes[f"to {name}".replace(" ", "")] = nir.Affine(weight, self.rng.normal(0, 0.1, 2))
        self.edges.append(f"{pre} to{name} {name}")
        self._output(name, name)

    def _output(self, name: str, shown: str) -> None:
        self.nodes[f"out{name}"] = nir.Output(np.array([self.sizes[shown]]))
        self.edges.append(f"{shown} out{name}")

    def spikes(self, steps: int = STEPS) -> dict[str, NDArray[np.bool_]]:
        """Random spikes of the inputs."""
        return {
            name: self.rng.random((steps, size)) < 0.4
            for name, size in self.sizes.items()
            if name[:2] == "in"
        }
