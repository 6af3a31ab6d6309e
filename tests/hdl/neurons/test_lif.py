"""The neuron's pipeline gives the model's integers, for any stored bits, each in its clock."""

import random

import pytest
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.neurons.gateware import FLAGS_AHEAD
from allspike_hdl.neurons.lif_pipeline import LifPipeline
from tests.reference.neuron import Neuron

from ..neuron_records import corner, random_params, random_state

NEURONS = 1500


def near_threshold(rng: random.Random, neuron: Neuron, acc: int, shift: int, t: int) -> None:
    """Set the threshold where this step just reaches it, or just fails to."""
    ahead = Neuron(neuron.config, neuron.params | {"flags": 2}, dict(neuron.state))
    ahead.params["threshold"] = 2 ** (neuron.config.state_bits - 1) - 1
    ahead.state["refractory"] = 1
    ahead.step(acc, shift, t)
    bound = 2 ** (neuron.config.state_bits - 1)
    threshold = ahead.state["v"] - neuron.state["a"] + rng.randint(-1, 1)
    neuron.params["threshold"] = min(max(threshold, -bound), bound - 1)


@pytest.mark.parametrize("shift", [0, 3, 7, 9, 15])
@pytest.mark.parametrize(("state_bits", "weight_bits", "inputs"), [(12, 8, 500), (16, 4, 0), (24, 8, 256)])
def test_neuron_is_the_model(state_bits: int, weight_bits: int, inputs: int, shift: int) -> None:
    config = Config(neurons=16, inputs=inputs, lanes=1, state_bits=state_bits, weight_bits=weight_bits)
    sizes = Sizes(config)
    rng = random.Random(f"{state_bits} {shift}")
    zeros = rng.randrange(32)
    t = (2 * rng.randrange(2**8) + 1) << zeros
    neurons, accs = [], []
    for _ in range(NEURONS):
        neuron = Neuron(config, random_params(rng, config), random_state(rng, config))
        accs.append(corner(rng, sizes.acc_bits, True))
        if rng.random() < 0.4:
            near_threshold(rng, neuron, accs[-1], shift, t)
        neurons.append(neuron)
    before = [dict(neuron.state) for neuron in neurons]
    fires = [neuron.step(acc, shift, t) for neuron, acc in zip(neurons, accs, strict=True)]
    assert NEURONS // 10 < sum(fires) < NEURONS * 9 // 10

    dut = LifPipeline(sizes)
    timing = dut.timing

    async def bench(ctx):
        ctx.set(dut.weight_shift, shift)
        ctx.set(dut.step_zeros, zeros)
        for clock in range(NEURONS + timing.fired):
            if clock < NEURONS:
                ctx.set(dut.acc, accs[clock])
            for name, delay in timing.params.items():
                if 0 <= clock - delay < NEURONS:
                    ctx.set(dut.params[name], neurons[clock - delay].params[name])
            if 0 <= (late := clock - timing.fired + FLAGS_AHEAD) < NEURONS:
                ctx.set(dut.flags, neurons[late].params["flags"])
            for name, delay in timing.state.items():
                if 0 <= clock - delay < NEURONS:
                    ctx.set(dut.state[name], before[clock - delay][name])
            for name, delay in timing.next.items():
                k = clock - delay
                if 0 <= k < NEURONS:
                    expected = neurons[k].state[name]
                    given = ctx.get(dut.next[name])
                    if name in timing.keep and ctx.get(dut.keep[name]):
                        given = before[k][name]
                    assert given == expected, (name, k, before[k], neurons[k].params, accs[k])
            if clock >= timing.fired:
                assert ctx.get(dut.fired) == fires[clock - timing.fired]
            await ctx.tick()

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
