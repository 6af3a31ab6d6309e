"""What the benches of the control share: a clock, and ends of streams and ports."""

import random
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

from amaranth.hdl import Elaboratable
from amaranth.sim import Simulator

from allspike_hdl.machine.ring_port import PORT_LATENCY

PERIOD = 1e-8


def simulate(dut: Elaboratable, *benches: Callable[[Any], Coroutine], background: tuple = ()) -> None:
    """Run `benches` until all have ended; those in `background` as long."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        simulator = Simulator(dut)
    simulator.add_clock(PERIOD, if_exists=True)
    for bench in benches:
        simulator.add_testbench(bench)
    for bench in background:
        simulator.add_testbench(bench, background=True)
    simulator.run()


def offer(ctx, ring, offset: int, before: int) -> bool:
    """Show a ring a new byte offset of the host, and the one before; whether it fits."""
    ctx.set(ring.offset, offset & 0xFFFFFFFF)
    ctx.set(ring.further, (offset - before) & 0xFFFFFFFF)
    return bool(ctx.get(ring.fits))


async def pulse(ctx: Any, signal: Any) -> None:
    """High for a clock."""
    ctx.set(signal, 1)
    await ctx.tick()
    ctx.set(signal, 0)


async def when(ctx: Any, signal: Any, sampled: Any = None) -> Any:
    """Let clocks pass up to the first at whose end `signal` is high; `sampled` there.

    Unlike `ctx.tick().until()` it can be left unfinished at the end of a simulation.
    """
    while True:
        _, _, done, *values = await ctx.tick().sample(signal, *([] if sampled is None else [sampled]))
        if done:
            return values[0] if values else None


async def send(ctx: Any, stream: Any, payload: Any) -> None:
    """Offer `payload` until it is taken."""
    ctx.set(stream.payload, payload)
    ctx.set(stream.valid, 1)
    await when(ctx, stream.ready)
    ctx.set(stream.valid, 0)


async def receive(ctx: Any, stream: Any) -> Any:
    """The next payload."""
    ctx.set(stream.ready, 1)
    payload = await when(ctx, stream.valid, stream.payload)
    ctx.set(stream.ready, 0)
    return payload


async def wait(ctx: Any, signal: Any, limit: int = 10_000) -> int:
    """Clocks until `signal` is high, 0 if it is."""
    for clocks in range(limit):
        if ctx.get(signal):
            return clocks
        await ctx.tick()
    raise AssertionError("waited too long")


async def port_write(ctx: Any, port: Any, address: int, value: int) -> None:
    """Write a word by a `HalfPort`."""
    ctx.set(port.address, address)
    ctx.set(port.data, value)
    ctx.set(port.write, 1)
    await pulse(ctx, port.enable)
    ctx.set(port.write, 0)


async def port_read(ctx: Any, port: Any, address: int) -> int:
    """Read a word by a `HalfPort`."""
    ctx.set(port.address, address)
    await pulse(ctx, port.enable)
    await ctx.tick().repeat(PORT_LATENCY - 1)
    return ctx.get(port.value)


def seeded(*what: object) -> random.Random:
    """Random numbers that depend on `what` alone."""
    return random.Random(repr(what))
