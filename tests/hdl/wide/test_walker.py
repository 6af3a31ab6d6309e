"""The walker against the model: whole command sequences, for every number of lanes."""

from random import Random

import pytest

from allspike.map.config import Config
from allspike_hdl.fabric.target import ANY
from allspike_hdl.wide.interfaces import WalkKind

from .walker_bench import Bench, simulate
from .walker_model import COLUMN, FADE, FIRED, ROW, random_commands, random_rule, random_step

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

    simulate(config, body, ANY)


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
