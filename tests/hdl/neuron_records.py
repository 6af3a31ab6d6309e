"""Records of neurons: what a store keeps of them, and random values that find corners."""

import random

import numpy as np

from allspike.map.config import Config
from allspike.map.lif import LIF
from allspike.map.record import Field, Record
from tests.reference.arithmetic import signed, unsigned
from tests.reference.neuron import STATE

PARAMS, KEPT_STATE = LIF.params_record, LIF.state_record
FACTORS = ("beta", "alpha", "adapt_decay")


def kept(record: np.void, layout: Record, names: tuple[str, ...], config: Config) -> np.ndarray:
    """What a store keeps of these fields of a record: the low bits of each."""
    result = np.zeros(1, record.dtype)
    for name in names:
        field = layout[name]
        low = signed if field.signed else unsigned
        result[name] = low(int(record[name]), field.width(config))
    return result


def stored_params(record: np.void, config: Config) -> np.ndarray:
    """What a `neuron_params` record reads back as."""
    result = kept(record, PARAMS, PARAMS.names, config)
    result["delay"] = (int(record["delay"]) - 1) % config.max_delay + 1
    return result


def stored_state(record: np.void, config: Config) -> np.ndarray:
    """What the population reads back of a `neuron_state` record: all but the post trace."""
    return kept(record, KEPT_STATE, STATE, config)


def corner(rng: random.Random, bits: int, is_signed: bool) -> int:
    """A number of so many bits: any, small, or beside a bound."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if is_signed else (0, 2**bits - 1)
    small = rng.randint(-3, 3)
    value = rng.choice(
        [rng.randint(low, high), rng.randint(low, high), small, low + abs(small), high - abs(small),
         rng.randint(low, high) >> rng.randrange(1, bits + 1)]
    )  # fmt: skip
    return min(max(value, low), high)


def any_of(rng: random.Random, field: Field, config: Config) -> int:
    """A value that a store may hold in a field."""
    width = field.width(config)
    return corner(rng, width, field.signed) if width else 0


def random_params(rng: random.Random, config: Config) -> dict[str, int]:
    params = {field.name: any_of(rng, field, config) for field in PARAMS.fields}
    for name in FACTORS:
        params[name] = rng.choice(
            [params[name], 0, 2**15 - 1, 2**15, 2**15 + 1, rng.randrange(2**15), 2**16 - 1]
        )
    for name in ("leak", "adapt_increment", "bias"):
        params[name] = rng.choice([params[name], params[name], 0])
    params["refractory"] = rng.choice([0, 0, 1, 2, 255])
    params["adapt_period"] = rng.choice([0, 0, 1, 2, 5, 31])
    return params


def random_state(rng: random.Random, config: Config) -> dict[str, int]:
    state = {name: any_of(rng, KEPT_STATE[name], config) for name in STATE}
    state["refractory"] = rng.choice([0, 0, 0, 1, state["refractory"]])
    return state
