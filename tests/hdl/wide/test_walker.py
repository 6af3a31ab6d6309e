"""The walker against the model: whole command sequences, for every number of lanes."""

from random import Random

import pytest
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.interfaces import SynapseItem, WalkKind
from allspike_hdl.wide.walker import Walker

from .walker_model import (
    COLUMN,
    FADE,
    FIRED,
    ROW,
    WalkerModel,
    random_commands,
    random_rule,
    random_step,
)

SEED = 0x9E3779B9  # the seed that would start the generator at 0

CLEARED = 4
"""Clocks after which accumulators that were cleared read as 0."""


class Bench:
    """A walker and the model of it, given the same."""

    def __init__(self, ctx, walker: Walker, seed: int = SEED) -> None:
        self.ctx, self.walker, self.config = ctx, walker, walker.sizes.config
        self.model = WalkerModel(self.config, seed)
        self.updates = self.rows = self.columns = self.busy = self.clocks = 0
        ctx.set(walker.seed, seed)

    async def tick(self) -> None:
        ctx, walker = self.ctx, self.walker
        self.updates += ctx.get(walker.updates)
        self.rows += ctx.get(walker.in_rows)
        self.columns += ctx.get(walker.in_columns)
        self.busy += ctx.get(walker.walks.busy)
        self.clocks += 1
        await ctx.tick()

    async def settle(self) -> None:
        while self.ctx.get(self.walker.walks.busy):
            await self.tick()

    async def restart(self) -> None:
        self.ctx.set(self.walker.restart, 1)
        await self.tick()
        self.ctx.set(self.walker.restart, 0)
        await self.settle()
        self.updates = 0
        self.model.begin()

    def take(self, rule: dict[str, int]) -> None:
        self.model.take(rule)
        self.ctx.set(self.walker.learning, rule)

    async def do(self, commands, random: Random | None = None) -> None:
        ctx, stream = self.ctx, self.walker.walks.commands
        for kind, index, learn in commands:
            while random and random.random() < 0.3:
                await self.tick()
            ctx.set(stream.payload, {"kind": WalkKind(kind), "index": index, "learn": learn})
            ctx.set(stream.valid, 1)
            while not ctx.get(stream.ready):
                await self.tick()
            await self.tick()
            ctx.set(stream.valid, 0)
            self.model.do(kind, index, learn)
        assert not commands or ctx.get(self.walker.walks.busy)
        await self.settle()

    async def access(self, item: SynapseItem, axon: int = 0, neuron: int = 0, data: int | None = None) -> int:
        ctx, port = self.ctx, self.walker.access
        request = {"item": item, "axon": axon, "neuron": neuron, "write": data is not None}
        ctx.set(port.request.payload, request | {"data": (data or 0) & 0xFFFF})
        ctx.set(port.request.valid, 1)
        while not ctx.get(port.request.ready):
            await self.tick()
        await self.tick()
        ctx.set(port.request.valid, 0)
        ctx.set(port.reply.ready, 1)
        while not ctx.get(port.reply.valid):
            await self.tick()
        answer = ctx.get(port.reply.payload)
        await self.tick()
        ctx.set(port.reply.ready, 0)
        return answer

    async def load(self, random: Random) -> None:
        """Random synapses and traces by the host's way."""
        config, model = self.config, self.model
        low, high = config.weight_min, config.weight_max
        for i in range(config.axons):
            for j in range(config.neurons):
                w = random.choice([low, high, random.randint(low, high)])
                await self.access(SynapseItem.WEIGHT, i, j, w)
                model.weights[i][j] = w
                bit = random.random() < 0.7
                if bit:  # it is 0 from power-up on
                    await self.access(SynapseItem.PLASTIC, i, j, bit)
                model.plastic[i][j] = bit * config.plasticity
        for item, traces in ((SynapseItem.X, model.x), (SynapseItem.Y, model.y)):
            for k in range(len(traces.values)):
                z = random.choice([0, 1, config.trace_max, random.randint(0, config.trace_max)])
                await self.access(item, k * (item == SynapseItem.X), k * (item == SynapseItem.Y), z)
                traces.values[k] = z * config.plasticity

    async def accumulators(self, clear: bool) -> list[int]:
        ctx, port = self.ctx, self.walker.acc
        found = []
        for block in range(self.walker.sizes.row_blocks):
            ctx.set(port.block, block)
            ctx.set(port.enable, 1)
            ctx.set(port.clear, clear)
            await self.tick()
            ctx.set(port.enable, 0)
            found += list(ctx.get(port.values))
        return found

    async def compare_accumulators(self) -> None:
        assert await self.accumulators(clear=False) == self.model.acc
        assert await self.accumulators(clear=True) == self.model.acc
        self.model.acc = [0] * self.config.neurons
        for _ in range(CLEARED):
            await self.tick()
        assert self.updates == self.model.updates

    async def compare(self) -> None:
        """Every word that the walker holds, of the plastic bits an eighth."""
        await self.compare_accumulators()
        model, config = self.model, self.config
        for i in range(config.axons):
            assert await self.access(SynapseItem.X, i, 0) == model.x.values[i], f"x of axon {i}"
            for j in range(config.neurons):
                weight = await self.access(SynapseItem.WEIGHT, i, j)
                assert weight == model.weights[i][j] % 2**16, f"weight {i}, {j}"
                if (i + 3 * j) % 8 == 0:
                    assert await self.access(SynapseItem.PLASTIC, i, j) == model.plastic[i][j]
        for j in range(config.neurons):
            assert await self.access(SynapseItem.Y, 0, j) == model.y.values[j], f"y of neuron {j}"


