"""The synapse array: what is written by rows is read by columns, and the other way round."""

from random import Random

import pytest
from amaranth.sim import Simulator

from allspike.config import Config
from allspike_hdl.core.sizes import Sizes
from allspike_hdl.core.synapses import SynapseArray

CONFIGS = [
    {"lanes": 1, "neurons": 3, "inputs": 2},
    {"lanes": 2, "neurons": 6, "inputs": 1},
    {"lanes": 4, "neurons": 4, "inputs": 3},
    {"lanes": 8, "neurons": 24, "inputs": 5},
    {"lanes": 16, "neurons": 16, "inputs": 1},
]


def row_block(sizes: Sizes, axon: int, block: int) -> dict[str, int]:
    lanes = sizes.config.lanes
    return {"high": axon // lanes * sizes.row_blocks + block, "low": axon % lanes, "column": 0}


def column_block(sizes: Sizes, neuron: int, block: int) -> dict[str, int]:
    lanes = sizes.config.lanes
    return {"high": block * sizes.row_blocks + neuron // lanes, "low": neuron % lanes, "column": 1}


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: "-".join(map(str, config.values())))
@pytest.mark.parametrize("by_rows", [True, False], ids=["rows", "columns"])
def test_rows_and_columns_are_one_array(config, by_rows):
    sizes = Sizes(Config(**config))
    lanes, neurons = sizes.config.lanes, sizes.config.neurons
    axons = sizes.column_blocks * lanes
    array = SynapseArray(sizes)
    random = Random(1)
    weights = [[random.randint(-128, 127) for _ in range(neurons)] for _ in range(axons)]
    plastic = [random.randrange(2) for _ in range(axons)]  # of a whole row, or of a whole column
    rows = [(i, block) for i in range(axons) for block in range(sizes.row_blocks)]
    columns = [(j, block) for j in range(neurons) for block in range(sizes.column_blocks)]

    def element(by_row: bool, index: int, block: int, lane: int) -> tuple[int, int]:
        return (index, block * lanes + lane) if by_row else (block * lanes + lane, index)

    def address(by_row: bool, index: int, block: int) -> dict[str, int]:
        return (row_block if by_row else column_block)(sizes, index, block)

    async def testbench(ctx) -> None:
        for index, block in rows if by_rows else columns:
            elements = [element(by_rows, index, block, bank ^ index % lanes) for bank in range(lanes)]
            ctx.set(array.write, address(by_rows, index, block))
            ctx.set(array.new_weights, [weights[i][j] for i, j in elements])
            ctx.set(array.new_plastic, plastic[index])
            ctx.set(array.enable, (1 << lanes) - 1)
            await ctx.tick()
        ctx.set(array.enable, 0)

        reads = [(True, *row) for row in rows] + [(False, *column) for column in columns]
        for clock in range(len(reads) + array.LATENCY):
            if clock < len(reads):
                ctx.set(array.read, address(*reads[clock]))
            if clock >= array.LATENCY:
                by_row, index, block = reads[clock - array.LATENCY]
                found = list(ctx.get(array.weights))
                for bank in range(lanes):
                    i, j = element(by_row, index, block, bank ^ index % lanes)
                    assert found[bank] == weights[i][j]
                    bit = ctx.get(array.plastic) >> bank & 1
                    assert bit == plastic[i if by_rows else j]
            await ctx.tick()

    simulator = Simulator(array)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()
