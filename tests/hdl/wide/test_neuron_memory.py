"""What the host writes to parameters and state reads back as the map says."""

import numpy as np
import pytest
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike.map.lif import LIF
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.neurons.lif import TIMING
from allspike_hdl.wide.clocks import LEAD
from allspike_hdl.wide.neuron_memory import NeuronMemory

from ..neuron_records import stored_params, stored_state

RECORDS = ((0, LIF.params_record, stored_params), (1, LIF.state_record, stored_state))
UPPER_HALF = LIF.state_record.offset("y") // 4
"""The word of the state of which the upper half is at hand, in place of the lower."""


def shift_of(state: int, word: int) -> int:
    return 16 if state and word == UPPER_HALF else 0


@pytest.mark.parametrize(
    ("neurons", "lanes", "state_bits", "max_delay"),
    [(5, 1, 24, 16), (8, 2, 12, 1), (4, 4, 17, 128), (1, 1, 24, 2)],
)
def test_a_word_reads_back_what_is_kept(neurons: int, lanes: int, state_bits: int, max_delay: int) -> None:
    config = Config(
        neurons=neurons, inputs=0, lanes=lanes, neuron_lanes=lanes, state_bits=state_bits, max_delay=max_delay
    )
    dut = NeuronMemory(Sizes(config), TIMING, LEAD)
    rng = np.random.default_rng(neurons)

    async def access(ctx, state, neuron, word, write=0, value=0):
        for stage in range(LEAD + TIMING.fired + 1):
            ctx.set(dut.group[stage], neuron // lanes)
        for name, given in (("state", state), ("word", word), ("lane", neuron % lanes), ("data", value)):
            ctx.set(dut.host[name], given)
        ctx.set(dut.host.write, write)
        await ctx.tick()
        ctx.set(dut.host.write, 0)
        await ctx.tick().repeat(2)
        return ctx.get(dut.host_data)

    async def check(ctx, written):
        for state, layout, kept in RECORDS:
            for neuron in range(neurons):
                expected = kept(written[state][neuron], config).view("<u4")
                for word in range(8):
                    given = await access(ctx, state, neuron, word)
                    wanted = expected[word] >> shift_of(state, word) if word < layout.size // 4 else 0
                    assert given == wanted, (state, neuron, word)

    async def bench(ctx):
        written = [np.zeros(neurons, layout.dtype) for _, layout, _ in RECORDS]
        await check(ctx, written)
        assert stored_params(written[0][0], config)["delay"] == max_delay
        for _ in range(3):
            writes = [
                (state, neuron, word)
                for state, layout, _ in RECORDS
                for neuron in range(neurons)
                for word in range(layout.size // 4)
            ]
            rng.shuffle(writes)
            for state, neuron, word in writes:
                value = int(rng.choice([0, 2**32 - 1, rng.integers(2**32)]))
                written[state][neuron : neuron + 1].view("<u4")[word] = value
                await access(ctx, int(state), int(neuron), int(word), 1, value >> shift_of(state, word))
            await check(ctx, written)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
