"""The registers keep what docs/model.md says they keep, and the control record acts as a whole."""

import numpy as np
import pytest

from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_hdl.map.register_file import Block
from tests.examples import examples

from ..bench import seeded, simulate, wait
from .register_host import CONFIGS, MODULO, Host

SLOWEST = 40


@pytest.mark.parametrize("config", CONFIGS)
def test_records_keep_what_the_emulator_keeps(config: Config) -> None:
    rng = seeded(config)
    host, emulator = Host(config), EmulatorBus(config)

    async def bench(ctx):
        assert await host.read(ctx, dm.IDENTITY) == dm.encode_identity(config, "test").tobytes()
        for _ in range(40):
            region = rng.choice((dm.CONTROL, dm.LEARNING))
            start = rng.randrange(region.record.size)
            size = rng.randrange(1, region.record.size - start + 1)
            content = bytearray(rng.randbytes(size))
            if region is dm.CONTROL:  # rings of the bench take anything: even offsets, within an empty ring
                record = np.frombuffer(
                    emulator.read(region.base, region.record.size), region.record.dtype
                ).copy()
                raw = record.view(np.uint8)
                raw[start : start + size] = list(content)
                record["event_head"] = record["spike_ack"] = record["run_until"] = 0
                content = bytearray(raw[start : start + size].tobytes())
            emulator.write(region.base + start, bytes(content))
            await host.write(ctx, region, start, bytes(content))
            for each in (dm.CONTROL, dm.LEARNING):
                assert await host.read(ctx, each) == emulator.read(each.base, each.record.size)
        learning = np.frombuffer(
            emulator.read(dm.LEARNING.base, dm.LEARNING.record.size), dm.LEARNING.record.dtype
        )
        for name in dm.LEARNING.record.names:
            assert ctx.get(getattr(host.dut.learning, name)) == learning[name][0], name
        control = np.frombuffer(
            emulator.read(dm.CONTROL.base, dm.CONTROL.record.size), dm.CONTROL.record.dtype
        )
        assert ctx.get(host.dut.control.pace) == int(control["pace"][0]) - 2
        assert ctx.get(host.dut.control.weight_shift) == control["weight_shift"][0]
        assert ctx.get(host.dut.control.poisson) == control["flags"][0]

    host.run(bench)


def test_a_command_acts_as_a_whole_and_after_the_reset_that_it_asks_for() -> None:
    host = Host(CONFIGS[0])
    dut = host.dut

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        assert host.log == ["restart 0"]  # at power-on
        assert ctx.get(dut.closed)
        record = np.zeros(1, dm.CONTROL.record.dtype)
        record["epoch"], record["seed"], record["run_until"] = 7, 0x12345678, (3 << 32) + 5
        record["event_head"], record["spike_ack"] = 12, 4
        words = np.frombuffer(record.tobytes(), "<u4").tolist()
        for k, value in enumerate(words):
            assert host.log == (["restart 0", "clear"] if k else ["restart 0"])
            await host.word(ctx, Block.CONTROL, k, 1, data=value, more=k < 7)
            assert ctx.get(dut.closed) == (k == 7)
        assert host.log == ["restart 0", "clear", f"restart {0x12345678}"]
        assert ctx.get(dut.known) and ctx.get(dut.below)
        assert host.taken == {"event_head": 12, "spike_ack": 4}
        assert await host.read(ctx, dm.CONTROL) == record.tobytes()
        # Again: it is in that epoch. Then the epoch alone: the seed stays, the rest goes to 0.
        await host.write(ctx, dm.CONTROL, 0, record.tobytes())
        assert len(host.log) == 3
        await host.write(ctx, dm.CONTROL, 0, bytes([8]))
        assert host.log[3:] == ["clear", f"restart {0x12345678}"]
        assert ctx.get(dut.known) and not ctx.get(dut.below)
        fields = np.frombuffer(await host.read(ctx, dm.CONTROL), dm.CONTROL.record.dtype)[0]
        assert [int(fields[name]) for name in ("epoch", "run_until", "event_head", "spike_ack")] == [
            8,
            0,
            0,
            0,
        ]
        assert int(fields["seed"]) == 0x12345678
        status = np.frombuffer(await host.read(ctx, dm.STATUS), dm.STATUS.record.dtype)[0]
        assert status["epoch"] == 8

    host.run(bench)


def test_offsets_that_do_not_fit_are_not_kept() -> None:
    host = Host(CONFIGS[0])

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        ctx.set(host.dut.event_head_fits, 0)
        ctx.set(host.dut.spike_ack_fits, 0)
        for field in ("event_head", "spike_ack"):
            await host.write(ctx, dm.CONTROL, dm.CONTROL.record.offset(field), b"\x04\0\0\0")
            assert host.taken[field] == 0
            assert not any(await host.read(ctx, dm.CONTROL))

    host.run(bench)


