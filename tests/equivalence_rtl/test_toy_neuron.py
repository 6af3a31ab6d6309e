"""A neuron model is one file: this one. The emulator and both datapaths run it, equal to the last bit.

A plain integrator: what it keeps, its step in the emulator, its pipeline and its serial program. Nothing else
knows of it.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from amaranth import Module, Mux, Signal, signed

from allspike.device.bus import Bus
from allspike.device.device import Device
from allspike.emulator.arithmetic import clip
from allspike.emulator.bus import EmulatorBus
from allspike.emulator.core import I32, inlined
from allspike.emulator.sweep import Sweep
from allspike.map import device_map as dm
from allspike.map import models
from allspike.map.config import Config, Memory
from allspike.map.neuron_model import NeuronModel
from allspike.map.record import Field
from allspike_hdl.clocks import clocks_of
from allspike_hdl.neurons.arith import WeightShift, saturate_state
from allspike_hdl.neurons.gateware import NeuronGateware, NeuronTiming
from allspike_hdl.neurons.pipeline import NeuronPipeline
from allspike_hdl.neurons.program import FLAGS, Add, Clock, Operand, Program, Write, param, state
from allspike_sim.rtl import RtlBus

from .compare import contents, difference, first_spike_apart

# The model: V = sat(sat(V + bias) + (acc << weight_shift)); fires if V >= threshold, and then
# V = sat(V - threshold).


@inlined
def begin(core):
    """Nothing holds during a run."""
    return 0


@inlined
def update(core, settings, held):
    """V, and who fires."""
    bias, threshold, v = core.params.bias, core.params.threshold, core.state.v
    state_max, shift = I32(settings.state_max), I32(settings.weight_shift)
    bound = I32(((state_max + 1) * 2 >> shift) + 1)
    total = 0
    for j in range(v.size):
        driven = clip(I32(v[j] + bias[j]), I32(-state_max), state_max)
        weighed = I32(clip(core.acc[j], I32(-bound), bound) << shift)
        v[j] = clip(I32(driven + weighed), I32(-state_max), state_max)
        core.acc[j] = 0
        core.fired[j] = v[j] >= threshold[j]
        total += core.fired[j]
    return total


@inlined
def after(core, settings, j):
    """V loses the threshold."""
    state_max = I32(settings.state_max)
    core.state.v[j] = clip(I32(core.state.v[j] - core.params.threshold[j]), I32(-state_max), state_max)


class IntegratorPipeline(NeuronPipeline):
    """4 clocks from `acc` to `fired`."""

    def elaborate(self, platform):
        m = Module()
        bits = self._sizes.config.state_bits
        m.submodules.shift = shift = WeightShift(self._sizes.acc_bits, bits)
        driven, total = Signal(signed(bits + 1)), Signal(signed(bits + 2))
        v, lowered = Signal(signed(bits)), Signal(signed(bits + 1))
        m.d.comb += [
            shift.acc.eq(self.acc),
            shift.shift.eq(self.weight_shift),
            lowered.eq(v - self.params.threshold),
            self.fired.eq(lowered >= 0),
            self.next.v.eq(Mux(self.fired, saturate_state(lowered, bits), v)),
        ]
        m.d.sync += [
            driven.eq(self.state.v + self.params.bias),
            total.eq(saturate_state(driven, bits) + shift.shifted),
            v.eq(saturate_state(total, bits)),
        ]
        return m


TIMING = NeuronTiming(
    params={"bias": 1, "threshold": 4},
    state={"v": 1},
    next={"v": 4},
    fired=4,
)
V, BIAS, THRESHOLD = state("v"), param("bias"), param("threshold")
PROGRAM = Program(
    always=(
        Clock(reads=(V, FLAGS)),
        Clock(reads=(BIAS,), adds=Add(Operand.READ, anew=True)),
        Clock(adds=Add(Operand.READ)),
        Clock(reads=(THRESHOLD,), adds=Add(Operand.ACCUMULATED, saturates=True)),
        Clock(
            writes=Write(V),
            adds=Add(Operand.READ, minus=True, saturates=True),
            fires=lambda now: ~now.ends_below,
        ),
        Clock(),
    ),
    fired=(Clock(writes=Write(V)),),
)
INTEGRATOR = NeuronModel(
    name="integrator",
    number=200,
    params=(
        Field("bias", "i4", "added to V at every step", lambda config: config.state_bits),
        Field("threshold", "i4", "fires at V >= threshold", lambda config: config.state_bits),
    ),
    state=(Field("v", "i4", "membrane potential V", lambda config: config.state_bits),),
    potential="v",
    drive="bias",
    sweep=Sweep(begin, update, after),
    gateware=NeuronGateware(TIMING, IntegratorPipeline, PROGRAM),
)


@pytest.fixture(scope="module", autouse=True)
def _known() -> Iterator[None]:
    """The model is known to these tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "_models", dict(models._models))
        models.register(INTEGRATOR)
        yield


