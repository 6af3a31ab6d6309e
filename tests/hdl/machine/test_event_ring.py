"""The event ring takes the words that docs/model.md says, no other, and no later."""

import pytest

from allspike.map.config import Config
from allspike.map.device_map import RING_MARKER, RING_STEP_MASK
from allspike_hdl.machine.event_ring import EventRing

from ..bench import offer, port_read, port_write, pulse, seeded, simulate


class Reader:
    """The ring's reader, from the document: `words` are taken in order, `head` may grow."""

    def __init__(self) -> None:
        self.words: list[int] = []
        self.taken = 0
        self.last = -1

    def step(self, t: int) -> list[tuple[int, bool]]:
        """Words of events taken in step t, and whether each is late."""
        found = []
        while self.taken < len(self.words):
            word = self.words[self.taken]
            if word & RING_MARKER:
                time = self.last + 1
                while (time - word) & RING_STEP_MASK:
                    time += 1
                if time > t:
                    break
                self.last = time
            else:
                found.append((word, self.last < t))
            self.taken += 1
        return found


def words_of(rng, steps: int) -> list[int]:
    """Events and markers: in time, ahead, behind, repeated, and some far away."""
    time, words = -1, []
    while time < steps:
        time += rng.choice((1, 1, 1, 2, 5, 1 + rng.randrange(RING_STEP_MASK) if rng.random() < 0.03 else 1))
        words.append(RING_MARKER | (time & RING_STEP_MASK))
        words += [rng.randrange(RING_MARKER) for _ in range(rng.choice((0, 1, 1, 2, 7)))]
    return [rng.randrange(RING_MARKER)] * rng.randrange(2) + words


@pytest.mark.parametrize("size", [16, 32, 256])
@pytest.mark.parametrize("host_reads", [False, True])
def test_words_are_taken_in_their_steps(size: int, host_reads: bool) -> None:
    rng = seeded(size, host_reads)
    dut = EventRing(Config(neurons=2, inputs=2, lanes=1, event_ring=size))
    steps, room = 200, size // 2
    to_come = words_of(rng, steps)
    model = Reader()
    model.last = -1

    async def bench(ctx):
        for t in range(steps):
            # The host fills a part of the room, sometimes none: then events come late.
            count = min(rng.choice((0, 1, 3, room)), room - (len(model.words) - model.taken), len(to_come))
            for word in to_come[:count]:
                await port_write(ctx, dut.port, len(model.words) % room, word)
                model.words.append(word)
            del to_come[:count]
            assert offer(ctx, dut, 2 * len(model.words), 2 * (len(model.words) - count))
            await pulse(ctx, dut.take)

            before = model.taken
            expected = model.step(t)
            markers = model.taken - before - len(expected)
            await pulse(ctx, dut.start)
            found, clocks = [], 1
            while True:
                if ctx.get(dut.event.valid):
                    found.append((ctx.get(dut.event.payload), bool(ctx.get(dut.late))))
                if host_reads:
                    ctx.set(dut.port.enable, rng.randrange(2))
                done = ctx.get(dut.done)
                await ctx.tick()
                if done:
                    break
                clocks += 1
            ctx.set(dut.port.enable, 0)
            assert found == expected, t
            assert ctx.get(dut.ahead) == model.taken - len(model.words)
            if not host_reads:
                assert clocks <= 2 + 2 * len(expected) + 5 * (markers + 1)
            await pulse(ctx, dut.advance)
        await pulse(ctx, dut.clear)
        assert ctx.get(dut.ahead) == 0

    simulate(dut, bench)


def test_the_host_reads_back_what_it_wrote() -> None:
    dut = EventRing(Config(neurons=2, inputs=2, lanes=1, event_ring=32))

    async def bench(ctx):
        values = [0x1234 * k & 0xFFFF for k in range(16)]
        for k, value in enumerate(values):
            await port_write(ctx, dut.port, k, value)
        assert [await port_read(ctx, dut.port, k) for k in range(16)] == values

    simulate(dut, bench)


def test_offsets_that_cannot_be_true_do_not_fit() -> None:
    size = 32
    dut = EventRing(Config(neurons=2, inputs=2, lanes=1, event_ring=size))

    async def bench(ctx):
        head = tail = 0
        for word in (RING_MARKER, 1, 1, 1):
            await port_write(ctx, dut.port, head // 2, word)
            head += 2
        before = taken = 0
        for head, tail in ((0, 0), (8, 0), (8, 8), (32, 8), (40, 8)):
            assert offer(ctx, dut, head, before)
            await pulse(ctx, dut.take)
            if tail > taken:
                await pulse(ctx, dut.start)
                await ctx.tick().repeat(40)
            before, taken = head, tail
            assert 2 * ctx.get(dut.ahead) == tail - head
            for offset in (*range(-6, 60), 1 << 31, (1 << 31) + head, (1 << 32) - 2):
                fits = (offset - head) & 0xFFFFFFFF <= size - (head - tail) and not offset & 1
                assert offer(ctx, dut, offset, head) == fits, (head, tail, offset)

    simulate(dut, bench)
