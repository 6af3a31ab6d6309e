"""The emulator computes what docs/model.md says, bit for bit, and the model keeps its promises."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config
from tests.examples import examples
from tests.reference.learning import change
from tests.reference.model import COUNTERS, Model
from tests.reference.neuron import STATE

from .networks import Network, networks, rules

pytestmark = pytest.mark.filterwarnings("error")
relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))


def emulator(network: Network) -> Device:
    device = Device(EmulatorBus(network.config))
    network.write_to(device)
    return device


def reference(network: Network) -> Model:
    model = Model(network.config, network.seed)
    model.weight_shift, model.draws = network.weight_shift, network.poisson
    model.write_neurons(network.params)
    model.write_inputs(network.inputs)
    model.write_state(network.state)
    model.write_traces(network.traces)
    model.write_weights(network.weights)
    model.write_plastic(network.plastic)
    model.write_rule(network.rule[0])
    return model


def assert_same(device: Device, model: Model) -> None:
    """Everything that a host can read of the network is as the reference has it."""
    state, synapses = device.read("neuron_state"), model.synapses
    for name in (*STATE, "y"):
        assert state[name].tolist() == model.state(name), name
    assert device.read("traces").tolist() == synapses.x.values
    assert device.read("weights").tolist() == synapses.weights
    bits = np.unpackbits(device.read("plastic"), axis=1, bitorder="little", count=model.config.neurons)
    assert bits.tolist() == synapses.plastic
    params = [neuron.params for neuron in model.neurons]
    for region, rows in (("neuron_params", params), ("input_params", model.inputs)):
        held = device.read(region)
        assert [{name: int(row[name]) for name in held.dtype.names} for row in held] == rows
    rule = device.read("learning")[0]
    assert {name: int(rule[name]) for name in rule.dtype.names} == synapses.rule
    assert {name: device.counters()[name] for name in COUNTERS} == dict(model.count)


@settings(relaxed, max_examples=examples(250))
@given(network=networks(), later=rules(), data=st.data())
def test_emulator_equals_the_document(network: Network, later: np.ndarray, data: st.DataObject) -> None:
    """Every spike, state, trace, weight and counter; the rule and the delays change on the way."""
    device, model = emulator(network), reference(network)
    cut = data.draw(st.integers(0, network.steps))
    for start, stop in ((0, cut), (cut, network.steps)):
        when, who = device.run(stop - start, network.events_from(start, stop))
        spikes = [(t, j) for t in range(start, stop) for j in model.step(np.flatnonzero(network.events[t]))]
        assert list(zip(when.tolist(), who.tolist(), strict=True)) == spikes
        assert_same(device, model)
        params = np.roll(network.params, 1)
        device.write_region(dm.NEURON_PARAMS, params)
        device.write_region(dm.LEARNING, later)
        model.write_neurons(params)
        model.write_rule(later[0])


@settings(relaxed, max_examples=examples(150))
@given(
    network=networks(), gain=st.integers(-128, 127), shifts=st.tuples(st.integers(0, 9), st.integers(0, 9))
)
def test_learning_equals_the_document(network: Network, gain: int, shifts: list[int]) -> None:
    """Every synapse learns at every step, from traces and weights of all sizes, between the widest bounds."""
    network = replace(network, config=replace(network.config, plasticity=True, weight_bits=8))
    network.params["threshold"], network.params["refractory"] = -network.config.state_max, 0
    network.state["refractory"] = network.params["adapt_increment"] = network.state["a"] = 0
    network.params["flags"] = dm.NeuronFlag.PLASTIC_IN | dm.NeuronFlag.PLASTIC_OUT
    network.inputs["flags"] = int(dm.InputFlag.PLASTIC_OUT)
    network.plastic[:] = True
    network.rule["gain"], (network.rule["plus_shift"], network.rule["minus_shift"]) = gain, shifts
    network.rule["w_min"], network.rule["w_max"] = -128, 127
    device, model = emulator(network), reference(network)
    for t in range(min(network.steps, 3)):
        device.run(1, network.events_from(t, t + 1))
        model.step(np.flatnonzero(network.events[t]))
        assert_same(device, model)


@settings(relaxed, max_examples=examples(40))
@given(network=networks(), data=st.data())
def test_renaming_neurons_renames_the_results(network: Network, data: st.DataObject) -> None:
    """Without a dither nothing depends on an index."""
    network.rule["flags"] |= int(dm.LearnFlag.NEAREST_ROUNDING)
    order = np.array(data.draw(st.permutations(range(network.config.neurons))))
    renamed = network.renamed(order)
    one, other = emulator(network), emulator(renamed)
    when, who = one.run(network.steps, network.events_from(0, network.steps))
    when_renamed, who_renamed = other.run(network.steps, network.events_from(0, network.steps))
    assert set(zip(when.tolist(), who.tolist(), strict=True)) == set(
        zip(when_renamed.tolist(), order[who_renamed].tolist(), strict=True)
    )
    axons = np.concatenate([np.arange(network.config.inputs), network.config.inputs + order])
    assert np.array_equal(other.read("weights"), one.read("weights")[np.ix_(axons, order)])
    assert np.array_equal(other.read("neuron_state"), one.read("neuron_state")[order])
    assert one.counters() == other.counters()


@settings(relaxed, max_examples=examples(40))
@given(network=networks())
def test_silence_stays_silent(network: Network) -> None:
    """No event, no bias, thresholds above rest: nothing ever happens, whatever the other parameters are."""
    device = emulator(network)
    device.write("control.flags", 0)
    device.write("bias", 0)
    device.write("threshold", 1 + np.arange(network.config.neurons))
    device.reset()
    when, _ = device.run(1000)
    assert when.size == 0
    assert not device.read("neuron_state").view(np.uint8).any()
    assert not device.read("traces").any()
    assert not any(device.counters().values())
    assert np.array_equal(device.read("weights"), reference(network).synapses.weights)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("state_bits", [12, 24])
def test_saturation_never_wraps(sign: int, state_bits: int) -> None:
    """Full drive pins V and I to their bound and keeps them there."""
    config = Config(neurons=16, inputs=200, lanes=1, state_bits=state_bits)
    device = Device(EmulatorBus(config))
    bound = config.state_max * sign
    device.write("weights", np.full((config.axons, 16), 127 if sign > 0 else -128))
    device.write("weight_shift", 15)
    device.write("beta", dm.RATE_ONE - 1)
    device.write("alpha", dm.RATE_ONE - 1)
    device.write("bias", bound)
    device.write("neuron_params.refractory", 255)
    device.write("threshold", config.state_max)
    device.write("neuron_params.flags", int(dm.NeuronFlag.REFRACTORY_INTEGRATE))
    every = np.tile(np.arange(200), 20)
    for _ in range(5):
        device.run(20, (np.repeat(np.arange(20), 200), every))
        assert (device.read("i") == bound).all()
        if sign < 0:
            assert (device.read("v") == bound).all()
    assert device.counters()["firings"] == (16 if sign > 0 else 0)
    assert sign * int(device.read("v").min()) > 0


def test_adaptation_and_traces_saturate() -> None:
    """A neuron that fires at every step ends with a and y at their bounds, not beyond."""
    config = Config(neurons=8, inputs=0)
    device = Device(EmulatorBus(config))
    device.write("threshold", -config.state_max)
    device.write("adapt_increment", config.state_max)
    device.write("adapt_decay", 1 << dm.DECAY_BITS)
    device.write("y_increment", 40000)
    device.write("x_increment", 40000)
    device.write("y_decay", 1 << dm.DECAY_BITS)
    device.write("x_decay", 1 << dm.DECAY_BITS)
    device.write("delay", 1)
    device.run(5)
    assert device.counters()["firings"] == 5 * 8, "theta + a stays at 0, where V is"
    assert (device.read("a") == config.state_max).all()
    assert (device.read("y") == config.trace_max).all()
    assert (device.read("traces") == config.trace_max).all()


def driven(axons: int, error: int, gain: int, shift: int = 0) -> Device:
    """One neuron that fires at every step and learns; the rule finds all its synapses `error` too strong."""
    device = Device(EmulatorBus(Config(neurons=1, inputs=axons - 1, lanes=1)))
    device.write("threshold", 0)
    device.write("neuron_params.flags", int(dm.NeuronFlag.PLASTIC_IN))
    device.write("plastic", 1)
    device.write("x_target", error)
    device.write("gain", gain)
    device.write("plus_shift", shift)
    device.write("w_min", -128)
    device.write("w_max", 127)
    return device


@settings(relaxed, max_examples=examples(200))
@given(
    error=st.one_of(st.integers(0, 2**16 - 1), st.integers(0, 300)),
    gain=st.integers(-128, 127),
    shift=st.one_of(st.integers(0, 31), st.integers(0, 3)),
    seed=st.integers(0, 2**32 - 1),
)
def test_256_synapses_change_by_what_the_rule_asks(error: int, gain: int, shift: int, seed: int) -> None:
    """The dither visits all its values once in 256, so the changes sum to the exact one."""
    device = driven(256, error, gain, shift)
    device.reset(seed)
    device.run(1)
    assert device.read("weights").sum(dtype=int) == change(-error, gain, shift)


def test_stochastic_rounding_is_unbiased() -> None:
    """Changes of 1/128 of a weight unit: over 10,000 of them each synapse drifts as if weights were real.

    The bound is five standard deviations of as many independent draws.
    """
    walks, p = 10_000, 2 / 256
    device = driven(512, error=2, gain=-1)
    device.reset(seed=1)
    device.run(walks)
    drift = device.read("weights")[:, 0].astype(int)
    assert np.abs(drift - walks * p).max() < 5 * np.sqrt(walks * p * (1 - p))
    assert drift.mean() == pytest.approx(walks * p, rel=1e-12)


def test_a_threshold_adapts_over_a_million_steps() -> None:
    """A time constant of 10**6 steps is kept within 1 %, from a large threshold to a small one."""
    tau, period, start = 1e6, 12, 4_000_000
    device = Device(EmulatorBus(Config(neurons=8, inputs=0)))
    device.write("threshold", 1)
    device.write("adapt_period", period)
    device.write("adapt_decay", round(2**dm.DECAY_BITS * np.exp(-(2**period) / tau)))
    device.write("a", start)
    for now in range(250_000, 1_250_000, 250_000):
        device.run(250_000)
        assert device.read("a") == pytest.approx(start * np.exp(-now / tau), rel=0.01)
    device.write("a", 1)
    device.run(2**period)
    assert not device.read("a").any(), "truncation towards zero leaves no residue"


@pytest.mark.parametrize("side", ["x", "y"])
def test_a_window_alone_opens_a_trace(side: str) -> None:
    """What it contributes is the increment, which may be 0; the window counts its steps all the same."""
    device = Device(EmulatorBus(Config(neurons=2, inputs=1, lanes=1)))
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    rule[f"{side}_kind"], rule[f"{side}_window"] = dm.TraceKind.WINDOW, 5
    device.write_region(dm.LEARNING, rule)
    device.write("threshold", [0, 1])  # the first fires in every step
    device.run(2, ([0], [0]))
    expected = {"x": ([3, 0, 0], [0, 0]), "y": ([0, 0, 0], [4, 0])}[side]
    assert (device.read("traces").tolist(), device.read("y").tolist()) == expected
