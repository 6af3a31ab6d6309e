"""The synapse array: what is written by rows is read by columns, and the other way round."""

from random import Random

import pytest
from amaranth.sim import Simulator

from allspike.config import Config, Memory
from allspike_hdl.core.sizes import Sizes
from allspike_hdl.core.synapses import DualPortSynapses
from allspike_hdl.core.synapses_single_port import PackedSynapses, PairedSynapses

CONFIGS = [
    {"lanes": 1, "neurons": 1, "inputs": 0},
    {"lanes": 1, "neurons": 3, "inputs": 2},
    {"lanes": 2, "neurons": 6, "inputs": 1},
    {"lanes": 4, "neurons": 4, "inputs": 3},
    {"lanes": 8, "neurons": 24, "inputs": 5},
    {"lanes": 16, "neurons": 16, "inputs": 1},
]
STYLES = {
    DualPortSynapses: {},
    PairedSynapses: {"memory": Memory.SINGLE_PORT, "weight_bits": 7},
    PackedSynapses: {"memory": Memory.SINGLE_PORT, "plasticity": False},
}
Block = tuple[bool, int, int]  # by row; axon or neuron; which of its blocks

all_configs = pytest.mark.parametrize(
    "config", CONFIGS, ids=lambda config: "-".join(map(str, config.values()))
)


class Bench:
    """An array, and what it should hold: weight and plastic bit by axon and neuron."""

    def __init__(self, style: type, config: dict[str, int]) -> None:
        self.sizes = sizes = Sizes(Config(**config, **STYLES[style]))
        self.array, self.lanes = style(sizes), sizes.config.lanes
        self.slots_each = 2 if style is PairedSynapses else 1
        self.random = Random(f"{config}")
        self.held: dict[tuple[int, int], tuple[int, int]] = {}

    def rows(self) -> list[Block]:
        axons = self.sizes.column_blocks * self.lanes
        return [(True, i, block) for i in range(axons) for block in range(self.sizes.row_slots)]

    def columns(self) -> list[Block]:
        """Each block as often as it is there in successive clocks."""
        blocks = [block for block in range(self.sizes.column_blocks) for _ in range(self.slots_each)]
        return [(False, j, block) for j in range(self.sizes.row_slots * self.lanes) for block in blocks]

    def address(self, block: Block) -> dict[str, int]:
        by_row, index, place = block
        axons, neurons = (index // self.lanes, place) if by_row else (place, index // self.lanes)
        high = axons * self.sizes.row_slots + neurons
        return {"high": high, "low": index % self.lanes, "column": not by_row}

    def synapses(self, block: Block) -> list[tuple[int, int]]:
        """Of each bank."""
        by_row, index, place = block
        others = [place * self.lanes + (bank ^ index % self.lanes) for bank in range(self.lanes)]
        return [(index, other) if by_row else (other, index) for other in others]

    def counts(self, block: Block, clock: int) -> bool:
        """It has its turn in this clock, as the first or second of a pair."""
        return self.address(block)["high"] % self.slots_each == clock % self.slots_each

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
        """A read and a write a clock, from the first of a pair on; reads find what was held as this began."""
        before, array = dict(self.held), self.array
        clocks = max(len(reads), len(writes)) + array.LATENCY
        for clock in range(clocks + clocks % 2):
            ctx.set(array.second, clock % 2)
            ctx.set(array.enable, 0)
            if clock < len(reads):
                ctx.set(array.read, self.address(reads[clock]))
            if clock < len(writes):
                ctx.set(array.write, self.address(writes[clock]))
                if self.counts(writes[clock], clock):
                    self.write(ctx, writes[clock], banks() % (1 << self.lanes))
            at = clock - array.LATENCY
            if 0 <= at < len(reads) and self.counts(reads[at], at):
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
@pytest.mark.parametrize(
    "style, by_rows",
    [
        (style, by_rows)
        for style in STYLES
        for by_rows in (True, False)
        if by_rows or style is not PackedSynapses
    ],
)
def test_rows_and_columns_are_one_array(style, config, by_rows):
    bench = Bench(style, config)

    async def testbench(ctx) -> None:
        await bench.walk(ctx, [], bench.rows() if by_rows else bench.columns())
        await bench.walk(ctx, bench.rows(), [])
        if style is not PackedSynapses:
            await bench.walk(ctx, bench.columns(), [])

    bench.run(testbench)


@all_configs
@pytest.mark.parametrize("style", [DualPortSynapses, PairedSynapses])
def test_reads_and_writes_in_successive_clocks_do_not_disturb_each_other(style, config):
    """Of different words, and of any banks."""
    bench = Bench(style, config)
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
