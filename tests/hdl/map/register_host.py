"""The other side of the registers, and builds that they are tried in."""

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_hdl.map.register_file import Block
from allspike_hdl.map.registers import Registers
from allspike_hdl.map.sizes import Sizes

from ..bench import simulate, wait

CONFIGS = [
    Config(neurons=6, inputs=3, lanes=2),
    Config(neurons=4, inputs=3, lanes=4, weight_bits=3, trace_bits=9, poisson=False),
    Config(neurons=4, inputs=0, lanes=1, plasticity=False),
]
MODULO = 1 << 32


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