def test_the_step_is_compared_with_run_until() -> None:
    """Whatever the core does meanwhile, what is known is right."""
    host = Host(CONFIGS[0])
    dut = host.dut
    rng = seeded(3)
    values = [0, 1, 5, MODULO - 1, MODULO, MODULO + 1, 3 * MODULO + 7, (1 << dm.STEP_BITS) - 1]
    at = dm.CONTROL.record.offset("run_until")
    core = {"step": 0, "limit": 0}
    checked = {0: 0, 1: 0}

    async def steps(ctx):
        """Steps of random length, each on from a random one."""
        running = False
        await wait(ctx, dut.restart)
        while True:
            known, below = ctx.get(dut.known), ctx.get(dut.below)
            if known and ctx.get(dut.closed):
                assert below == (core["step"] + running < core["limit"])
                checked[below] += 1
            begins = not running and ctx.get(dut.closed) and rng.random() < 0.3
            ends = running and known and rng.random() < 0.1
            ctx.set(dut.begin, begins)
            await ctx.tick()
            core["step"] += ends
            running = (running or begins) and not ends
            if begins:
                core["step"] = max(0, rng.choice(values) - 1 - rng.randrange(3))
            ctx.set(dut.running, running)
            ctx.set(dut.status.step, core["step"])

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        for _ in range(examples(30)):
            limit = rng.choice(values)
            await host.write(ctx, dm.CONTROL, at, limit.to_bytes(8, "little"))
            core["limit"] = limit
            await ctx.tick().repeat(rng.randrange(1, 60))
            await host.read(ctx, rng.choice((dm.STATUS, dm.COUNTERS)))
        assert min(checked.values()) > examples(100)

    simulate(dut, bench, background=(host._core, steps))


def test_both_halves_of_the_step_belong_together() -> None:
    host = Host(CONFIGS[0])
    dut = host.dut

    async def bench(ctx):
        for step, later in ((0xFF_FFFFFFFF, 0), (0x12_FFFFFFFF, 0x13_00000000), (0, 0x12_FFFFFFFF)):
            for name, since in (("step", -1), ("marker", -1), ("marker", -(2**15)), ("marker", 0)):
                word = dm.STATUS.record.offset(name) // 4
                ctx.set(dut.status.marker, since)
                ctx.set(dut.status.step, step)
                low = await host.word(ctx, Block.STATUS, word)
                ctx.set(dut.status.step, later)
                high = await host.word(ctx, Block.STATUS, word + 1)
                assert low | high << 32 == (step + 1 + since) % (1 << dm.STEP_BITS)
                high = await host.word(ctx, Block.STATUS, word + 1)
                assert high == (later + 1 + since) % (1 << dm.STEP_BITS) >> 32
        ctx.set(dut.status.state, 3)
        status = np.frombuffer(await host.read(ctx, dm.STATUS), dm.STATUS.record.dtype)[0]
        assert status["state"] == 3

    host.run(bench)


def test_offsets_of_the_rings_follow_from_those_of_the_host() -> None:
    host = Host(CONFIGS[0])
    words = CONFIGS[0].event_ring // dm.RING_WORD

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        for head, ack in ((0x89ABCDE0, 0xFEDCBA98), (6, 0xFFFFFFFE)):
            await host.write(
                ctx, dm.CONTROL, dm.CONTROL.record.offset("event_head"), head.to_bytes(4, "little")
            )
            await host.write(
                ctx, dm.CONTROL, dm.CONTROL.record.offset("spike_ack"), ack.to_bytes(4, "little")
            )
            for ahead, used in ((0, 0), (-1, words), (-words, 1)):
                ctx.set(host.dut.status.event_tail, ahead)
                ctx.set(host.dut.status.spike_head, used)
                status = np.frombuffer(await host.read(ctx, dm.STATUS), dm.STATUS.record.dtype)[0]
                assert status["event_tail"] == (head + 2 * ahead) % MODULO
                assert status["spike_head"] == (ack + 2 * used) % MODULO

    host.run(bench)


def test_requests_are_answered_in_time() -> None:
    host = Host(CONFIGS[0])

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        longest = 0
        for block, words in (
            (Block.STATUS, 8),
            (Block.CONTROL, 8),
            (Block.COUNTERS, 26),
            (Block.IDENTITY, 16),
        ):
            for word in range(words):
                ctx.set(host.dut.request.payload.block, block)
                ctx.set(host.dut.request.payload.word, word)
                ctx.set(host.dut.request.payload.write, 0)
                ctx.set(host.dut.request.valid, 1)
                ctx.set(host.dut.reply.ready, 1)
                longest = max(longest, await wait(ctx, host.dut.reply.valid))
                await ctx.tick()
                ctx.set(host.dut.request.valid, 0)
        assert longest <= SLOWEST

    host.run(bench)
