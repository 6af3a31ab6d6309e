"""The spike ring opens steps with markers, marks long silences, and loses no word."""

import pytest

from allspike.map.config import Config
from allspike.map.device_map import RING_MARKER, RING_STEP_MASK
from allspike_hdl.machine.spike_ring import SpikeRing

from ..bench import offer, port_read, pulse, seeded, send, simulate, when

SPAN = RING_STEP_MASK + 1


def config(size: int) -> Config:
    return Config(neurons=8, inputs=2, lanes=1, spike_ring=size)


def at_step(ctx, dut: SpikeRing, step: int) -> None:
    ctx.set(dut.step, step & RING_STEP_MASK)


def ring_words(spikes: dict[int, list[int]], first: int, steps: int, last: int) -> tuple[list[int], int]:
    """Words of steps `first` to `first + steps`, by the document, and 1 plus the step of the last marker."""
    words = []
    for t in range(first, first + steps):
        if t in spikes or t - last == SPAN:
            words += [RING_MARKER | (t & RING_STEP_MASK), *spikes.get(t, [])]
            last = t
    return words, last + 1


@pytest.mark.parametrize("size", [16, 64])
@pytest.mark.parametrize("eager", [0.05, 0.5, 1.0])
def test_every_word_arrives_once_and_in_order(size: int, eager: float) -> None:
    rng = seeded(size, eager)
    dut = SpikeRing(config(size))
    steps = 120
    spikes = {
        t: sorted(rng.sample(range(8), rng.randrange(1, 9))) for t in range(steps) if rng.random() < 0.4
    }
    expected, marker = ring_words(spikes, 0, steps, -1)
    taken: list[int] = []
    done = False

    async def core(ctx):
        nonlocal done
        for t in range(steps):
            at_step(ctx, dut, t)
            for neuron in spikes.get(t, []):
                await send(ctx, dut.word, {"neuron": neuron, "end": 0})
            await send(ctx, dut.word, {"neuron": rng.randrange(8), "end": 1})
        at_step(ctx, dut, steps)
        done = True

    async def host(ctx):
        while not (done and len(taken) == len(expected)):
            used = ctx.get(dut.used)
            assert 2 * used <= size
            if ctx.get(dut.full):
                assert 2 * used == size
            if rng.random() < eager and used:
                count = rng.randrange(1, used + 1)
                for _ in range(count):
                    taken.append(await port_read(ctx, dut.port, len(taken) % (size // 2)))
                assert offer(ctx, dut, 2 * len(taken), 2 * (len(taken) - count))
                await pulse(ctx, dut.take)
            await ctx.tick()
        assert taken == expected
        assert steps + 1 + ctx.get(dut.marker) == marker
        await pulse(ctx, dut.clear)
        assert (ctx.get(dut.used), ctx.get(dut.marker)) == (0, -1)

    simulate(dut, core, host)


@pytest.mark.parametrize("spikes", [{}, {0: [3], SPAN + 5: [2]}])
def test_silence_is_marked_every_span_of_steps(spikes: dict[int, list[int]]) -> None:
    dut = SpikeRing(config(16))
    steps = SPAN + 10

    async def bench(ctx):
        ctx.set(dut.word.payload.end, 1)
        for t in range(steps):
            at_step(ctx, dut, t)
            if t in spikes:
                ctx.set(dut.word.payload, {"neuron": spikes[t][0], "end": 0})
                ctx.set(dut.word.valid, 1)
                await when(ctx, dut.word.ready)
                ctx.set(dut.word.payload, {"neuron": 0, "end": 1})
            ctx.set(dut.word.valid, 1)
            await when(ctx, dut.word.ready)
        ctx.set(dut.word.valid, 0)
        expected, marker = ring_words(spikes, 0, steps, -1)
        assert ctx.get(dut.used) == len(expected)
        assert [await port_read(ctx, dut.port, k) for k in range(len(expected))] == expected
        assert steps + 1 + ctx.get(dut.marker) == marker

    simulate(dut, bench)


def test_a_word_takes_a_clock_and_a_marker_another() -> None:
    dut = SpikeRing(config(64))

    async def bench(ctx):
        for end, clocks in ((0, 2), (0, 1), (1, 1), (1, 1), (0, 2)):
            start = ctx.get(dut.used)
            ctx.set(dut.word.payload, {"neuron": 1, "end": end})
            ctx.set(dut.word.valid, 1)
            spent = 1
            while not ctx.get(dut.word.ready):
                await ctx.tick()
                spent += 1
            await ctx.tick()
            ctx.set(dut.word.valid, 0)
            assert spent == clocks
            assert ctx.get(dut.used) - start == (0 if end else clocks)

    simulate(dut, bench)


def test_offsets_that_cannot_be_true_do_not_fit_and_discarded_words_leave_no_trace() -> None:
    dut = SpikeRing(config(16))

    async def bench(ctx):
        for neuron in range(5):
            await send(ctx, dut.word, {"neuron": neuron, "end": 0})
        assert ctx.get(dut.used) == 6
        before = 0
        for ack in (0, 4, 12):
            assert offer(ctx, dut, ack, before)
            await pulse(ctx, dut.take)
            before = ack
            for offset in (*range(-20, 40), 1 << 31, (1 << 32) - 2):
                fits = (12 - offset) & 0xFFFFFFFF <= 12 - ack and not offset & 1
                assert offer(ctx, dut, offset, ack) == fits, (ack, offset)
        ctx.set(dut.discard, 1)
        for neuron in range(20):
            await send(ctx, dut.word, {"neuron": neuron % 8, "end": 0})
        assert ctx.get(dut.used) == 0
        assert not ctx.get(dut.full)

    simulate(dut, bench)
