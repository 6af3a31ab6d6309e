"""Each neuron is computed where its record lies, and no other is touched; what it does is told in time."""

import random

import pytest

from allspike.map.config import Config
from allspike.map.device_map import NeuronFlag
from allspike_hdl.compact.sweep import Sweep
from allspike_hdl.map.sizes import Sizes
from tests.reference.neuron import Neuron

from ..bench import pulse, seeded, simulate
from ..neuron_records import corner, random_params, random_state
from ..neurons.test_lif import near_threshold
from .plain_store import WORD, PlainStore, build
from .test_neuron import words_of

STEPS = 6
ACC_FROM = 3
"""The clock from which the sum of the rows is there."""
CURRENT, V, A = 6, 5, 7
"""Words of a record's left side; of its right side the count of refractoriness is the first."""


def written(left: dict[int, int], right: dict[int, int], neuron: Neuron) -> list[dict[int, int]]:
    """The words of a record after a step, but for bits of sums that mean nothing."""
    state = neuron.state
    counts = right[0] & ~0xFF0000 | state["refractory"] << 16
    return [left | {V: state["v"], CURRENT: state["i"], A: state["a"]}, right | {0: counts}]


@pytest.mark.parametrize(
    "config",
    [build(8, 3, state_bits=24), build(16, 0, state_bits=12, max_delay=1), build(8, 5, False, state_bits=17)],
    ids=["8+3", "16+0", "8+5 static"],
)
def test_neurons_are_the_model_one_after_another(config: Config) -> None:
    rng: random.Random = seeded(config)
    sizes = Sizes(config)
    dut = Sweep(sizes)
    store = PlainStore(config, rng)
    at, order = dut.at, dut.order
    low = {V: config.state_bits, CURRENT: config.state_bits, A: config.state_bits - 1}
    seen = {"fired": 0, "quiet": 0, "plastic": 0, "silent": 0}

    async def serve(ctx) -> None:
        async for _, _, asks in ctx.tick().sample(dut.asks):
            values = [rng.getrandbits(WORD), rng.getrandbits(WORD)]
            if asks.valid:
                values = store.serve(asks)
            else:
                assert not asks.write
            for side, value in enumerate(values):
                ctx.set(dut.values[side], value)

    def check(before: list[list[int]], j: int, expected: list[dict[int, int]]) -> None:
        """The record is as expected, and every other word of the store as before."""
        first = store.records + 8 * j
        for side, words in enumerate(store.words):
            for word, value in expected[side].items():
                bits = low.get(word, WORD) if side == 0 else WORD
                assert (words[first + word] - value) % (1 << bits) == 0, (j, side, word)
                before[side][first + word] = words[first + word]
        assert store.words == before

    async def compute(ctx, j: int, t: int, shift: int, learning: int) -> None:
        neuron = Neuron(config, random_params(rng, config), random_state(rng, config))
        acc = corner(rng, sizes.acc_bits, True)
        if rng.random() < 0.5:
            near_threshold(rng, neuron, acc, shift, t)
        left, right = words_of(neuron, rng)
        for side, words in enumerate((left, right)):
            for word, value in words.items():
                store.words[side][store.records + 8 * j + word] = value
        before = [[*side] for side in store.words]
        fires = neuron.step(acc, shift, t)

        await pulse(ctx, order.start)
        ctx.set(at.computing, 1)
        ctx.set(at.index, j)
        ctx.set(at.looked, j)
        told = []
        for clock in range(40):
            ctx.set(dut.acc, acc if clock >= ACC_FROM else corner(rng, sizes.acc_bits, True))
            if ctx.get(dut.fires):
                told.append(ctx.get(dut.delay))
            last = ctx.get(order.last)
            await ctx.tick()
            if last:
                break
        ctx.set(at.computing, 0)
        assert last
        assert told == ([neuron.params["delay"] % config.max_delay] if fires else [])
        assert ctx.get(order.fired) == fires
        await ctx.tick()
        check(before, j, written(left, right, neuron))
        seen["fired" if fires else "quiet"] += 1
        if fires:
            flags = neuron.params["flags"]
            plastic, silent = flags & NeuronFlag.PLASTIC_IN and learning, flags & NeuronFlag.SILENT
            assert (ctx.get(order.plastic), ctx.get(order.silent)) == (bool(plastic), bool(silent))
            seen["plastic"] += bool(plastic)
            seen["silent"] += bool(silent)
        for _ in range(rng.randrange(5)):  # its word waits, its column is walked
            ctx.set(at.looked, rng.randrange(config.neurons))
            assert not ctx.get(dut.fires)
            await ctx.tick()

    async def bench(ctx) -> None:
        for _ in range(STEPS):
            t = rng.choice((0, rng.getrandbits(40), (2 * rng.getrandbits(7) + 1) << rng.randrange(33)))
            shift, learning = rng.choice((0, 0, 3, 9, 15)), rng.randrange(2)
            ctx.set(dut.step, t)
            ctx.set(dut.weight_shift, shift)
            ctx.set(dut.learning, learning)
            for j in range(config.neurons):
                await compute(ctx, j, t, shift, learning)

    simulate(dut, bench, background=(serve,))
    assert min(seen.values()) > 3, seen
