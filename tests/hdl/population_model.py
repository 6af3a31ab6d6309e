"""Phase 3 of docs/model.md for one neuron, in Python's integers; and random values that find corners."""

import random
from dataclasses import dataclass, field

import numpy as np

from allspike.map.config import Config
from allspike.map.device_map import NeuronFlag

SIGNED = ("threshold", "reset", "bias", "v", "i")


def widths(config: Config) -> dict[str, int]:
    b = config.state_bits
    return {
        "threshold": b, "reset": b, "bias": b, "leak": b - 1, "adapt_increment": b - 1, "beta": 16,
        "alpha": 16, "adapt_decay": 16, "adapt_period": 5, "refractory": 8,
        "delay": (config.max_delay - 1).bit_length(),
        "flags": 5, "v": b, "i": b, "a": b - 1, "count": 8,
    }  # fmt: skip


def kept_bits(value: int, bits: int, is_signed: bool = False) -> int:
    """The low bits of a value, as a store keeps them."""
    low = value % 2**bits
    return low - 2**bits if is_signed and low >= 2 ** (bits - 1) else low


def stored_params(record: np.void, config: Config) -> np.ndarray:
    """What a `neuron_params` record reads back as."""
    kept = np.zeros((), record.dtype)
    for name, bits in list(widths(config).items())[:12]:
        kept[name] = kept_bits(int(record[name]), bits, name in SIGNED)
    kept["delay"] = (int(record["delay"]) - 1) % config.max_delay + 1
    return kept.reshape(1)


def stored_state(record: np.void, config: Config) -> np.ndarray:
    """What the population reads back of a `neuron_state` record: all but the post trace."""
    kept = np.zeros((), record.dtype)
    for name in ("v", "i", "a"):
        kept[name] = kept_bits(int(record[name]), widths(config)[name], name in SIGNED)
    kept["refractory"] = record["refractory"]
    return kept.reshape(1)


def decay(z: int, factor: int) -> int:
    one = 2**15
    magnitude = (abs(z) * min(factor, one) + one // 2) // one
    if magnitude == abs(z) > 0 and factor < one:
        magnitude -= 1
    return -magnitude if z < 0 else magnitude


@dataclass
class ModelNeuron:
    """`params` as they are stored, and the state; `count` is the refractory count."""

    config: Config
    params: dict[str, int]
    state: dict[str, int] = field(default_factory=lambda: {"v": 0, "i": 0, "a": 0, "count": 0})

    def step(self, acc: int, shift: int, t: int) -> bool:
        """One step; whether the neuron fires."""
        p, z = self.params, self.state
        top = 2 ** (self.config.state_bits - 1) - 1
        z["i"] = min(max(decay(z["i"], p["alpha"]) + acc * 2**shift, -top), top)
        if z["count"] == 0 or p["flags"] & NeuronFlag.REFRACTORY_INTEGRATE:
            m = max(decay(abs(z["v"]), p["beta"]) - p["leak"], 0)
            z["v"] = min(max((-m if z["v"] < 0 else m) + z["i"] + p["bias"], -top), top)
        fires = z["count"] == 0 and z["v"] >= p["threshold"] + z["a"]
        z["count"] = max(z["count"] - 1, 0)
        if t % 2 ** p["adapt_period"] == 0:
            z["a"] = decay(z["a"], p["adapt_decay"])
        if fires:
            subtracts = p["flags"] & NeuronFlag.RESET_SUBTRACT
            z["v"] = min(max(z["v"] - p["reset"], -top), top) if subtracts else p["reset"]
            z["count"] = p["refractory"]
            z["a"] = min(z["a"] + p["adapt_increment"], top)
        return fires


def corner(rng: random.Random, bits: int, is_signed: bool) -> int:
    """A number of so many bits: any, small, or beside a bound."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if is_signed else (0, 2**bits - 1)
    small = rng.randint(-3, 3)
    value = rng.choice(
        [rng.randint(low, high), rng.randint(low, high), small, low + abs(small), high - abs(small),
         rng.randint(low, high) >> rng.randrange(1, bits + 1)]
    )  # fmt: skip
    return min(max(value, low), high)


def random_params(rng: random.Random, config: Config) -> dict[str, int]:
    names = list(widths(config))[:12]
    params = {
        name: corner(rng, widths(config)[name], name in SIGNED) if widths(config)[name] else 0
        for name in names
    }
    for name in ("beta", "alpha", "adapt_decay"):
        params[name] = rng.choice(
            [params[name], 0, 2**15 - 1, 2**15, 2**15 + 1, rng.randrange(2**15), 2**16 - 1]
        )
    for name in ("leak", "adapt_increment", "bias"):
        params[name] = rng.choice([params[name], params[name], 0])
    params["refractory"] = rng.choice([0, 0, 1, 2, 255])
    params["adapt_period"] = rng.choice([0, 0, 1, 2, 5, 31])
    return params


def random_state(rng: random.Random, config: Config) -> dict[str, int]:
    state = {name: corner(rng, widths(config)[name], name in SIGNED) for name in ("v", "i", "a", "count")}
    state["count"] = rng.choice([0, 0, 0, 1, state["count"]])
    return state
