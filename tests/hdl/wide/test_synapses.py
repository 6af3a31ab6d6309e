"""The synapse array: what is written by rows is read by columns, and the other way round."""

from random import Random

import pytest
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.synapses import Synapses

CONFIGS = [
    {"lanes": 1, "neurons": 1, "inputs": 0},
    {"lanes": 1, "neurons": 3, "inputs": 2},
    {"lanes": 2, "neurons": 6, "inputs": 1},
    {"lanes": 4, "neurons": 4, "inputs": 3},
    {"lanes": 8, "neurons": 24, "inputs": 5},
    {"lanes": 16, "neurons": 16, "inputs": 1},
]
Block = tuple[bool, int, int]  # by row; axon or neuron; which of its blocks

all_configs = pytest.mark.parametrize(
    "config", CONFIGS, ids=lambda config: "-".join(map(str, config.values()))
)


class Bench:
    """An array, and what it should hold: weight and plastic bit by axon and neuron."""

    def __init__(self, config: dict[str, int]) -> None:
        self.sizes = sizes = Sizes(Config(**config))
        self.array, self.lanes = Synapses(sizes), sizes.config.lanes
        self.random = Random(f"{config}")
        self.held: dict[tuple[int, int], tuple[int, int]] = {}

    def rows(self) -> list[Block]:
        axons = self.sizes.column_blocks * self.lanes
        return [(True, i, block) for i in range(axons) for block in range(self.sizes.row_blocks)]

    def columns(self) -> list[Block]:
        blocks = range(self.sizes.column_blocks)
        return [(False, j, block) for j in range(self.sizes.row_blocks * self.lanes) for block in blocks]

    def address(self, block: Block) -> dict[str, int]:
        by_row, index, place = block
        axons, neurons = (index // self.lanes, place) if by_row else (place, index // self.lanes)
        high = axons * self.sizes.row_blocks + neurons
        return {"high": high, "low": index % self.lanes, "column": not by_row}

    def synapses(self, block: Block) -> list[tuple[int, int]]:
        """Of each bank."""
        by_row, index, place = block
        others = [place * self.lanes + (bank ^ index % self.lanes) for bank in range(self.lanes)]
        return [(index, other) if by_row else (other, index) for other in others]

    def write(self, ctx, block: Block, banks: int) -> None:
        """Anything into these banks."""
        config = self.sizes.config
        weights = [self.random.randint(config.weight_min, config.weight_max) for _ in range(self.lanes)]
        bit = self.random.randrange(2)
        for bank, synapse in enumerate(self.synapses(block)):
            if banks >> bank & 1:
                self.held[synapse] = weights[bank], bit * config.plasticity
        ctx.set(self.array.new_weights, weights)
        ctx.set(self.array.new_plastic, bit)
        ctx.set(self.array.enable, banks)

    async def walk(self, ctx, reads: list[Block], writes: list[Block], banks=lambda: -1) -> None:
        """A read and a write a clock; reads find what was held as this began."""
        before, array = dict(self.held), self.array
        for clock in range(max(len(reads), len(writes)) + array.LATENCY):
            ctx.set(array.enable, 0)
            if clock < len(reads):
                ctx.set(array.read, self.address(reads[clock]))
            if clock < len(writes):
                ctx.set(array.write, self.address(writes[clock]))
                self.write(ctx, writes[clock], banks() % (1 << self.lanes))
            at = clock - array.LATENCY
            if 0 <= at < len(reads):
                bits = ctx.get(array.plastic)
                found = [(w, bits >> bank & 1) for bank, w in enumerate(ctx.get(array.weights))]
                assert found == [before[synapse] for synapse in self.synapses(reads[at])]
            await ctx.tick()

    def run(self, testbench) -> None:
        simulator = Simulator(self.array)
        simulator.add_clock(1e-6)
        simulator.add_testbench(testbench)
        simulator.run()


@all_configs
@pytest.mark.parametrize("by_rows", [True, False])
def test_rows_and_columns_are_one_array(config, by_rows):
    bench = Bench(config)

    async def testbench(ctx) -> None:
        await bench.walk(ctx, [], bench.rows() if by_rows else bench.columns())
        await bench.walk(ctx, bench.rows(), [])
        await bench.walk(ctx, bench.columns(), [])

    bench.run(testbench)


@all_configs
def test_reads_and_writes_in_successive_clocks_do_not_disturb_each_other(config):
    """Of different words, and of any banks."""
    bench = Bench(config)
    random = bench.random

    async def testbench(ctx) -> None:
        await bench.walk(ctx, [], bench.rows())
        for _ in range(10):
            by_row = random.random() < 0.5
            blocks = bench.rows() if by_row else bench.columns()
            indices = sorted({index for _, index, _ in blocks})
            read, written = (set(indices[half::2]) for half in random.sample((0, 1), 2))
            walks = [[block for block in blocks if block[1] in half] for half in (read, written)]
            await bench.walk(ctx, *walks, banks=lambda: random.getrandbits(bench.lanes))
            await bench.walk(ctx, bench.rows(), [])

    bench.run(testbench)