BUILDS = {
    "wide": Config(
        neurons=16, inputs=7, lanes=4, neuron_lanes=2, state_bits=17, event_ring=32, spike_ring=16,
    ),
    "wide, static": Config(
        neurons=6, inputs=5, lanes=1, state_bits=24, weight_bits=8, max_delay=1, plasticity=False,
        event_ring=16, spike_ring=16,
    ),
    "compact": Config(
        neurons=16, inputs=9, lanes=4, weight_bits=5, state_bits=13, trace_bits=9, max_delay=4,
        memory=Memory.SINGLE_PORT, event_ring=32, spike_ring=16,
    ),
    "compact, static": Config(
        neurons=8, inputs=3, lanes=8, state_bits=24, memory=Memory.SINGLE_PORT, plasticity=False,
        event_ring=16, spike_ring=16,
    ),
}  # fmt: skip
"""Each with widths of its own, which everything follows."""
STEPS = 40


def random_bits(rng: np.random.Generator, region: dm.Region, config: Config) -> np.ndarray:
    """A region of any bytes."""
    return np.frombuffer(rng.bytes(region.size(config)), region.dtype(config)).reshape(region.shape(config))


def lively(rng: np.random.Generator, config: Config) -> tuple[np.ndarray, np.ndarray]:
    """Parameters and state of any bits, but for many neurons whose V comes and goes about their threshold."""
    params, state = (
        random_bits(rng, region, config).copy() for region in (dm.NEURON_PARAMS, dm.NEURON_STATE)
    )
    often = rng.random(config.neurons) < 0.7
    params["threshold"][often] = rng.integers(0, 12, often.sum())
    params["bias"][often] = rng.integers(0, 4, often.sum())
    params["flags"] &= ~np.uint8(dm.NeuronFlag.SILENT)
    state["v"][often] = rng.integers(-20, 20, often.sum())
    return params, state


def play(bus: Bus, seed: int) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Some runs, and what there is after each of them: spikes [step, neuron], and all that can be read."""
    device, config = Device(bus), bus.config
    rng = np.random.default_rng(seed)
    device.reset(seed)
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    rule["gain"], rule["x_increment"], rule["y_increment"] = 64, 200, 150
    rule["x_decay"] = rule["y_decay"] = 30000
    rule["plus_shift"], rule["minus_shift"] = 6, 5
    rule["w_min"], rule["w_max"] = config.weight_min, config.weight_max
    device.write_region(dm.LEARNING, rule)
    for region in (dm.PLASTIC, dm.INPUT_PARAMS, dm.TRACES):
        device.write_region(region, random_bits(rng, region, config))
    weights = random_bits(rng, dm.WEIGHTS, config).copy()
    weights[:, ::2] >>= 6  # so that V meets the threshold
    device.write_region(dm.WEIGHTS, weights)
    for shift in (0, 2, 15):
        device.write("weight_shift", shift)
        params, state = lively(rng, config)
        device.write_region(dm.NEURON_PARAMS, params)
        device.write_region(dm.NEURON_STATE, state)
        events = rng.random((STEPS, config.inputs)) < 0.1
        spikes = np.stack(device.run(STEPS, np.nonzero(events)), axis=1)
        device.write("spike_ack", device.status()["spike_head"])
        yield spikes, contents(device)


@pytest.mark.parametrize("build", BUILDS)
def test_a_new_model_runs_everywhere_as_on_the_emulator(build: str) -> None:
    config = replace(BUILDS[build], neuron="integrator")
    fired = 0
    for ours, theirs in zip(play(EmulatorBus(config), 1), play(RtlBus(config), 1), strict=True):
        fired += len(ours[0])
        assert not (apart := first_spike_apart(ours[0], theirs[0])), apart
        assert not (apart := difference(ours[1], theirs[1])), apart
    assert fired > STEPS


def test_the_emulator_has_the_model_s_integers() -> None:
    """One neuron without synapses but from one input, against the equation."""
    config = Config(neuron="integrator", neurons=8, inputs=1, state_bits=12)
    device = Device(EmulatorBus(config))
    params = np.zeros(8, config.model.params_record.dtype)
    params["threshold"], params["bias"], params["delay"] = 700, -3, 1
    device.write_region(dm.NEURON_PARAMS, params)
    weights = np.zeros((config.axons, 8), np.int8)
    weights[0, 5] = 100
    device.write_region(dm.WEIGHTS, weights)
    device.write("weight_shift", 2)
    events = np.arange(60) % 3 != 0
    fired, v = [], 0
    for t, event in enumerate(events):
        v = min(max(max(v - 3, -2047) + 400 * int(event), -2047), 2047)
        if v >= 700:
            fired.append((t, 5))
            v -= 700
    steps, neurons = device.run(60, np.nonzero(events[:, None]))
    assert list(zip(steps.tolist(), neurons.tolist(), strict=True)) == fired
    assert device.read_region(dm.NEURON_STATE)["v"][5] == v
    assert fired


@pytest.mark.parametrize("build", ["wide", "compact"])
def test_its_clocks_follow_from_its_timing_and_its_program(build: str) -> None:
    config = replace(BUILDS[build], neuron="integrator")
    bus = RtlBus(config)
    runs = len(list(play(bus, 1)))
    counted = np.frombuffer(bus.read(dm.COUNTERS.base, dm.COUNTERS.size(config)), dm.COUNTERS.dtype(config))
    firings = int(counted["firings"][0])
    steps = runs * STEPS
    assert counted["clocks_sweep"] == steps * clocks_of(config).sweep(firings / steps)
    assert firings
