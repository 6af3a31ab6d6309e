"""The scheduler takes the phases of a step in the order of docs/model.md, and stands still when it must."""

from itertools import pairwise

import pytest
from amaranth.hdl import Elaboratable, Module, Signal

from allspike.map.config import Config
from allspike.map.device_map import State
from allspike_hdl.machine.stepper import Stepper
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.interfaces import WalkKind
from allspike_hdl.wide.scheduler import Scheduler

from ..bench import pulse, seeded, send, simulate, wait, when

CONFIG = Config(neurons=8, inputs=3, lanes=2)
STATIC = Config(neurons=8, inputs=3, lanes=2, plasticity=False)


class Timed(Elaboratable):
    """A scheduler, and the stepper that lets its steps begin, wired as in a machine.

    `busy` and `full`: of the other parts of the datapath, and of the spike ring.
    """

    def __init__(self, config: Config) -> None:
        self.scheduler, self.stepper = Scheduler(Sizes(config)), Stepper()
        self.busy, self.full = Signal(), Signal()

    def elaborate(self, platform):
        m = Module()
        m.submodules.scheduler, m.submodules.stepper = scheduler, stepper = self.scheduler, self.stepper
        words = scheduler.words
        m.d.comb += [
            scheduler.begin.eq(stepper.begin),
            stepper.idle.eq(scheduler.idle),
            stepper.busy.eq(self.busy | scheduler.waiting),
            stepper.ended.eq(words.valid & words.ready & words.p.end),
            stepper.full.eq(self.full),
        ]
        return m


class Parts:
    """Stand-ins for the parts of a core, as slow as they like; they log what they are told."""

    def __init__(self, config: Config, seed: int) -> None:
        self.config = config
        self.timed = Timed(config)
        self.dut, self.time = self.timed.scheduler, self.timed.stepper
        self.rng = seeded(config, seed)
        self.log: list[tuple] = []
        self.expected: list[tuple] = []  # the same, by the model
        self.walking = 0
        self.room = True
        self.run_until = 0

    def run(self, *benches) -> None:
        background = (
            self._events, self._inputs, self._limit, self._sweep, self._walker, self._ring, self._restart,
        )  # fmt: skip
        simulate(self.timed, *benches, background=background)

    def check(self) -> None:
        """Walks are in order, and so is the rest; a walk may come some clocks later than it was asked for."""
        for walks in (True, False):
            logged, expected = (
                [entry for entry in entries if isinstance(entry[0], WalkKind) == walks]
                for entries in (self.log, self.expected)
            )
            assert logged == expected
        phases = [entry[0] for entry in self.log if entry[0] in (WalkKind.ROW, "sweep", "end")]
        assert ("sweep", WalkKind.ROW) not in pairwise(phases)

    def some(self, count: int) -> list[int]:
        return sorted(self.rng.sample(range(count), self.rng.choice((0, 0, 1, count))))

    def flag(self) -> int:
        return self.rng.randrange(2)

    async def _restart(self, ctx):
        await pulse(ctx, self.time.restart)

    async def _events(self, ctx):
        dut = self.dut
        while True:
            await when(ctx, dut.begin)
            self.log.append(("events",))
            self.expected.append(("events",))
            await ctx.tick().repeat(1 + self.rng.randrange(4))
            await pulse(ctx, dut.events_done)

    async def _inputs(self, ctx):
        """The rows of the inputs, and then of the neurons."""
        dut, learns = self.dut, self.config.plasticity
        while True:
            await when(ctx, dut.inputs.start)
            ctx.set(dut.inputs.busy, 1)
            ctx.set(dut.population.arriving_empty, 0)
            neurons = [(j, self.flag()) for j in self.some(8)]
            gain = ctx.get(dut.learns)
            for i in self.some(3):
                plastic = self.flag()
                self.expected.append((WalkKind.ROW, i, plastic & gain))
                await send(ctx, dut.inputs.arriving, {"input": i, "plastic_out": plastic})
            ctx.set(dut.inputs.busy, 0)
            while not ctx.get(dut.population.arriving_enable):
                await ctx.tick()
            for j, plastic in neurons:
                self.expected.append((WalkKind.ROW, self.config.inputs + j, plastic & gain))
                await send(ctx, dut.population.arriving, {"neuron": j, "plastic_out": plastic})
                assert ctx.get(dut.population.arriving_enable)
            ctx.set(dut.population.arriving_empty, 1)
            self.expected.append(("sweep",))
            assert learns or not gain

    async def _limit(self, ctx):
        """What the registers know of `run_until`: a while after each step begins."""
        time, wait_for = self.time, 0
        while True:
            ctx.set(time.known, wait_for == 0)
            ctx.set(time.below, ctx.get(time.step) + ctx.get(time.running) < self.run_until)
            _, _, begins = await ctx.tick().sample(time.begin)
            wait_for = self.rng.randrange(1, 60) if begins else max(wait_for - 1, 0)

    async def _sweep(self, ctx):
        dut, learns = self.dut, self.config.plasticity
        while True:
            await when(ctx, dut.population.start)
            begun = max(k for k, entry in enumerate(self.log) if entry == ("events",))
            assert self.walking == 0 or all(entry[0] is not WalkKind.ROW for entry in self.log[begun:])
            self.log.append(("sweep",))
            gain = ctx.get(dut.learns)
            ctx.set(dut.population.fired_empty, 0)
            await ctx.tick().repeat(1 + self.rng.randrange(9))
            await pulse(ctx, dut.population.done)
            for j in self.some(8):
                plastic, silent = self.flag(), self.flag()
                self.expected += [("word", j)] * (not silent)
                self.expected += [(WalkKind.COLUMN, j)] * (plastic & gain)
                self.expected += [(WalkKind.FIRED, j)] * learns
                await send(ctx, dut.population.fired, {"neuron": j, "plastic_in": plastic, "silent": silent})
            ctx.set(dut.population.fired_empty, 1)
            self.expected += [(WalkKind.FADE,)] * learns + [("end",)]

    async def _walker(self, ctx):
        dut, walks = self.dut, self.dut.walker.commands
        while True:
            ctx.set(walks.ready, self.walking < 2 and self.flag())
            _, _, valid, ready, command = await ctx.tick().sample(walks.valid, walks.ready, walks.payload)
            if valid and ready:
                kind = WalkKind(command.kind)
                names = {WalkKind.ROW: ("index", "learn"), WalkKind.FADE: ()}.get(kind, ("index",))
                self.log.append((kind, *(getattr(command, name) for name in names)))
                self.walking += 1
            elif self.walking and self.rng.random() < 0.3:
                self.walking -= 1
            ctx.set(dut.walker.busy, self.walking > 0)
            ctx.set(self.timed.busy, self.walking > 0)

    async def _ring(self, ctx):
        word = self.dut.words
        while True:
            ready = self.room and self.flag()
            ctx.set(word.ready, ready)
            ctx.set(self.timed.full, not self.room and ctx.get(word.valid))
            _, _, valid, payload = await ctx.tick().sample(word.valid, word.payload)
            if valid and ready:
                self.log.append(("end",) if payload.end else ("word", payload.neuron))


