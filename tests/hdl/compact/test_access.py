"""Whatever the host writes, it reads what a build keeps of it; what lies beside it has not changed."""

import numpy as np
import pytest

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.lif import LIF
from allspike.map.region import Region
from allspike_hdl.compact.access import StoreAccess
from allspike_hdl.map.regions import top
from allspike_hdl.map.sizes import Sizes
from tests.reference.arithmetic import signed

from ..bench import seeded, simulate
from ..neuron_records import kept, stored_params
from .plain_store import WORD, PlainStore, build

REGIONS = (dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.TRACES, dm.WEIGHTS, dm.PLASTIC)
ACCESSES = 250
CLOCKS = 3
"""For each part of a word."""


class Contents:
    """What the host has written, as the build keeps it: the bytes of each region, and none past its end."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.bytes = {region: bytearray(region.size(config)) for region in REGIONS}

    def words(self, region: Region) -> int:
        return -(-len(self.bytes[region]) // 4)

    def write(self, region: Region, word: int, data: int, mask: int) -> None:
        held = self.bytes[region]
        for k in range(4):
            if mask >> k & 1 and 4 * word + k < len(held):
                held[4 * word + k] = data >> 8 * k & 0xFF
        held[:] = self._kept(region, bytes(held))

    def read(self, region: Region, word: int) -> int:
        return int.from_bytes(self.bytes[region][4 * word : 4 * word + 4], "little")

    def _kept(self, region: Region, held: bytes) -> bytes:
        config = self.config
        traces = (1 << config.trace_bits) - 1 if config.plasticity else 0
        if region is dm.NEURON_PARAMS:
            records = np.frombuffer(held, LIF.params_record.dtype)
            return b"".join(stored_params(record, config).tobytes() for record in records)
        if region is dm.NEURON_STATE:
            records = np.frombuffer(held, LIF.state_record.dtype)
            made = [
                kept(record, LIF.state_record, ("v", "i", "a", "refractory"), config) for record in records
            ]
            for record, one in zip(records, made, strict=True):
                one["y"] = record["y"] & traces
            return b"".join(one.tobytes() for one in made)
        if region is dm.INPUT_PARAMS:
            inputs = np.frombuffer(held, dm.INPUT_PARAMS.dtype(config)).copy()
            made = np.zeros_like(inputs)
            made["flags"] = inputs["flags"] & dm.InputFlag.PLASTIC_OUT
            made["rate"] = inputs["rate"] * config.poisson
            return made.tobytes()
        if region is dm.TRACES:
            return (np.frombuffer(held, "<u2") & traces).tobytes()
        if region is dm.WEIGHTS:
            return bytes(signed(byte, config.weight_bits) & 0xFF for byte in held)
        return held if config.plasticity else bytes(len(held))


@pytest.mark.parametrize(
    "config",
    [
        build(
            8, 3, trace_bits=11, state_bits=17, max_delay=1
        ),  # the last words of traces and plastic bits end early
        build(16, 4),
        build(8, 0, state_bits=12, max_delay=128),
        build(8, 5, plasticity=False, poisson=False),
        build(16, 0, plasticity=False),
    ],
    ids=lambda config: f"{config.neurons}+{config.inputs}{'' if config.plasticity else ' static'}",
)
def test_the_host_reads_what_it_has_written(config: Config) -> None:
    rng = seeded(config)
    dut = StoreAccess(Sizes(config))
    store, contents = PlainStore(config, rng), Contents(config)
    traces = [[rng.getrandbits(config.trace_bits) for _ in range(config.axons)] for _ in range(2)]
    access, port = dut.access, dut.traces
    there = [(region, word) for region in REGIONS for word in range(contents.words(region))]

    async def memories(ctx) -> None:
        """A clock after they were asked."""
        ticks = ctx.tick().sample(dut.asks, port.valid, port.post, port.index, port.write, port.data)
        async for _, _, asks, valid, post, index, write, data in ticks:
            values, trace = [rng.getrandbits(WORD), rng.getrandbits(WORD)], rng.getrandbits(config.trace_bits)
            if asks.valid:
                values = store.serve(asks)
            else:
                assert not asks.write and not write
            if valid and index < len(traces[post]):
                trace = traces[post][index]
                if write:
                    traces[post][index] = data
            ctx.set(dut.value, values[asks.side])
            ctx.set(port.value, trace)

    async def ask(ctx, region: Region, word: int, mask: int = 0, data: int = 0) -> int:
        """Read, or write the bytes in `mask`, as a machine does."""
        parts = {dm.PLASTIC: 8, dm.TRACES: 2}.get(region, 1) if config.plasticity else 1
        request = {"region": top(region), "word": word, "write": bool(mask), "mask": mask}
        ctx.set(access.request.valid, 1)
        taken, clocks, ready = 0, 0, False
        while not ready:
            ctx.set(access.request.payload, request | {"data": data})
            _, _, found, takes, ready = await ctx.tick().sample(
                access.found, access.takes, access.request.ready
            )
            clocks += 1
            assert not taken & takes, "each nibble once"
            taken |= takes
            for nibble in range(8):
                if takes >> nibble & 1 and not mask >> nibble // 2 & 1:
                    data = data & ~(0xF << 4 * nibble) | found & 0xF << 4 * nibble
        ctx.set(access.request.valid, 0)
        ctx.set(access.request.payload, {"region": rng.randrange(8), "data": rng.getrandbits(WORD)})
        assert taken == 0xFF
        if contents.words(region) and (config.plasticity or region not in (dm.PLASTIC, dm.TRACES)):
            assert clocks == CLOCKS * parts
        await ctx.tick().repeat(rng.choice((1, 1, 2, 5)))
        return data

    async def write(ctx, region: Region, word: int, mask: int) -> None:
        data = rng.choice((rng.getrandbits(WORD), 0, 2**WORD - 1))
        await ask(ctx, region, word, mask, data)
        contents.write(region, word, data, mask)

    async def bench(ctx) -> None:
        for region, word in rng.sample(there, len(there)):
            await write(ctx, region, word, 0xF)
        for _ in range(ACCESSES):
            region, word = rng.choice(there)
            if rng.random() < 0.6:
                await write(ctx, region, word, rng.randrange(1, 16))
            else:
                assert await ask(ctx, region, word) == contents.read(region, word), (region.name, word)
        for region, word in there:
            assert await ask(ctx, region, word) == contents.read(region, word), (region.name, word)

    simulate(dut, bench, background=(memories,))
