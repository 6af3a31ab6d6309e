"""Phase 3 of docs/model.md, the step of a neuron."""

from dataclasses import dataclass, field

from allspike.map.config import Config
from allspike.map.flags import NeuronFlag

from .arithmetic import bounded, decay

STATE = ("v", "i", "a", "refractory")


@dataclass
class Neuron:
    """A neuron, by the names of the map: `params` as they are stored, and its state."""

    config: Config
    params: dict[str, int]
    state: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATE, 0))

    def step(self, acc: int, shift: int, t: int) -> bool:
        """One step; whether the neuron fires."""
        p, z = self.params, self.state
        top = 2 ** (self.config.state_bits - 1) - 1
        z["i"] = bounded(decay(z["i"], p["alpha"]) + acc * 2**shift, top)
        if z["refractory"] == 0 or p["flags"] & NeuronFlag.REFRACTORY_INTEGRATE:
            m = max(decay(abs(z["v"]), p["beta"]) - p["leak"], 0)
            z["v"] = bounded((-m if z["v"] < 0 else m) + z["i"] + p["bias"], top)
        fires = z["refractory"] == 0 and z["v"] >= p["threshold"] + z["a"]
        z["refractory"] = max(z["refractory"] - 1, 0)
        if t % 2 ** p["adapt_period"] == 0:
            z["a"] = decay(z["a"], p["adapt_decay"])
        if fires:
            subtracts = p["flags"] & NeuronFlag.RESET_SUBTRACT
            z["v"] = bounded(z["v"] - p["reset"], top) if subtracts else p["reset"]
            z["refractory"] = p["refractory"]
            z["a"] = min(z["a"] + p["adapt_increment"], top)
        return fires