def simulate(config: Config, body) -> None:
    walker = Walker(Sizes(config))

    async def testbench(ctx) -> None:
        bench = Bench(ctx, walker)
        await bench.settle()
        await body(bench)

    simulator = Simulator(walker)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()


CONFIGS = [
    {"lanes": 1, "neurons": 1, "inputs": 0},
    {"lanes": 1, "neurons": 3, "inputs": 2},
    {"lanes": 2, "neurons": 6, "inputs": 3, "weight_bits": 5, "trace_bits": 8},
    {"lanes": 4, "neurons": 4, "inputs": 1},
    {"lanes": 4, "neurons": 8, "inputs": 5, "weight_bits": 2, "trace_bits": 11},
    {"lanes": 2, "neurons": 10, "inputs": 3},
    {"lanes": 8, "neurons": 8, "inputs": 3, "weight_bits": 7},
    {"lanes": 8, "neurons": 16, "inputs": 1},
    {"lanes": 16, "neurons": 16, "inputs": 2},
]


BUILDS = [{**sizes, "plasticity": plasticity} for sizes in CONFIGS for plasticity in (True, False)]


def name_of(build: dict[str, object]) -> str:
    return "-".join(f"{value}" for value in build.values())


@pytest.mark.parametrize("build", BUILDS, ids=name_of)
def test_commands_act_as_in_the_model(build):
    config = Config(**build)
    random = Random(name_of(build))

    async def body(bench: Bench) -> None:
        await bench.load(random)
        for _ in range(2):
            for stalls in (None, random, None):
                bench.take(random_rule(random, config))
                await bench.do(random_step(random, config), stalls)
                await bench.compare_accumulators()
                await bench.do(random_commands(random, config, 20), stalls)
                await bench.compare_accumulators()
            await bench.compare()

    simulate(config, body)


def test_lanes_do_not_change_results():
    """One network, one sequence of commands: every number of lanes agrees with the
    model, and so with the others."""
    for lanes in (1, 2, 4, 8, 16):
        config = Config(neurons=16, lanes=lanes, inputs=0, weight_bits=7)
        random = Random(7)

        async def body(bench: Bench, config=config, random=random) -> None:
            await bench.load(random)
            for _ in range(3):
                bench.take(random_rule(random, config) | {"flags": 0})
                await bench.do(random_step(random, config))
            await bench.compare()

        simulate(config, body)


