"""The scheduler takes the phases of a step in the order of docs/model.md, and stands still when it must."""

from itertools import pairwise

import pytest

from allspike.map.config import Config
from allspike.map.device_map import State
from allspike_hdl.machine.pacer import Pacer
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.interfaces import WalkKind
from allspike_hdl.wide.scheduler import Scheduler

from ..bench import pulse, seeded, send, simulate, wait, when

CONFIG = Config(neurons=8, inputs=3, lanes=2)
STATIC = Config(neurons=8, inputs=3, lanes=2, plasticity=False)


class Parts:
    """Stand-ins for the parts of a core, as slow as they like; they log what they are told."""

    def __init__(self, config: Config, seed: int) -> None:
        self.config = config
        self.dut = Scheduler(Sizes(config))
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
        simulate(self.dut, *benches, background=background)

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
        await pulse(ctx, self.dut.restart)

    async def _events(self, ctx):
        dut = self.dut
        while True:
            await when(ctx, dut.take_events)
            self.log.append(("events",))
            self.expected.append(("events",))
            await ctx.tick().repeat(1 + self.rng.randrange(4))
            await pulse(ctx, dut.events_taken)

    async def _inputs(self, ctx):
        """The rows of the inputs, and then of the neurons."""
        dut, learns = self.dut, self.config.plasticity
        while True:
            await when(ctx, dut.start_inputs)
            ctx.set(dut.inputs_busy, 1)
            ctx.set(dut.neurons_empty, 0)
            neurons = [(j, self.flag()) for j in self.some(8)]
            gain = ctx.get(dut.learns)
            for i in self.some(3):
                plastic = self.flag()
                self.expected.append((WalkKind.ROW, i, plastic & gain))
                await send(ctx, dut.inputs, {"input": i, "plastic_out": plastic})
            ctx.set(dut.inputs_busy, 0)
            while not ctx.get(dut.neurons_enable):
                await ctx.tick()
            for j, plastic in neurons:
                self.expected.append((WalkKind.ROW, self.config.inputs + j, plastic & gain))
                await send(ctx, dut.neurons, {"neuron": j, "plastic_out": plastic})
                assert ctx.get(dut.neurons_enable)
            ctx.set(dut.neurons_empty, 1)
            self.expected.append(("sweep",))
            assert learns or not gain

    async def _limit(self, ctx):
        """What the registers know of `run_until`: a while after each step begins."""
        dut, wait_for = self.dut, 0
        while True:
            ctx.set(dut.known, wait_for == 0)
            ctx.set(dut.below, ctx.get(dut.step) + ctx.get(dut.running) < self.run_until)
            _, _, begins = await ctx.tick().sample(dut.take_events)
            wait_for = self.rng.randrange(1, 60) if begins else max(wait_for - 1, 0)

    async def _sweep(self, ctx):
        dut, learns = self.dut, self.config.plasticity
        while True:
            await when(ctx, dut.start_sweep)
            begun = max(k for k, entry in enumerate(self.log) if entry == ("events",))
            assert self.walking == 0 or all(entry[0] is not WalkKind.ROW for entry in self.log[begun:])
            self.log.append(("sweep",))
            gain = ctx.get(dut.learns)
            ctx.set(dut.fired_empty, 0)
            await ctx.tick().repeat(1 + self.rng.randrange(9))
            await pulse(ctx, dut.sweep_done)
            for j in self.some(8):
                plastic, silent = self.flag(), self.flag()
                self.expected += [("word", j)] * (not silent)
                self.expected += [(WalkKind.COLUMN, j)] * (plastic & gain)
                self.expected += [(WalkKind.FIRED, j)] * learns
                await send(ctx, dut.fired, {"neuron": j, "plastic_in": plastic, "silent": silent})
            ctx.set(dut.fired_empty, 1)
            self.expected += [(WalkKind.FADE,)] * learns + [("end",)]

    async def _walker(self, ctx):
        dut, walks = self.dut, self.dut.walks
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
            ctx.set(dut.walk_busy, self.walking > 0)
            ctx.set(dut.busy, self.walking > 0)

    async def _ring(self, ctx):
        dut, word = self.dut, self.dut.word
        while True:
            ready = self.room and self.flag()
            ctx.set(word.ready, ready)
            ctx.set(dut.full, not self.room and ctx.get(word.valid))
            _, _, valid, payload = await ctx.tick().sample(word.valid, word.payload)
            if valid and ready:
                self.log.append(("end",) if payload.end else ("word", payload.neuron))


