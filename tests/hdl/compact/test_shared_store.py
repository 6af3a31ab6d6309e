"""The store serves the first that asks, and beside it a synapse that has learned."""

import random

from allspike.map.config import Config, Memory
from allspike_hdl.compact.layout import StoreLayout
from allspike_hdl.compact.shared_store import SharedStore

from ..bench import simulate

USERS = ("host", "walk", "neuron", "scan")
CLOCKS = 1500
BYTES = 4


def merged(old: int, new: int, mask: int) -> int:
    """A word after a write of the bytes in `mask`."""
    bits = sum(0xFF << 8 * k for k in range(BYTES) if mask >> k & 1)
    return old & ~bits | new & bits


def test_one_has_it_at_a_time_in_the_order_of_the_users() -> None:
    layout = StoreLayout(Config(neurons=8, inputs=3, weight_bits=7, lanes=4, memory=Memory.SINGLE_PORT))
    dut = SharedStore(layout)
    rng = random.Random(1)
    held = [[rng.getrandbits(32) for _ in range(1 << layout.entry_bits)] for _ in range(2)]
    served = set()

    def request(valid: bool, write: int) -> dict:
        return {
            "valid": valid,
            "entries": [rng.getrandbits(layout.entry_bits) for _ in range(2)],
            "side": rng.getrandbits(1),
            "write": write if valid else 0,
            "mask": rng.getrandbits(BYTES),
            "data": rng.getrandbits(32),
        }

    async def clock(ctx, requests: dict[str, dict]) -> None:
        """Ask; and compare what is there a clock later, of sides that were read."""
        for user, wanted in requests.items():
            ctx.set(getattr(dut, user), wanted)
        chosen = next(requests[user] for user in USERS if user == "scan" or requests[user]["valid"])
        served.add(next(user for user in USERS if requests[user] is chosen))
        learned = requests["learned"]
        writer = learned if learned["valid"] else chosen
        read = []
        for side, words in enumerate(held):
            learns = learned["write"] >> side & 1
            entry = (learned if learns else chosen)["entries"][side]
            if learns or chosen["write"] >> side & 1:
                words[entry] = merged(words[entry], writer["data"], writer["mask"])
                read.append(None)
            else:
                read.append(words[entry])
        await ctx.tick()
        for side, word in enumerate(read):
            if word is not None:
                assert ctx.get(dut.values[side]) == word
                if side == chosen["side"]:
                    assert ctx.get(dut.value) == word

    async def testbench(ctx) -> None:
        nobody = {user: request(False, 0) for user in (*USERS, "learned")}
        for entry in range(1 << layout.entry_bits):
            for side in range(2):
                fills = {"entries": [entry, entry], "mask": -1 % (1 << BYTES), "data": held[side][entry]}
                for user, wanted in (nobody | {"host": request(True, 1 << side) | fills}).items():
                    ctx.set(getattr(dut, user), wanted)
                await ctx.tick()
        for _ in range(CLOCKS):
            learns = rng.random() < 0.3
            write = 0 if learns else rng.choice((0, 0, 1, 2, 3))
            wanted = {user: request(rng.random() < 0.3, write) for user in USERS}
            await clock(ctx, wanted | {"learned": request(learns, rng.choice((1, 2)))})
        assert served == set(USERS)

    simulate(dut, testbench)
