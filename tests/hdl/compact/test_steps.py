"""The steps order everything once and in its turn, however long each takes; words wait for room unchanged."""

import random
from typing import Any

import pytest

from allspike.map.config import Config
from allspike_hdl.compact.interfaces import CLEAR_STAGES, WALK_DEPTH, Walking
from allspike_hdl.compact.steps import Steps
from allspike_hdl.map.sizes import Sizes

from ..bench import pulse, seeded, simulate
from .plain_store import build

STEPS = 30


class Around:
    """What the steps order, as slow as it likes; and what they ordered, in a list."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.rng: random.Random = seeded(config)
        self.dut = Steps(Sizes(config))
        self.log: list[tuple] = []
        self.arriving: dict[tuple[int, int], bool] = {}
        """Sources of which a spike arrives in this step, and whether their rows learn."""
        self.firing: dict[int, dict[str, int]] = {}
        self._walk = 0
        """Elements of the walk that are to come."""
        self._elements = 0
        self._neuron = 0
        """Clocks that the neuron still takes."""
        self._waiting: Any = None

    async def clock(self, ctx) -> None:
        """What a clock shows, and what is there to be seen in it."""
        dut, at, order, words = self.dut, self.dut.at, self.dut.order, self.dut.words
        rng, here = self.rng, (ctx.get(at.post), ctx.get(at.index))
        scanned = bool(ctx.get(at.scan))
        ctx.set(dut.arrives, here in self.arriving if scanned else rng.randrange(2))
        ctx.set(dut.learns, self.arriving[here] if here in self.arriving and scanned else rng.randrange(2))

        self._elements = (self._elements << 1 | (self._walk > 0)) % (2 << WALK_DEPTH)
        ctx.set(dut.elements.valid, self._elements)
        ctx.set(dut.elements.last, self._walk == 1)
        self._walk = max(self._walk - 1, 0)

        if self._neuron:
            assert ctx.get(at.computing)
        ctx.set(dut.neuron.last, self._neuron == 1)
        for name in ("fired", "silent", "plastic"):  # in the last clock, and up to the next start
            told = self.firing.get(here[1], {}).get(name, 0) if here[0] else 0
            ctx.set(getattr(dut.neuron, name), rng.randrange(2) if self._neuron > 1 else told)
        self._neuron = max(self._neuron - 1, 0)

        ctx.set(words.ready, rng.random() < 0.3)
        word = (ctx.get(words.p.end), ctx.get(words.p.neuron)) if ctx.get(words.valid) else None
        assert self._waiting in (None, word), "a word that waits stays as it is"
        self._waiting = word
        if word is not None and ctx.get(words.ready):
            self.log.append(("END",) if word[0] else ("WORD", word[1]))
            self._waiting = None

        if scanned:
            self.log.append(("SCAN", *here))
            assert ctx.get(at.looked) == here[1] + 1
        if ctx.get(order.touch):
            self.log.append(("TOUCH", Walking(ctx.get(order.kind)).name, *here))
        if ctx.get(at.clear):
            self.log.append(("CLEAR", *here, ctx.get(at.stage)))
        row, column = ctx.get(order.row), ctx.get(order.column)
        walks, computes = ctx.get(order.start), ctx.get(dut.neuron.start)
        assert walks or not (row or column)
        await ctx.tick()
        now = ctx.get(at.index)
        if walks:
            assert not self._walk
            kind = Walking(ctx.get(order.kind))
            assert (row, column) == (kind is Walking.ROW, kind is Walking.COLUMN)
            whose = () if kind is Walking.FADE else (now, ctx.get(at.axon))
            self.log.append((kind.name, ctx.get(at.post), *whose, ctx.get(order.learning)))
            self._walk = rng.randint(1, 4)
        if computes:
            assert not self._neuron and ctx.get(at.computing)
            self.log.append(("NEURON", now))
            self._neuron = rng.randint(2, 6)

    async def until_idle(self, ctx, busy: bool) -> list[tuple]:
        """All that is ordered by then."""
        self.log = []
        for _ in range(20_000):
            if ctx.get(self.dut.idle):
                return self.log
            assert ctx.get(self.dut.busy) == busy
            await self.clock(ctx)
        raise AssertionError("it never ends")

    # What is to be

    def cleared(self) -> list[tuple]:
        config = self.config
        inputs = [("CLEAR", 0, k, 0) for k in range(config.inputs)]
        return inputs + [("CLEAR", 1, j, k) for k in range(CLEAR_STAGES) for j in range(config.neurons)]

    def drawn_step(self) -> list[tuple]:
        """A step of which anything happens, and all that it comes to."""
        rng, config = self.rng, self.config
        sources = [*((0, k) for k in range(config.inputs)), *((1, j) for j in range(config.neurons))]
        share = rng.choice((0.0, 0.3, 1.0))
        self.arriving = {
            source: bool(config.plasticity and rng.randrange(2)) for source in sources if rng.random() < share
        }
        names = ("fired", "silent", "plastic")
        self.firing = {j: {name: rng.randrange(2) for name in names} for j in range(config.neurons)}
        expected: list[tuple] = []
        for post, index in sources:
            expected.append(("SCAN", post, index))
            if (post, index) in self.arriving:
                axon = index + post * config.inputs
                expected.append(("ROW", post, index, axon, int(self.arriving[post, index])))
                expected += [("TOUCH", "ROW", post, index)] * config.plasticity
        for j, does in self.firing.items():
            expected.append(("NEURON", j))
            if does["fired"]:
                expected += [] if does["silent"] else [("WORD", j)]
                if config.plasticity:
                    expected += [("COLUMN", 1, j, config.inputs + j, 1)] if does["plastic"] else []
                    expected.append(("TOUCH", "COLUMN", 1, j))
        if config.plasticity:
            expected += [("FADE", post, 0) for post in (0, 1)]
        return [*expected, ("END",)]


@pytest.mark.parametrize(
    "config", [build(8, 3), build(8, 0), build(16, 1), build(8, 2, plasticity=False)],
    ids=["8+3", "8+0", "16+1", "8+2 static"],
)  # fmt: skip
def test_a_step_is_all_that_it_has_to_be_in_its_order(config: Config) -> None:
    around = Around(config)
    dut, rng = around.dut, around.rng
    rows = 1 << len(dut.at.index)

    async def bench(ctx) -> None:
        power_on = await around.until_idle(ctx, busy=True)
        wiped = [entry for entry in power_on if entry[0] == "WIPE"]
        assert wiped == [("WIPE", 0, index, index, 0) for index in range(rows)]
        assert power_on == wiped + around.cleared()
        for step in range(STEPS):
            for _ in range(rng.randrange(3)):
                await ctx.tick()
                assert ctx.get(dut.idle)
            if step % 7 == 5:
                await pulse(ctx, dut.restart)
                assert await around.until_idle(ctx, busy=True) == around.cleared()
            expected = around.drawn_step()
            await pulse(ctx, dut.begin)
            for _ in range(rng.randint(1, 5)):
                assert not ctx.get(dut.idle) and not ctx.get(dut.at.scan)
                await ctx.tick()
            ctx.set(dut.events_done, 1)
            await ctx.tick()
            ctx.set(dut.events_done, 0)
            assert await around.until_idle(ctx, busy=False) == expected

    simulate(dut, bench)
