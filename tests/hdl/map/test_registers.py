"""The registers keep what docs/model.md says they keep, and the control record acts as a whole."""

import numpy as np
import pytest

from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_hdl.map import register_file as rf
from allspike_hdl.map.counters import LOCAL_BITS, NAMES
from allspike_hdl.map.register_file import Block
from allspike_hdl.map.registers import Registers
from allspike_hdl.map.sizes import Sizes

from ..bench import seeded, simulate, wait

CONFIGS = [
    Config(neurons=6, inputs=3, lanes=2),
    Config(neurons=4, inputs=3, lanes=4, weight_bits=3, trace_bits=9, poisson=False),
    Config(neurons=4, inputs=0, lanes=1, plasticity=False),
]
MODULO = 1 << 32
SLOWEST = 40
LOW = 1 << LOCAL_BITS


class Host:
    """The other side of the registers: a bus on one, the rest of the core on the other."""

    def __init__(self, config: Config, build: str = "test") -> None:
        self.config = config
        self.dut = Registers(Sizes(config), build)
        self.log: list[str] = []
        self.taken = {"event_head": 0, "spike_ack": 0}

    def run(self, bench) -> None:
        simulate(self.dut, bench, background=(self._core,))

    async def _core(self, ctx):
        """Rings take every offset; the core halts, and starts again, a while after it is asked to."""
        dut = self.dut
        since_halt = since_restart = 0
        ctx.set(dut.event_head_fits, 1)
        ctx.set(dut.spike_ack_fits, 1)
        ctx.set(dut.restarted, 1)
        async for values in ctx.tick().sample(
            dut.halt, dut.clear, dut.restart, dut.seed, dut.take_event_head, dut.take_spike_ack, dut.offset,
            dut.further,
        ):  # fmt: skip
            halt, clear, restart, seed, take_head, take_ack, offset, further = values[2:]
            since_halt = since_halt + 1 if halt else 0
            ctx.set(dut.halted, since_halt > 3)
            since_restart = 0 if restart else since_restart + 1
            ctx.set(dut.restarted, since_restart > 5)
            if clear:
                self.log.append("clear")
                self.taken = {"event_head": 0, "spike_ack": 0}
            if restart:
                self.log.append(f"restart {seed}")
            for take, name in ((take_head, "event_head"), (take_ack, "spike_ack")):
                if take:
                    exact, top = (offset - self.taken[name]) % MODULO, 1 << len(dut.further) - 1
                    assert further == exact % top + (top if exact >= top else 0)
                    self.taken[name] = offset

    async def word(
        self, ctx, block: Block, word: int, write: int = 0, mask: int = 15, data: int = 0, more: int = 0
    ):
        """One request; its reply."""
        dut = self.dut
        ctx.set(dut.request.payload.block, block)
        for name, value in (("word", word), ("write", write), ("mask", mask), ("data", data), ("more", more)):
            ctx.set(getattr(dut.request.payload, name), value)
        ctx.set(dut.request.valid, 1)
        ctx.set(dut.reply.ready, 1)
        await wait(ctx, dut.reply.valid)
        assert ctx.get(dut.request.ready)
        reply = ctx.get(dut.reply.payload)
        await ctx.tick()
        ctx.set(dut.request.valid, 0)
        return reply

    async def read(self, ctx, region: dm.Region) -> bytes:
        """A whole record."""
        block, size = Block(region.base >> 24), region.record.size
        return b"".join([(await self.word(ctx, block, k)).to_bytes(4, "little") for k in range(size // 4)])

    async def write(self, ctx, region: dm.Region, start: int, data: bytes) -> None:
        """A command that writes some bytes of a record."""
        block, end = Block(region.base >> 24), start + len(data)
        last = (end - 1) // 4
        for k in range(start // 4, last + 1):
            value = mask = 0
            for byte in range(4):
                if start <= 4 * k + byte < end:
                    mask |= 1 << byte
                    value |= data[4 * k + byte - start] << 8 * byte
            await self.word(ctx, block, k, 1, mask, value, k < last)


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
        for _ in range(150):
            limit = rng.choice(values)
            await host.write(ctx, dm.CONTROL, at, limit.to_bytes(8, "little"))
            core["limit"] = limit
            await ctx.tick().repeat(rng.randrange(1, 60))
            await host.read(ctx, rng.choice((dm.STATUS, dm.COUNTERS)))
        assert min(checked.values()) > 500

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


@pytest.mark.parametrize("lanes", [1, 2, 64])
def test_counters_lose_nothing(lanes: int) -> None:
    """Everything happens in every clock, then nothing, then things at random; the host keeps reading."""
    rng = seeded(lanes)
    host = Host(Config(neurons=lanes, inputs=0, lanes=lanes))
    dut = host.dut
    total = dict.fromkeys(NAMES, 0)
    share = {"always": 1.0}

    async def events(ctx):
        await wait(ctx, dut.restart)
        await ctx.tick().repeat(4)
        while True:
            for name in NAMES:
                amount = rng.random() < share["always"]
                if name == "updates":
                    amount = amount and (lanes if share["always"] == 1 else rng.randrange(lanes + 1))
                ctx.set(getattr(dut.counted, name), int(amount))
                total[name] += int(amount)
            await ctx.tick()

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        for part in (1.0, 0.0, 0.3, 0.0):
            share["always"] = part
            for _ in range(5):
                await host.read(ctx, dm.COUNTERS)
            await ctx.tick().repeat(2000)
        read = np.frombuffer(await host.read(ctx, dm.COUNTERS), dm.COUNTERS.record.dtype)[0]
        assert {name: int(read[name]) for name in NAMES} == total

    simulate(dut, bench, background=(host._core, events))


def test_counters_carry_into_their_upper_words() -> None:
    host = Host(CONFIGS[0])
    dut = host.dut

    async def bench(ctx):
        await host.read(ctx, dm.STATUS)
        # A count of 2**32 takes too long: start from below it, in the memory itself.
        ctx.set(dut._memory.data[rf.COUNTERS_AT + 2 * NAMES.index("rows")], MODULO - LOW)
        ctx.set(dut.counted.rows, 1)
        await ctx.tick().repeat(LOW + 4)
        ctx.set(dut.counted.rows, 0)
        read = np.frombuffer(await host.read(ctx, dm.COUNTERS), dm.COUNTERS.record.dtype)[0]
        assert int(read["rows"]) == MODULO + 4
        assert sum(int(read[name]) for name in NAMES) == MODULO + 4

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
