"""The word of the register file that is next: where requests, counters and resets send the address."""

from amaranth import Cat, Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config

from . import register_file as rf
from .counters import NAMES
from .register_file import Block, RegisterRequest
from .sizes import bits_for


class Goes(data.StructLayout):
    """Where the address goes in this clock, if anywhere: a bit each, of which the last named counts."""

    NAMES = ("on", "to_request", "to_counter", "to_limit", "to_upper", "to_seed", "to_counters")

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(self.NAMES, 1))


class Addressing(wiring.Component):
    """Points at a word of the register file, and tells what a request is.

    Members
    -------
    request : In(RegisterRequest)
    base : In, status_low : In(1)
        Of a word of the status: see `StatusWords`.
    counter : In
        Whose turn it is.
    goes : In(Goes)
        On to the next word; to the request's; to that of `counter`; to `run_until`, UPPER_AT, the seed, or
        the first counter.
    answered : In(1)
        The request is answered.
    address : Out
        The word, from the clock after. At power-on the first that can be written.
    writes : Out(1)
        The request is a write to a register. No latency, like the following.
    low_half : Out(1)
        It reads the lower half of a u8 whose upper half belongs to it.
    is_upper : Out(1)
        It reads the upper half that belongs to the request before.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__(
            {
                "request": In(RegisterRequest()),
                "base": In(range(rf.FILE_WORDS)),
                "status_low": In(1),
                "counter": In(bits_for(len(NAMES))),
                "goes": In(Goes()),
                "answered": In(1),
                "address": Out(range(rf.FILE_WORDS), init=rf.CONTROL_AT),
                "writes": Out(1),
                "low_half": Out(1),
                "is_upper": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        request, goes = self.request, self.goes
        place = Signal.like(self.address)
        with m.Switch(request.block):
            with m.Case(Block.IDENTITY):
                m.d.comb += place.eq(rf.IDENTITY_AT | request.word)
            with m.Case(Block.CONTROL):
                m.d.comb += place.eq(rf.CONTROL_AT | request.word)
            with m.Case(Block.LEARNING):
                m.d.comb += place.eq(rf.LEARNING_AT | request.word)
            with m.Case(Block.STATUS):
                m.d.comb += [place.eq(self.base), self.low_half.eq(self.status_low & ~request.write)]
            with m.Case(Block.COUNTERS):
                m.d.comb += place.eq(rf.COUNTERS_AT | request.word)
                m.d.comb += self.low_half.eq(~request.word[0] & ~request.write)
        writes = request.block == Block.CONTROL
        if self._config.plasticity:
            writes |= request.block == Block.LEARNING

        paired = Signal()  # UPPER_AT belongs to the u8 at `half`
        u8 = Cat(request.block, request.word[1:])
        half = Signal(u8.shape())
        m.d.comb += [
            self.writes.eq(writes & request.write),
            self.is_upper.eq(paired & ~request.write & request.word[0] & (half == u8)),
        ]
        with m.If(self.answered):
            m.d.sync += [paired.eq(self.low_half), half.eq(u8)]

        # Apart from the states of `Registers`: so each bit has the lookup tables that it needs.
        places = {
            "on": self.address + 1,
            "to_request": place,
            "to_counter": rf.COUNTERS_AT + Cat(0, self.counter),
            "to_limit": rf.control_at("run_until"),
            "to_upper": rf.UPPER_AT,
            "to_seed": rf.control_at("seed"),
            "to_counters": rf.COUNTERS_AT,
        }
        for name in Goes.NAMES:
            with m.If(goes[name]):
                m.d.sync += self.address.eq(places[name])
        return m