def test_a_restart_clears_traces_and_accumulators_and_starts_the_dither_again():
    config = Config(neurons=4, inputs=3, lanes=4, weight_bits=7)
    random = Random(3)

    async def body(bench: Bench) -> None:
        await bench.load(random)
        for _ in range(3):
            bench.take(random_rule(random, config) | {"flags": 0})
            await bench.do(random_step(random, config))
            await bench.restart()
            await bench.compare()

    simulate(config, body)


def test_a_restart_waits_for_the_commands_before_it():
    config = Config(neurons=6, inputs=0, lanes=2, weight_bits=7)
    random = Random(4)

    async def body(bench: Bench) -> None:
        await bench.load(random)
        bench.take(random_rule(random, config))
        for kind in (ROW, COLUMN, FADE):
            payload = {"kind": WalkKind(kind), "index": 5, "learn": 1}
            bench.ctx.set(bench.walker.walks.commands.payload, payload)
            bench.ctx.set(bench.walker.walks.commands.valid, 1)
            await bench.tick()
            await bench.tick()  # taken twice: one is on its way, one is queued
            bench.ctx.set(bench.walker.walks.commands.valid, 0)
            bench.model.do(kind, 5, 1)
            bench.model.do(kind, 5, 1)
            await bench.restart()
            await bench.compare()

    simulate(config, body)


async def assert_clocks(bench: Bench, walks: list[tuple[int, int]], clocks: int) -> None:
    """So many clocks pass for these walks, kind and `learn`, of one index after the other."""
    bench.take(random_rule(Random(1), bench.config))
    spent = []
    for count in (2, 12):
        while bench.clocks % 2:  # a command may wait for the first of a pair
            await bench.tick()
        bench.busy = 0
        await bench.do([(kind, k, learn) for k in range(count) for kind, learn in walks])
        spent.append(bench.busy)
    assert spent[1] - spent[0] == 10 * clocks
    assert spent[0] <= 2 * clocks + 12


WALKS = {
    "static rows": [(ROW, 0)],
    "rows": [(ROW, 1)],
    "columns": [(COLUMN, 1)],
    "firings": [(FIRED, 0)],
    "columns and firings": [(COLUMN, 1), (FIRED, 0)],
}


@pytest.mark.parametrize("lanes", [1, 4, 8])
@pytest.mark.parametrize("walks", WALKS)
def test_walks_follow_each_other_without_a_gap(lanes, walks):
    row, column = 16 // lanes, -(-19 // lanes)
    clocks = {"rows": row, "static rows": row, "columns": column, "firings": 1}
    clocks["columns and firings"] = column + 1

    async def body(bench: Bench) -> None:
        await assert_clocks(bench, WALKS[walks], clocks[walks])

    simulate(Config(neurons=16, inputs=3, lanes=lanes), body)


@pytest.mark.parametrize("neurons, lanes", [(15, 1), (12, 4), (16, 8), (16, 16)])
def test_rows_of_a_build_without_plasticity_have_no_gap(neurons, lanes):
    async def body(bench: Bench) -> None:
        await assert_clocks(bench, WALKS["static rows"], neurons // lanes)

    simulate(Config(neurons=neurons, inputs=3, lanes=lanes, plasticity=False), body)


def test_time_is_told_by_kind_of_walk():
    config = Config(neurons=16, inputs=0, lanes=4)

    async def body(bench: Bench) -> None:
        assert bench.rows == bench.columns == 0  # in the clear of the power-up
        bench.take(random_rule(Random(1), config))
        await bench.do([(ROW, k, 1) for k in range(5)])
        assert 5 * 4 <= bench.rows <= 5 * 4 + 11 and bench.columns == 0
        bench.rows = 0
        await bench.do([(COLUMN, k, 1) for k in range(7)])
        assert 7 * 4 <= bench.columns <= 7 * 4 + 11 and bench.rows <= 2

    simulate(config, body)