@pytest.mark.parametrize("config", [CONFIG, STATIC])
@pytest.mark.parametrize("learns", [0, 1])
def test_phases_follow_one_another(config: Config, learns: int) -> None:
    parts = Parts(config, learns)
    dut = parts.dut
    steps = 60

    async def bench(ctx):
        ctx.set(dut.learns, learns and config.plasticity)
        assert ctx.get(dut.state) == State.RUNNING  # until the reset of power-on is done
        await wait(ctx, dut.restarted)
        await ctx.tick().repeat(5)
        assert not ctx.get(dut.state)
        parts.run_until = steps
        await ctx.tick().repeat(10)
        assert not parts.log  # not enabled yet
        ctx.set(dut.enable, 1)
        await wait(ctx, dut.state == 0)
        await ctx.tick().repeat(50)  # the last walks
        assert ctx.get(dut.step) == steps
        parts.check()
        assert parts.log.count(("end",)) == steps

    parts.run(bench)


def test_it_stands_still_for_the_host_for_the_ring_and_for_a_reset() -> None:
    parts = Parts(CONFIG, 5)
    dut = parts.dut

    async def bench(ctx):
        await wait(ctx, dut.restarted)
        ctx.set(dut.enable, 1)
        parts.run_until = 1 << 39
        for _ in range(10):  # the host: between two steps
            await ctx.tick().repeat(parts.rng.randrange(200))
            ctx.set(dut.hold, 1)
            await ctx.tick()
            await wait(ctx, dut.held)
            await ctx.tick()
            await wait(ctx, dut.held)
            assert parts.log[-1] in (("end",), (WalkKind.FADE,)) or not parts.log
            before = list(parts.log)
            for _ in range(30):
                assert ctx.get(dut.held)
                await ctx.tick()
            assert parts.log == before
            ctx.set(dut.hold, 0)
        for _ in range(5):  # the ring: in the step, and the host may look then
            parts.room = False
            await wait(ctx, dut.full)
            await ctx.tick()
            assert ctx.get(dut.state) == State.RUNNING | State.STALLED
            step = ctx.get(dut.step)
            ctx.set(dut.hold, 1)
            await wait(ctx, dut.held)
            ctx.set(dut.hold, 0)
            parts.room = True
            await wait(ctx, dut.step == step + 1)
        ctx.set(dut.halt, 1)
        await wait(ctx, dut.halted)
        await ctx.tick().repeat(30)
        assert ctx.get(dut.halted)
        parts.check()
        await pulse(ctx, dut.clear)
        assert ctx.get(dut.step) == 0

    parts.run(bench)


def test_a_silent_step_costs_little_beside_its_sweep() -> None:
    dut = Scheduler(Sizes(CONFIG))

    async def bench(ctx):
        for name in ("neurons_empty", "fired_empty", "sweep_done", "events_taken", "enable"):
            ctx.set(getattr(dut, name), 1)
        ctx.set(dut.walks.ready, 1)
        ctx.set(dut.word.ready, 1)
        await pulse(ctx, dut.restart)
        await ctx.tick().repeat(5)
        ctx.set(dut.known, 1)
        ctx.set(dut.below, 1)
        clocks = await wait(ctx, dut.step == 100)
        phases = 10
        assert clocks <= 100 * phases + 3

    simulate(dut, bench)


@pytest.mark.parametrize("pace", [0, 1, 7, 100])
def test_slots_come_at_the_pace(pace: int) -> None:
    """Steps of random length: each begins in its slot or, late, as soon as it can."""
    rng = seeded(pace)
    dut = Pacer()

    async def bench(ctx):
        ctx.set(dut.pace, pace - 2)
        ctx.set(dut.standing, 1)
        await ctx.tick().repeat(20)
        ctx.set(dut.standing, 0)
        now = first = 0
        late = expected_late = 0
        for step in range(200):
            ready = now
            ctx.set(dut.waiting, 1)
            while not ctx.get(dut.due):
                await ctx.tick()
                now += 1
            ctx.set(dut.begin, 1)
            late += ctx.get(dut.late)
            if step == 0:
                first = now
            slot = first + step * pace
            assert now == max(ready, slot + 1) or step == 0 or pace == 0 or now == ready, step
            expected_late += bool(pace and step and ready > slot)
            await ctx.tick()
            now += 1
            ctx.set(dut.begin, 0)
            ctx.set(dut.waiting, 0)
            busy = rng.choice((0, 3, pace // 2, pace, 2 * pace if step % 50 == 0 else 1))
            await ctx.tick().repeat(busy) if busy else None
            now += busy
        assert late == expected_late
        assert pace == 0 or now >= first + 199 * pace

    simulate(dut, bench)
