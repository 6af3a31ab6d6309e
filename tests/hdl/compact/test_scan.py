"""A spike is found in its step and once, whoever sent it; what a restart clears of its source goes to 0."""

import pytest

from allspike.map.config import Config
from allspike.map.device_map import SEED_POISSON, InputFlag, NeuronFlag
from allspike_hdl.compact.scan import Scan
from allspike_hdl.map.sizes import Sizes
from tests.reference.arithmetic import Generator

from ..bench import pulse, seeded, simulate
from .plain_store import WORD, PlainStore, build

STEPS = 40
FLAGS, FLAGS_AT = 7, 8
"""The word on the right of a neuron's record that has its flags, and where."""
INPUT_FLAGS_AT = 16
STATE = ((0, 5), (0, 6), (0, 7), (1, 0))
"""Side and word of a neuron's state."""


class Bench:
    """A scan, the store behind it, and what is to be found."""

    def __init__(self, config: Config) -> None:
        self.config, self.rng = config, seeded(config)
        self.dut = Scan(Sizes(config))
        self.store = PlainStore(config, self.rng)
        self.generator = Generator(1)
        self.due: dict[int, set[tuple[int, int]]] = {}
        self.taken = False
        """Others have the store."""
        self.poisson, self.learning = 0, 0
        self.seen = {"sent": 0, "drawn": 0, "both": 0, "learns": 0}

    async def serve(self, ctx) -> None:
        dut, rng = self.dut, self.rng
        async for _, _, asks in ctx.tick().sample(dut.asks):
            values = [rng.getrandbits(WORD), rng.getrandbits(WORD)]
            if not self.taken:
                values = self.store.serve(asks)
            ctx.set(dut.value, values[asks.side])
            ctx.set(dut.right, values[1])

    def word(self, post: int, index: int) -> int:
        """That of an input; of a neuron that with its flags."""
        config = self.config
        if post:
            return self.store.words[1][self.store.records + 8 * index + FLAGS]
        table = 1 << ((config.inputs + 1) // 2 - 1).bit_length()
        return self.store.words[index % 2][self.store.records - table + index // 2]

    async def events(self, ctx, t: int) -> None:
        """Some twice, some of inputs that are not there."""
        dut, rng, inputs = self.dut, self.rng, self.config.inputs
        for _ in range(rng.randrange(6)):
            if rng.random() < 0.3:
                await ctx.tick()
            number = rng.choice((rng.randrange(inputs + 2), rng.getrandbits(15)))
            ctx.set(dut.event.payload, number)
            await pulse(ctx, dut.event.valid)
            if number < inputs:
                self.due.setdefault(t, set()).add((0, number))

    async def arrives(self, ctx, t: int, post: int, index: int) -> bool:
        """Compare what is found of a source in this clock with what is to be."""
        dut, word = self.dut, self.word(post, index)
        *_, arrives, was_drawn, row_learns = await ctx.tick().sample(dut.arrives, dut.drawn, dut.learns)
        sent = (post, index) in self.due.get(t, ())
        drawn = False
        if self.poisson and not post:
            drawn = self.generator.top(16) < (word & 0xFFFF)
        assert arrives == (sent or drawn), (t, post, index)
        assert was_drawn == drawn, (t, post, index)
        if self.config.plasticity:
            at, flag = (FLAGS_AT, NeuronFlag.PLASTIC_OUT) if post else (INPUT_FLAGS_AT, InputFlag.PLASTIC_OUT)
            learns = bool(word >> at & flag) and self.learning
            assert row_learns == learns, (t, post, index)
            self.seen["learns"] += learns
        self.seen["both" if sent and drawn else "drawn"] += drawn
        self.seen["sent"] += sent
        return sent or drawn

    async def look(self, ctx, t: int, post: int, count: int) -> None:
        """One source a clock; after one that arrives it is looked ahead anew, however long its row took."""
        rng, at = self.rng, self.dut.at
        ctx.set(at.post, post)
        index, looking = 0, True
        while index < count:
            ctx.set(at.index, index)
            ctx.set(at.looked, index + (not looking))
            ctx.set(at.scan, not looking)
            if looking:
                looking = False
                await ctx.tick()
                continue
            looking = await self.arrives(ctx, t, post, index)
            ctx.set(at.scan, 0)
            if looking:
                ctx.set(at.looked, index)
                self.taken = True
                await ctx.tick().repeat(rng.randint(1, 5))
                self.taken = False
            index += 1
        ctx.set(at.scan, 0)

    async def fire(self, ctx, t: int) -> None:
        dut, rng, config = self.dut, self.rng, self.config
        ctx.set(dut.at.post, 1)
        for j in range(config.neurons):
            ctx.set(dut.at.index, j)
            ctx.set(dut.at.looked, j)
            delay = rng.choice((1, config.max_delay, rng.randint(1, config.max_delay)))
            ctx.set(dut.delay, delay % config.max_delay)
            await ctx.tick()
            if rng.random() < 0.4:
                await pulse(ctx, dut.fires)
                self.due.setdefault(t + delay, set()).add((1, j))

    async def restart(self, ctx) -> None:
        """Inputs and neurons, stage after stage."""
        dut, at, config, words = self.dut, self.dut.at, self.config, self.store.words
        expected = [[*side] for side in words]
        for j in range(config.neurons):
            for side, word in STATE:
                expected[side][self.store.records + 8 * j + word] = 0
        seed = self.rng.choice((SEED_POISSON, self.rng.getrandbits(32)))
        self.generator = Generator(seed ^ SEED_POISSON)
        ctx.set(dut.seed, seed)
        await pulse(ctx, dut.restart)
        ctx.set(at.clear, 1)
        for post, stage, count in ((0, 0, config.inputs), *((1, k, config.neurons) for k in range(3))):
            ctx.set(at.post, post)
            ctx.set(at.stage, stage)
            for index in range(count):
                ctx.set(at.index, index)
                ctx.set(at.looked, index)
                await ctx.tick()
        ctx.set(at.clear, 0)
        ctx.set(at.stage, 0)
        await ctx.tick()
        assert words == expected
        self.due.clear()


@pytest.mark.parametrize(
    "config",
    [
        build(8, 5, max_delay=16), build(16, 3, max_delay=1), build(8, 3, max_delay=4, plasticity=False),
        build(8, 0, max_delay=2), build(8, 6, max_delay=2, poisson=False),
    ],
    ids=["8+5", "16+3", "8+3 static", "no inputs", "no draws"],
)  # fmt: skip
def test_every_spike_is_found_in_its_step_and_once(config: Config) -> None:
    bench = Bench(config)
    dut, rng = bench.dut, bench.rng

    async def steps(ctx) -> None:
        for side, words in enumerate(bench.store.words):  # rates that draw now and then
            for entry in range(len(words)):
                if rng.random() < 0.3:
                    words[entry] = words[entry] >> 16 << 16 | rng.choice((0, 0xFFFF, 0x4000 << side))
        for t in range(STEPS):
            if t in (0, STEPS * 2 // 3):
                await bench.restart(ctx)
            ctx.set(dut.step, t)
            bench.poisson = int(config.poisson and rng.random() < 0.7)
            bench.learning = int(rng.random() < 0.7)
            ctx.set(dut.poisson, bench.poisson)
            ctx.set(dut.learning, bench.learning)
            await bench.events(ctx, t)
            for post, count in ((0, config.inputs), (1, config.neurons)):
                await bench.look(ctx, t, post, count)
            await bench.fire(ctx, t)

    simulate(dut, steps, background=(bench.serve,))
    assert bench.seen["sent"] > STEPS and (bench.seen["drawn"] > 10) == bool(config.poisson and config.inputs)
    assert (bench.seen["learns"] > 10) == config.plasticity
