"""A population with accumulators and a model beside it: what the tests of the population run on."""

import random

import numpy as np
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike.map.device_map import NeuronFlag
from allspike.map.lif import LIF
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.population import Population
from tests.reference.neuron import STATE, Neuron

from ..neuron_records import corner, random_params, stored_params

OVERHEAD = 12
"""Clocks of a sweep beyond one for each group."""


def shift_of(word: int) -> int:
    """Of a word of the state: the population has the upper half of word 3 in place of the lower."""
    return 16 if word == LIF.state_record.offset("y") // 4 else 0


class Harness:
    """A population with accumulators and a model beside it."""

    def __init__(self, config: Config, seed: int) -> None:
        self.config, self.sizes = config, Sizes(config)
        self.dut = Population(self.sizes)
        self.rng = random.Random(seed)
        self.acc = [0] * config.neurons
        self.cleared: set[int] = set()
        self.neurons = [
            Neuron(config, dict.fromkeys(LIF.params_record.dtype.names, 0) | {"delay": config.max_delay})
            for _ in range(config.neurons)
        ]
        self.arrivals: dict[int, set[int]] = {}

    def run(self, bench) -> None:
        sim = Simulator(self.dut)
        sim.add_clock(1e-6)
        sim.add_testbench(self._accumulators, background=True)
        sim.add_testbench(bench)
        sim.run()

    async def _accumulators(self, ctx):
        """Answer a read one clock later; garbage at other times."""
        acc, lanes = self.dut.acc, self.config.lanes
        async for _, _, enable, block, clear in ctx.tick().sample(acc.enable, acc.block, acc.clear):
            for lane in range(lanes):
                value = (
                    self.acc[block * lanes + lane] if enable else corner(self.rng, self.sizes.acc_bits, True)
                )
                ctx.set(acc.values[lane], value)
            if enable:
                assert block not in self.cleared, "a block is read after it was cleared"
                if clear:
                    self.cleared.add(block)

    async def access(self, ctx, state: int, neuron: int, word: int, write: int = 0, value: int = 0) -> int:
        request, reply = self.dut.access.request, self.dut.access.reply
        given = {"state": state, "neuron": neuron, "word": word, "write": write, "data": value}
        ctx.set(request.payload, given)
        ctx.set(request.valid, 1)
        await ctx.tick().until(request.ready)
        ctx.set(request.valid, 0)
        if self.rng.random() < 0.3:
            await ctx.tick().repeat(self.rng.randint(1, 4))
        ctx.set(reply.ready, 1)
        (data,) = await ctx.tick().sample(reply.payload).until(reply.valid)
        ctx.set(reply.ready, 0)
        return data

    async def write_params(self, ctx, j: int, params: dict[str, int]) -> None:
        record = np.zeros(1, LIF.params_record.dtype)
        for name, value in params.items():
            record[name] = value
        for word, value in enumerate(record.view("<u4").tolist()):
            await self.access(ctx, 0, j, word, 1, value)
        kept = stored_params(record[0], self.config)
        self.neurons[j].params = {name: int(kept[name][0]) for name in kept.dtype.names}

    async def write_state(self, ctx, j: int, state: dict[str, int]) -> None:
        record = np.zeros(1, LIF.state_record.dtype)
        for name, value in state.items():
            record[name] = value
        for word, value in enumerate(record.view("<u4").tolist()):
            await self.access(ctx, 1, j, word, 1, value >> shift_of(word))
        self.neurons[j].state = dict(state)

    async def check_state(self, ctx, j: int) -> None:
        record = np.zeros(1, LIF.state_record.dtype)
        for word in range(LIF.state_record.size // 4):
            record.view("<u4")[word] = await self.access(ctx, 1, j, word) << shift_of(word)
        given = {name: int(record[name][0]) for name in STATE}
        assert given == self.neurons[j].state, j
        assert record["y"] == 0

    async def take(self, ctx, stream, empty) -> list:
        """All entries, with random waits; the payload must not move while it waits."""
        entries = []
        eager = self.rng.random() < 0.5
        idle = 0
        while not ctx.get(empty):
            ready = eager or self.rng.random() < 0.5
            ctx.set(stream.ready, ready)
            _, _, valid, payload = await ctx.tick().sample(stream.valid, stream.payload)
            idle = 0 if valid else idle + 1
            assert idle < 8, "the list is neither empty nor offered"
            if valid and ready:
                entries.append(payload)
            elif valid:
                assert ctx.get(stream.valid)
                assert ctx.get(stream.payload) == payload
        ctx.set(stream.ready, 0)
        await ctx.tick()
        assert not ctx.get(stream.valid)
        return entries

    async def sweep(self, ctx, t: int, shift: int) -> None:
        dut, config, rng = self.dut, self.config, self.rng
        self.cleared.clear()
        scale = rng.choice([4, 8, self.sizes.acc_bits])
        self.acc = [corner(rng, min(scale, self.sizes.acc_bits), True) for _ in range(config.neurons)]
        fired = [j for j, neuron in enumerate(self.neurons) if neuron.step(self.acc[j], shift, t)]
        for j in fired:
            self.arrivals.setdefault(t + self.neurons[j].params["delay"], set()).add(j)

        ctx.set(dut.step, t % 2**32)
        ctx.set(dut.weight_shift, shift)
        ctx.set(dut.sweep.start, 1)
        await ctx.tick()
        ctx.set(dut.sweep.start, 0)
        clocks = 1
        while not ctx.get(dut.sweep.done):
            assert ctx.get(dut.busy)
            assert not ctx.get(dut.sweep.fired.valid)
            await ctx.tick()
            clocks += 1
        assert clocks == config.neurons // config.neuron_lanes + OVERHEAD
        assert not ctx.get(dut.busy)
        assert self.cleared == set(range(self.sizes.row_blocks))

        entries = await self.take(ctx, dut.sweep.fired, dut.sweep.fired_empty)
        assert [entry.neuron for entry in entries] == fired
        for entry in entries:
            flags = self.neurons[entry.neuron].params["flags"]
            assert entry.plastic_in == bool(flags & NeuronFlag.PLASTIC_IN)
            assert entry.silent == bool(flags & NeuronFlag.SILENT)

    async def take_arriving(self, ctx, t: int) -> None:
        """The arrivals of step t."""
        dut = self.dut
        if self.rng.random() < 0.5:
            await ctx.tick().repeat(self.rng.randint(1, 5))
        ctx.set(dut.sweep.arriving_enable, 1)
        entries = await self.take(ctx, dut.sweep.arriving, dut.sweep.arriving_empty)
        ctx.set(dut.sweep.arriving_enable, 0)
        assert [entry.neuron for entry in entries] == sorted(self.arrivals.pop(t, set()))
        for entry in entries:
            flags = self.neurons[entry.neuron].params["flags"]
            assert entry.plastic_out == bool(flags & NeuronFlag.PLASTIC_OUT)


def lively(harness: Harness, j: int) -> dict[str, int]:
    """Parameters with which a neuron fires now and then."""
    params = random_params(harness.rng, harness.config)
    if harness.rng.random() < 0.7:
        params |= {"threshold": harness.rng.randint(0, 60), "leak": 0, "reset": 0}
        params |= {"refractory": harness.rng.randrange(3), "adapt_increment": harness.rng.randrange(9)}
    if harness.rng.random() < 0.5:
        params["bias"] = harness.rng.randint(0, 60)
    params["delay"] = harness.rng.choice([1, harness.rng.randint(0, 255)])
    return params
