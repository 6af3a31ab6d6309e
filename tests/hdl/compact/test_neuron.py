"""The serial neuron gives the model's integers, for any bits that a store may hold, in 15 or 19 clocks."""

import random

import pytest
from amaranth.hdl import Fragment
from amaranth.sim import Simulator

from allspike.map.config import Config, Memory
from allspike_hdl.compact.neuron import SerialNeuron
from allspike_hdl.fabric.target import Target
from allspike_hdl.map.sizes import Sizes
from tests.reference.neuron import Neuron

from ..neuron_records import corner, random_params, random_state
from ..neurons.test_lif import near_threshold

NEURONS = 250
GARBAGE = 0xA5C39617
"""What a side gives after a write."""
LAST, LAST_FIRED, FIRES = 14, 18, 12
"""Clocks, counted from 0, of leaky integrate-and-fire."""
THRESHOLD, RESET, BIAS, LEAK, ADAPT_INCREMENT, V, CURRENT, A = range(8)
"""Entries of a record, on the left side."""
REFRACTORY, FACTORS, ADAPTATION, FLAGS = 0, 5, 6, 7
"""And on the right side."""


def words_of(neuron: Neuron, rng: random.Random) -> tuple[dict[int, int], dict[int, int]]:
    """The neuron's record; anything in bits that mean nothing."""
    params, state = neuron.params, neuron.state
    bits = neuron.config.state_bits

    def noisy(value: int, width: int) -> int:
        return value % (1 << width) | rng.getrandbits(32) >> width << width

    left = {
        THRESHOLD: noisy(params["threshold"], bits),
        RESET: noisy(params["reset"], bits),
        BIAS: noisy(params["bias"], bits),
        LEAK: noisy(params["leak"], bits - 1),
        ADAPT_INCREMENT: noisy(params["adapt_increment"], bits - 1),
        V: noisy(state["v"], bits),
        CURRENT: noisy(state["i"], bits),
        A: noisy(state["a"], bits - 1),
    }
    right = {
        REFRACTORY: state["refractory"] << 16 | rng.getrandbits(8) << 24 | rng.getrandbits(16),
        FACTORS: params["alpha"] << 16 | params["beta"],
        ADAPTATION: params["refractory"] << 24
        | rng.getrandbits(3) << 21
        | params["adapt_period"] << 16
        | params["adapt_decay"],
        FLAGS: rng.getrandbits(19) << 13 | params["flags"] << 8 | params["delay"],
    }
    return left, right


@pytest.mark.parametrize("device", ["", "iCE40HX8K"], ids=["multipliers", "no multipliers"])
@pytest.mark.parametrize("shift", [0, 3, 9, 15])
@pytest.mark.parametrize(("state_bits", "weight_bits", "inputs"), [(12, 7, 500), (17, 4, 0), (24, 7, 256)])
def test_a_neuron_is_the_model(
    state_bits: int, weight_bits: int, inputs: int, shift: int, device: str
) -> None:
    config = Config(
        neurons=32, inputs=inputs, lanes=4, state_bits=state_bits, weight_bits=weight_bits,
        memory=Memory.SINGLE_PORT,
    )  # fmt: skip
    sizes = Sizes(config)
    rng = random.Random(f"{state_bits} {shift}")
    zeros = rng.randrange(32)
    t = (2 * rng.randrange(2**8) + 1) << zeros
    dut = SerialNeuron(sizes)
    fired = 0

    async def compute(ctx, neuron: Neuron, acc: int) -> None:
        """One neuron from start to last, with its record behind the two sides."""
        nonlocal fired
        left, right = words_of(neuron, rng)
        records = (left, right)
        fires = neuron.step(acc, shift, t)
        fired += fires
        ctx.set(dut.acc, acc)
        ctx.set(dut.start, 1)
        await ctx.tick()
        ctx.set(dut.start, 0)
        for clock in range(LAST_FIRED + 1):
            assert ctx.get(dut.fires) == (fires and clock == FIRES)
            asked = [ctx.get(entry) for entry in dut.entries]
            write, mask, data = ctx.get(dut.write), ctx.get(dut.mask), ctx.get(dut.data)
            values = []
            for side, record in enumerate(records):
                values.append(record.get(asked[side], GARBAGE))
                if write >> side & 1:
                    bits = sum(0xFF << 8 * k for k in range(4) if mask >> k & 1)
                    record[asked[side]] = record[asked[side]] & ~bits | data & bits
                    values[side] = GARBAGE
            last = ctx.get(dut.last)
            assert last == (clock == (LAST_FIRED if fires else LAST))
            if last:
                break
            await ctx.tick()
            for side, value in enumerate(values):
                ctx.set(dut.values[side], value)
        assert ctx.get(dut.fired) == fires
        for name, word in (("v", V), ("i", CURRENT), ("a", A)):
            width = state_bits - (name == "a")
            assert (left[word] - neuron.state[name]) % (1 << width) == 0, (name, neuron)
        assert right[REFRACTORY] >> 16 & 0xFF == neuron.state["refractory"]
        if fires:
            flags = neuron.params["flags"]
            assert ctx.get(dut.delay) == neuron.params["delay"]
            assert (ctx.get(dut.plastic_in), ctx.get(dut.silent)) == (flags >> 2 & 1, flags >> 4 & 1)

    async def testbench(ctx) -> None:
        ctx.set(dut.weight_shift, shift)
        ctx.set(dut.step_zeros, zeros)
        for _ in range(NEURONS):
            neuron = Neuron(config, random_params(rng, config), random_state(rng, config))
            acc = corner(rng, sizes.acc_bits, True)
            if rng.random() < 0.4:
                near_threshold(rng, neuron, acc, shift, t)
            await compute(ctx, neuron, acc)
            await ctx.tick()

    simulator = Simulator(Fragment.get(dut, Target.named(device)))
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()
    assert NEURONS // 10 < fired < NEURONS * 9 // 10
