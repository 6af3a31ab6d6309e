"""A walker and the model of it, given the same: what the tests of the walker run on."""

from random import Random

from amaranth.hdl import Fragment
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike_hdl.fabric.target import SIMULATED, Target
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.interfaces import SynapseItem, WalkKind
from allspike_hdl.wide.walker import Walker

from .walker_model import WalkerModel

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


def simulate(config: Config, body, target: Target = SIMULATED) -> None:
    """`target` may be one whose gateware says nothing of itself: for more rows than a step has."""
    walker = Walker(Sizes(config))

    async def testbench(ctx) -> None:
        bench = Bench(ctx, walker)
        await bench.settle()
        await body(bench)

    simulator = Simulator(Fragment.get(walker, target))
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()
