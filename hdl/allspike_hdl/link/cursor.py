"""Where a request is in the memory map, and how far it has to go."""

from amaranth import Cat, Module, Mux, Signal, Value, ValueLike
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.link_map import ADDRESS_BYTES, MAX_READ, SIZE_BYTES

from ..fabric.counting import minus_one_if, plus_one_unless
from ..map.regions import OFFSET_BITS, PLACE_BITS, REGION_BITS, WORD
from .receiver import BYTE_BITS

LANE_BITS = (WORD - 1).bit_length()


class Cursor(wiring.Component):
    """Address and bytes left. Loaded byte by byte; the bytes left count down to -1, after the last.

    Parameters
    ----------
    bits : int
        Width of offsets and sizes: see `size_bits`. Of those that need more it is only kept that they do.

    Members
    -------
    byte : In(8), load_address : In(4), load_left : In(4)
        `byte` is this byte of the address, of the bytes left.
    clear : In(1)
        Nothing is left, and all that was kept is forgotten.
    count : In(1)
        One byte less is left.
    next_lane, next_word : In(1)
        The byte after it, within the word; the word after it.
    region : Out(8), word : Out(22), lane : Out(2)
        Address: of the region, of the word in it, of the byte in the word.
    done : Out(1)
        -1 is left.
    large : Out(1), far : Out(1)
        What was loaded had further bits: the bytes left, the offset.
    long : Out(1)
        When the size less 1 is left: it is more than one READ may ask for, even if not `large`.
    last : Out
        Then, too, and a clock late: offset of the last byte in the region.
    """

    def __init__(self, bits: int) -> None:
        self._bits = bits
        super().__init__(
            {
                "byte": In(BYTE_BITS),
                "load_address": In(ADDRESS_BYTES),
                "load_left": In(SIZE_BYTES),
                "clear": In(1),
                "count": In(1),
                "next_lane": In(1),
                "next_word": In(1),
                "region": Out(REGION_BITS),
                "word": Out(PLACE_BITS),
                "lane": Out(LANE_BITS),
                "done": Out(1),
                "large": Out(1),
                "far": Out(1),
                "long": Out(1),
                "last": Out(bits + 1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        bits = self._bits
        left = Signal(bits + 1)
        lane = Signal(LANE_BITS)
        word = Signal(bits - LANE_BITS)
        m.d.comb += [
            self.word.eq(word),
            self.lane.eq(lane),
            self.done.eq(left[-1]),
            self.long.eq(left[(MAX_READ - 1).bit_length() :].any()),
        ]
        m.d.sync += self.last.eq(Cat(lane, word) + left[:bits])

        # `count` comes late, and no carry is to wait for it: which it is follows from `load_left`.
        counts = Signal()
        m.d.comb += counts.eq(self.load_left == 0)
        following = Mux(counts, minus_one_if(counts, left), self.byte.replicate(SIZE_BYTES)[:bits])
        self._load(m, left[:-1], self.load_left, self.large, following, self.count)
        with m.If(self.count):
            m.d.sync += left[-1].eq(following[-1])
        loads = self.load_address[: OFFSET_BITS // BYTE_BITS]
        by_bit = Cat(load.replicate(BYTE_BITS) for load in loads)[LANE_BITS:bits]
        with m.If(self.next_lane):
            m.d.sync += lane.eq(lane + 1)
        with m.If(self.next_word):
            m.d.sync += word.eq(plus_one_unless(by_bit, word))
        self._load(m, Cat(lane, word), loads, self.far, self.byte.replicate(len(loads)))
        with m.If(self.load_address[-1]):
            m.d.sync += self.region.eq(self.byte)
        # Here, past all other assignments, it is the reset of the registers, which costs no logic.
        with m.If(self.clear):
            m.d.sync += [left.eq(0), self.large.eq(0), self.far.eq(0)]
        return m

    def _load(
        self, m: Module, value: Value, load: Value, beyond: Signal, following: Value, moves: ValueLike = 0
    ) -> None:
        """Take of `following` what the byte is loaded into, or all when `moves`, and whether the byte has
        bits beyond the value.
        """
        for k, chosen in enumerate(load):
            place = slice(*(min(BYTE_BITS * end, len(value)) for end in (k, k + 1)))
            with m.If(chosen | moves):
                m.d.sync += value[place].eq(following[place])
            with m.If(chosen):
                m.d.sync += beyond.eq(beyond | self.byte[len(value[place]) :].any())
