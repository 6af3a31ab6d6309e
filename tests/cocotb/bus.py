"""The core's bus in a cocotb bench: requests with random idle, replies under random back-pressure."""

import random

from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, ReadOnly

PATIENCE = 20_000
"""Clocks in which a request is answered, in these benches."""


class Bus:
    """Requests and replies, one at a time, on a core with plain ports.

    Inputs change after the falling edge; what a rising edge does with them is read before it. A reply that
    was offered has to stay, with its data, until it is taken; one that was not asked for is an error.

    Parameters
    ----------
    core : SimHandleBase
    seed : int
    idle, pressure : float
        Probability that a request that could be offered, or a reply that could be taken, waits for a clock.
    """

    def __init__(self, core: SimHandleBase, seed: int, idle: float = 0.0, pressure: float = 0.0) -> None:
        self.core = core
        self.random = random.Random(seed)
        self.idle, self.pressure = idle, pressure
        self._asked = False
        self._offered: int | None = None
        core.request_valid.value = 0
        core.reply_ready.value = 0

    async def clock(self) -> tuple[bool, int | None]:
        """One clock: whether the request is taken in it, and the reply that is."""
        core = self.core
        await ReadOnly()
        taken = bool(core.request_valid.value) and bool(core.request_ready.value)
        ready, offered = bool(core.reply_ready.value), bool(core.reply_valid.value)
        data = core.reply_data.value.to_unsigned() if offered else None
        assert self._offered in (None, data), "an offered reply stays as it is"
        assert self._asked or not offered, "there is no reply without a request"
        replied = data if ready else None
        self._asked &= replied is None
        self._offered = None if ready else data
        await FallingEdge(core.clk)
        return taken, replied

    async def request(
        self, address: int, data: int = 0, mask: int = 0, write: bool = False, more: bool = False
    ) -> int:
        """One request, and its reply."""
        core = self.core
        while self.random.random() < self.idle:
            await self.clock()
        core.request_valid.value = 1
        core.request_address.value = address
        core.request_write.value = write
        core.request_mask.value = mask
        core.request_data.value = data
        core.request_more.value = more
        self._asked = True
        open_, reply = True, None
        for _ in range(PATIENCE):
            core.reply_ready.value = self._asked and self.random.random() >= self.pressure
            taken, replied = await self.clock()
            if taken:
                core.request_valid.value = 0
                open_ = False
            if replied is not None:
                core.reply_ready.value = 0
                reply = replied
            if reply is not None and not open_:
                return reply
        raise AssertionError(f"no reply from word 0x{address:08X} in {PATIENCE} clocks")

    async def read(self, address: int, size: int) -> bytes:
        """Whole words."""
        words = [await self.request(address // 4 + k, more=k + 1 < size // 4) for k in range(size // 4)]
        return b"".join(word.to_bytes(4, "little") for word in words)

    async def write(self, address: int, data: bytes) -> None:
        """Whole words."""
        for k in range(0, len(data), 4):
            word = int.from_bytes(data[k : k + 4], "little")
            await self.request((address + k) // 4, word, 0xF, True, k + 4 < len(data))
