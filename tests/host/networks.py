"""Random networks, extremes included: what the equivalence tests run on every device.

Sizes, widths, the rule and the flavour of every array are drawn one by one, so that a failing example
shrinks; the contents of arrays come from one seed.
"""

from dataclasses import dataclass, replace

import hypothesis.strategies as st
import numpy as np

from allspike.device.device import Device
from allspike.map import device_map as dm
from allspike.map.config import Config
from tests.reference.arithmetic import seed_of

TYPICAL = {
    "threshold": (1, 400), "reset": (-50, 50), "bias": (-3, 12), "leak": (0, 3), "adapt_increment": (0, 90),
    "beta": (25000, 33000), "alpha": (0, 30000), "adapt_decay": (30000, 32768), "adapt_period": (0, 4),
    "refractory": (0, 3), "delay": (1, 6), "flags": (0, 31), "reserved": (0, 0),
    "v": (-100, 300), "i": (-40, 40), "a": (0, 90), "y": (0, 3000),
    "rate": (0, 20000), "w": (-20, 50), "x": (0, 3000),
}  # fmt: skip
"""Ranges in which a network is alive and its synapses learn."""
SEEDS = tuple(seed_of(register) for register in (dm.SEED_LEARNING, dm.SEED_POISSON))
"""With which a generator would start at 0."""
FLAVOURS = ("typical", "extreme", "any bits")


@dataclass(frozen=True)
class Network:
    """What a host writes, and when; N neurons, A axons."""

    config: Config
    seed: int
    params: np.ndarray
    inputs: np.ndarray
    state: np.ndarray
    traces: np.ndarray
    weights: np.ndarray  # int8 [A, N]
    plastic: np.ndarray  # bool [A, N]
    rule: np.ndarray
    weight_shift: int
    poisson: bool
    steps: int
    events: np.ndarray  # bool [steps, M]

    def write_to(self, device: Device) -> None:
        """Reset, and write everything but the events."""
        device.reset(self.seed)
        device.write("weight_shift", self.weight_shift)
        device.write("control.flags", int(self.poisson) * int(dm.ControlFlag.POISSON))
        for region, values in (
            (dm.NEURON_PARAMS, self.params),
            (dm.INPUT_PARAMS, self.inputs),
            (dm.NEURON_STATE, self.state),
            (dm.TRACES, self.traces),
            (dm.WEIGHTS, self.weights),
            (dm.PLASTIC, np.packbits(self.plastic, axis=1, bitorder="little")),
            (dm.LEARNING, self.rule),
        ):
            device.write_region(region, values)

    def events_from(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """The events of some steps, as `Device.run` takes them."""
        when, who = np.nonzero(self.events[start:stop])
        return when, who

    def renamed(self, order: np.ndarray) -> "Network":
        """The same network with neuron `order[k]` as its k-th."""
        axons = np.concatenate([np.arange(self.config.inputs), self.config.inputs + order])
        return replace(
            self,
            params=self.params[order],
            state=self.state[order],
            traces=self.traces[axons],
            weights=self.weights[np.ix_(axons, order)],
            plastic=self.plastic[np.ix_(axons, order)],
        )


def _filled(
    rng: np.random.Generator, dtype: np.dtype, shape: tuple[int, ...], name: str, how: str
) -> np.ndarray:
    """Integers: alive, at the ends of their ranges, or with any bits at all."""
    limits = np.iinfo(dtype)
    if how == "typical":
        low, high = TYPICAL[name]
        return rng.integers(low, high, shape, endpoint=True).astype(dtype)
    if how == "any bits":
        return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    ends = [limits.min, limits.max, 0, 1, 1 << (limits.bits // 2)]
    ends += [end for bits in (7, 11, 15, 23) for end in (1 << bits, (1 << bits) - 1, -(1 << bits))]
    return rng.choice([end for end in ends if limits.min <= end <= limits.max], shape).astype(dtype)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    inputs = draw(st.integers(0, 12))
    return Config(
        neurons=draw(st.integers(1, 24)),
        inputs=inputs,
        weight_bits=draw(st.integers(2, 8)),
        state_bits=draw(st.integers(12, 24)),
        trace_bits=draw(st.integers(8, 16)),
        max_delay=1 << draw(st.integers(0, 7)),
        lanes=1,
        plasticity=draw(st.sampled_from((True, True, True, False))),
        poisson=draw(st.booleans()),
        event_ring=32,
        spike_ring=draw(st.sampled_from((16, 64, 4096))),
    )


@st.composite
def rules(draw: st.DrawFn) -> np.ndarray:
    """Learning records; changes come in all sizes, from far below a unit to beyond their bound."""
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    for name, values in (
        ("gain", st.sampled_from((64, 1, 127, -1, -64, -128, 0))),
        ("flags", st.integers(0, 8)),
        ("x_kind", st.integers(0, 4)),
        ("y_kind", st.integers(0, 4)),
        ("plus_shift", st.one_of(st.integers(0, 10), st.integers(0, 255))),
        ("minus_shift", st.one_of(st.integers(0, 10), st.integers(0, 255))),
        ("x_window", st.integers(0, 255)),
        ("y_window", st.integers(0, 255)),
        ("x_increment", st.integers(0, 65535)),
        ("y_increment", st.integers(0, 65535)),
        ("x_decay", st.one_of(st.integers(20000, 32768), st.integers(0, 65535))),
        ("y_decay", st.one_of(st.integers(20000, 32768), st.integers(0, 65535))),
        ("x_target", st.one_of(st.just(0), st.integers(0, 65535))),
        ("w_min", st.integers(-128, 127)),
        ("w_max", st.integers(-128, 127)),
    ):
        rule[name] = draw(values)
    return rule


@st.composite
def networks(draw: st.DrawFn) -> Network:
    config = draw(configs())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    most = st.sampled_from(("typical", *FLAVOURS))

    def records(region: dm.Region) -> np.ndarray:
        filled = np.zeros(region.shape(config), region.dtype(config))
        for name in region.dtype(config).names or ():
            dtype = region.dtype(config).fields[name][0]
            filled[name] = _filled(rng, dtype, filled.shape, name, draw(most))
        return filled

    steps = draw(st.integers(1, 50))
    return Network(
        config=config,
        seed=draw(st.one_of(st.integers(0, 2**32 - 1), st.sampled_from(SEEDS))),
        params=records(dm.NEURON_PARAMS),
        inputs=records(dm.INPUT_PARAMS),
        state=records(dm.NEURON_STATE),
        traces=_filled(rng, np.dtype("<u2"), (config.axons,), "x", draw(most)),
        weights=_filled(rng, np.dtype("i1"), (config.axons, config.neurons), "w", draw(most)),
        plastic=rng.random((config.axons, config.neurons)) < draw(st.sampled_from((0.0, 0.5, 1.0))),
        rule=draw(rules()),
        weight_shift=draw(st.one_of(st.integers(0, 4), st.integers(0, 15))),
        poisson=draw(st.booleans()),
        steps=steps,
        events=rng.random((steps, config.inputs)) < draw(st.sampled_from((0.0, 0.1, 0.5, 1.0))),
    )
