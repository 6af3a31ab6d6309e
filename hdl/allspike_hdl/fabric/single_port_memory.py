"""Memory with one port: the blocks SB_SPRAM256KA of iCE40 UP5K, and a model that can do no more than they."""

from amaranth import Array, Cat, ClockSignal, Const, Instance, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from .read_port import ATTRIBUTES, read_port
from .target import Target
from .undefined import UNSET_WORDS

WORD_BITS = 16
MASK_BITS = 4
"""A write takes any of the four nibbles of a word."""
BLOCK_DEPTH = 1 << 14
"""Words of a block."""

_POWER_UP = 0x5AC3
"""What the words of the model hold at power-up."""


class SinglePortMemory(wiring.Component):
    """Words of 16 bits, one of them read or written in each clock.

    On a target with `single_port` it is made of blocks SB_SPRAM256KA, of 16,384 words each, on any other of
    its block RAM. In simulation a model stands in for the blocks, and does only what they do: there is one
    address; what the output holds after a write is not defined (the model inverts what it held); nor is what
    the words hold at power-up (the model's hold no 0, in Verilog anything); and a reset leaves them as they
    are.

    Parameters
    ----------
    depth : int
        How many words.

    Members
    -------
    address : In
    write : In(1)
        Write at the end of the clock; otherwise read.
    mask : In(4), data : In(16)
        The nibbles that a write takes.
    value : Out(16)
        One clock after a read, the word; after a write, anything.
    """

    def __init__(self, depth: int) -> None:
        self._depth = depth
        super().__init__(
            {
                "address": In(range(depth)),
                "write": In(1),
                "mask": In(MASK_BITS),
                "data": In(WORD_BITS),
                "value": Out(WORD_BITS),
            }
        )

    def elaborate(self, platform):
        m = Module()
        target = Target.of(platform)
        if target.single_port:
            self._of_blocks(m)
        else:
            self._of_words(m, target)
        return m

    def _of_blocks(self, m: Module) -> None:
        block_bits = BLOCK_DEPTH.bit_length() - 1
        block = self.address[block_bits:]
        values = []
        for k in range(-(-self._depth // BLOCK_DEPTH)):
            value = Signal(WORD_BITS, name=f"value_{k}")
            m.submodules[f"block_{k}"] = Instance(
                "SB_SPRAM256KA",
                i_CLOCK=ClockSignal(),
                i_ADDRESS=Cat(self.address, Const(0, block_bits))[:block_bits],
                i_DATAIN=self.data,
                i_MASKWREN=self.mask,
                i_WREN=self.write,
                i_CHIPSELECT=block == k,
                i_STANDBY=Const(0),
                i_SLEEP=Const(0),
                i_POWEROFF=Const(1),  # active low
                o_DATAOUT=value,
            )
            values.append(value)
        read = Signal(range(max(2, len(values))), reset_less=True)
        m.d.sync += read.eq(block)
        m.d.comb += self.value.eq(Array(values)[read])

    def _of_words(self, m: Module, target: Target) -> None:
        """A memory, with the blocks' faults in a simulation."""
        spoils = target.simulated
        init, attributes = [], ATTRIBUTES
        if spoils:
            init, attributes = [_POWER_UP] * self._depth, ATTRIBUTES | UNSET_WORDS
        m.submodules.memory = memory = Memory(shape=WORD_BITS, depth=self._depth, init=init, attrs=attributes)
        write = memory.write_port(granularity=WORD_BITS // MASK_BITS)
        read = read_port(m, memory, write, "word", target)
        wrote = Signal(reset_less=True)
        m.d.sync += wrote.eq(self.write & int(spoils))
        m.d.comb += [
            read.addr.eq(self.address),
            read.en.eq(~self.write),
            write.addr.eq(self.address),
            write.data.eq(self.data),
            write.en.eq(self.mask & self.write.replicate(MASK_BITS)),
            self.value.eq(read.data ^ wrote.replicate(WORD_BITS)),
        ]
