"""Block RAM as it comes: one write port, read ports that say nothing about collisions."""

from collections.abc import Sequence

from amaranth import Module, Signal
from amaranth.hdl import ShapeLike
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from .read_port import ATTRIBUTES
from .target import Target
from .undefined import UNSET, collided


class BlockMemory(wiring.Component):
    """A memory with one write port and any number of read ports.

    What a read gives of what is written in the same clock is not defined: some bits of it are turned in
    simulation, and it is anything in hardware. The read ports are described as registers behind a look-up,
    which is how synthesis takes this freedom; a synchronous port of `Memory` promises the old word, and pays
    for it with a bypass around the block RAM of many devices.

    Parameters
    ----------
    shape, depth
        Of a word, and how many.
    read_ports : int
        Each costs a copy of the memory.
    split : bool
        The shape is an array, whose elements can be written one by one.
    init
        The first words at power-on; the others are 0.

    Members
    -------
    addresses : In, values : Out
        For each read port; the value one clock later.
    write_address, write_value : In
    enable : In
        Write at the end of the clock: the word, or, if `split`, those of its elements whose bit is set.
    """

    def __init__(
        self,
        shape: ShapeLike,
        depth: int,
        *,
        read_ports: int = 1,
        split: bool = False,
        init: Sequence[int] = (),
    ) -> None:
        self._shape, self._depth = shape, depth
        self._init = init
        self._ports = read_ports
        self._split = split
        address = (depth - 1).bit_length()
        super().__init__(
            {
                "addresses": In(address).array(read_ports),
                "values": Out(shape).array(read_ports),
                "write_address": In(address),
                "write_value": In(shape),
                "enable": In(shape.length if split else 1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = Memory(
            shape=self._shape, depth=self._depth, init=self._init, attrs=ATTRIBUTES
        )
        write = memory.write_port(granularity=1 if self._split else None)
        m.d.comb += [
            write.addr.eq(self.write_address),
            write.data.eq(self.write_value),
            write.en.eq(self.enable),
        ]
        simulated = Target.of(platform).simulated
        for port in range(self._ports):
            read = memory.read_port(domain="comb")
            m.d.comb += read.addr.eq(self.addresses[port])
            value = Signal(self._shape, reset_less=True, attrs=UNSET, name=f"value_{port}")
            found = read.data
            if simulated:
                found = collided(m, found, read.addr, write, f"value_{port}")
            m.d.sync += value.eq(found)
            m.d.comb += self.values[port].eq(value)
        return m
