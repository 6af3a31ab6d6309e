"""The inputs that spike are listed once each, ascending, with their flag; draws are those of the model."""

import pytest

from allspike.map.config import Config
from allspike.map.device_map import SEED_POISSON, InputFlag
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.inputs import WIDTH, Inputs
from tests.reference.arithmetic import Generator

from ..bench import port_read, port_write, pulse, seeded, simulate, wait


def make(inputs: int, poisson: bool = True) -> Inputs:
    return Inputs(Sizes(Config(neurons=2, inputs=inputs, lanes=1, poisson=poisson, event_ring=1024)))


async def started(ctx, dut: Inputs, seed: int = 0) -> None:
    ctx.set(dut.seed, seed)
    await pulse(ctx, dut.restart)
    await wait(ctx, ~dut.listing.busy)


async def listing(ctx, dut: Inputs, rng=None) -> tuple[list[tuple[int, int]], int, int]:
    """The list, the draws that gave a spike, and the clocks it took, with a reader who pauses at random."""
    found, drawn, clocks = [], 0, 0
    arriving = dut.listing.arriving
    await pulse(ctx, dut.listing.start)
    while ctx.get(dut.listing.busy):
        ctx.set(arriving.ready, rng is None or rng.random() < 0.4)
        if ctx.get(arriving.valid) and ctx.get(arriving.ready):
            found.append((ctx.get(arriving.p.input), ctx.get(arriving.p.plastic_out)))
        drawn += ctx.get(dut.drawn)
        await ctx.tick()
        clocks += 1
    ctx.set(arriving.ready, 0)
    return found, drawn, clocks


@pytest.mark.parametrize("inputs", [1, 2, 15, 16, 17, 40, 300])
@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("poisson", [False, True])
def test_lists_events_and_draws(inputs: int, slow: bool, poisson: bool) -> None:
    rng = seeded(inputs, slow, poisson)
    dut = make(inputs, poisson)
    flags = [rng.choice((0, int(InputFlag.PLASTIC_OUT))) for _ in range(inputs)]
    rates = [rng.choice((0, 65535, rng.randrange(65536), 4000)) for _ in range(inputs)]
    seed = rng.choice((SEED_POISSON, rng.randrange(1 << 32)))
    generator = Generator(seed ^ SEED_POISSON)

    async def bench(ctx):
        await started(ctx, dut, seed)
        for k in range(inputs):
            await port_write(ctx, dut.port, 2 * k, rates[k])
            await port_write(ctx, dut.port, 2 * k + 1, flags[k] | 0xF7 * rng.randrange(2))
        for _ in range(8):
            draws = poisson and rng.random() < 0.7
            share = rng.choice((0, 0.1, 1))
            events = [k for k in range(inputs) if rng.random() < share]
            events += [rng.randrange(inputs, 1 << 15) for _ in range(2)] + events[:1]
            rng.shuffle(events)
            for event in events:
                ctx.set(dut.event.payload, event)
                await pulse(ctx, dut.event.valid)
            ctx.set(dut.poisson, draws)
            spikes = [k for k in range(inputs) if draws and generator.top(16) < rates[k]]
            expected = sorted({k for k in events if k < inputs} | set(spikes))
            found, drawn, clocks = await listing(ctx, dut, rng if slow else None)
            assert found == [(k, int(bool(flags[k]))) for k in expected]
            assert drawn == len(spikes)
            if not slow:
                words = -(-inputs // WIDTH)
                assert clocks <= (inputs + WIDTH + 8 if draws else words + len(expected) + 4)
        read = [await port_read(ctx, dut.port, k) for k in range(2 * inputs)]
        assert read[1::2] == flags
        assert read[::2] == (rates if poisson else [0] * inputs)

    simulate(dut, bench)


def test_a_restart_forgets_spikes_and_repeats_draws() -> None:
    dut = make(20)

    async def bench(ctx):
        ctx.set(dut.poisson, 1)
        lists = []
        await started(ctx, dut, 5)
        for k in range(20):
            await port_write(ctx, dut.port, 2 * k, 30000)
        for _ in range(2):
            await started(ctx, dut, 5)
            lists.append([await listing(ctx, dut) for _ in range(5)])
            for k in range(20):
                ctx.set(dut.event.payload, k)
                await pulse(ctx, dut.event.valid)
        assert lists[0] == lists[1]
        await started(ctx, dut, 6)
        ctx.set(dut.poisson, 0)
        assert (await listing(ctx, dut))[0] == []

    simulate(dut, bench)


def test_without_inputs_there_is_nothing_to_do() -> None:
    dut = Inputs(Sizes(Config(neurons=2, inputs=0, lanes=1)))

    async def bench(ctx):
        for start in (0, 1):
            ctx.set(dut.listing.start, start)
            assert not ctx.get(dut.listing.busy)
            assert not ctx.get(dut.listing.arriving.valid)

    simulate(dut, bench)