@pytest.mark.parametrize("config", [CONFIG, STATIC])
@pytest.mark.parametrize("learns", [0, 1])
def test_phases_follow_one_another(config: Config, learns: int) -> None:
    parts = Parts(config, learns)
    dut, time = parts.dut, parts.time
    steps = 60

    async def bench(ctx):
        ctx.set(dut.learns, learns and config.plasticity)
        assert ctx.get(time.state) == State.RUNNING  # until the reset of power-on is done
        await wait(ctx, time.restarted)
        await ctx.tick().repeat(5)
        assert not ctx.get(time.state)
        parts.run_until = steps
        await ctx.tick().repeat(10)
        assert not parts.log  # not enabled yet
        ctx.set(time.enable, 1)
        await wait(ctx, time.state == 0)
        await ctx.tick().repeat(50)  # the last walks
        assert ctx.get(time.step) == steps
        parts.check()
        assert parts.log.count(("end",)) == steps

    parts.run(bench)


def test_it_stands_still_for_the_host_for_the_ring_and_for_a_reset() -> None:
    parts = Parts(CONFIG, 5)
    time, full = parts.time, parts.timed.full

    async def bench(ctx):
        await wait(ctx, time.restarted)
        ctx.set(time.enable, 1)
        parts.run_until = 1 << 39
        for _ in range(10):  # the host: between two steps
            await ctx.tick().repeat(parts.rng.randrange(200))
            ctx.set(time.hold, 1)
            await ctx.tick()
            await wait(ctx, time.held)
            await ctx.tick()
            await wait(ctx, time.held)
            assert parts.log[-1] in (("end",), (WalkKind.FADE,)) or not parts.log
            before = list(parts.log)
            for _ in range(30):
                assert ctx.get(time.held)
                await ctx.tick()
            assert parts.log == before
            ctx.set(time.hold, 0)
        for _ in range(5):  # the ring: in the step, and the host may look then
            parts.room = False
            await wait(ctx, full)
            await ctx.tick()
            assert ctx.get(time.state) == State.RUNNING | State.STALLED
            step = ctx.get(time.step)
            ctx.set(time.hold, 1)
            await wait(ctx, time.held)
            ctx.set(time.hold, 0)
            parts.room = True
            await wait(ctx, time.step == step + 1)
        ctx.set(time.halt, 1)
        await wait(ctx, time.halted)
        await ctx.tick().repeat(30)
        assert ctx.get(time.halted)
        parts.check()
        await pulse(ctx, time.clear)
        assert ctx.get(time.step) == 0

    parts.run(bench)


def test_a_silent_step_costs_little_beside_its_sweep() -> None:
    timed = Timed(CONFIG)
    dut, time = timed.scheduler, timed.stepper

    async def bench(ctx):
        population = dut.population
        for signal in (population.arriving_empty, population.fired_empty, population.done, dut.events_done):
            ctx.set(signal, 1)
        ctx.set(time.enable, 1)
        ctx.set(dut.walker.commands.ready, 1)
        ctx.set(dut.words.ready, 1)
        await pulse(ctx, time.restart)
        await ctx.tick().repeat(5)
        ctx.set(time.known, 1)
        ctx.set(time.below, 1)
        clocks = await wait(ctx, time.step == 100)
        phases = 10
        assert clocks <= 100 * phases + 3

    simulate(timed, bench)
