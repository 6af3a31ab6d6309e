"""The adder of the registers: what a word, or the step, makes with something to add."""

from amaranth import Cat, Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm


class Reckoner(wiring.Component):
    """`total = old + addend + one`, in which `old` is a word of the file, or the step, taken with `latch`.

    ============ ======================================= =======================================
    for          addend                                  total
    ============ ======================================= =======================================
    a word       0                                       the word
    of status    what lies between it and another        the word, or the step, as it is now
    `tally`      how far the word is behind its counter  the counter; of its upper half, with carry
    measuring    ~fresh, with `limit` above it           ~(fresh - old): how far an offset moves; it
                                                         carries if the step is not below `run_until`
    ============ ======================================= =======================================

    It measures in the clock after `merge` or `stepping`, and that is known a clock before: no state stands
    ahead of the adder, from which the slowest paths of a small chip would begin.

    Members
    -------
    word : In(32), step : In
        Taken by `latch`: the step if `of_step`, or if it is to be compared, `stepping`; otherwise the word.
    between : In(signed), one : In(1)
        Of the status: see `StatusWords`. Taken with it if `of_status`.
    latch, of_status, of_step, stepping : In(1)
    merge : In(1), storing : In(1), kept : In(32)
        The total becomes `fresh` and `above`, and its carry is kept; if a write is `storing`, `kept` becomes
        `fresh`.
    lifts : In(1)
        `above` becomes `fresh`.
    clear : In(1)
        `fresh` becomes 0.
    tally : In(1), upper : In(1), behind : In, limit : In
        What to add: see above.
    old : Out(32), fresh : Out(32), carry : Out(1), total : Out
    over : Out(1), ones : Out(1)
        After a merge: the carry of all of the total, and whether all bits below it are 1.
    """

    def __init__(self, *, between_bits: int, behind_bits: int) -> None:
        above = dm.STEP_BITS - 32
        super().__init__(
            {
                "word": In(32),
                "step": In(dm.STEP_BITS),
                "between": In(signed(between_bits)),
                "one": In(1),
                "latch": In(1),
                "of_status": In(1),
                "of_step": In(1),
                "stepping": In(1),
                "merge": In(1),
                "storing": In(1),
                "kept": In(32),
                "lifts": In(1),
                "clear": In(1),
                "tally": In(1),
                "upper": In(1),
                "behind": In(behind_bits),
                "limit": In(above),
                "old": Out(32),
                "fresh": Out(32),
                "carry": Out(1),
                "over": Out(1),
                "ones": Out(1),
                "total": Out(dm.STEP_BITS + 1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        old, fresh = self.old, self.fresh
        above = Signal(dm.STEP_BITS - 32)  # the upper half of a u8 of the status
        between = Signal.like(self.between)
        one = Signal()
        addend = Signal(signed(dm.STEP_BITS))
        behind = Mux(self.upper, self.carry, self.behind)
        measuring = Signal()
        m.d.sync += measuring.eq(self.merge | self.stepping)
        m.d.comb += [
            addend.eq(Mux(measuring, ~Cat(fresh, self.limit), Mux(self.tally, behind, between))),
            self.ones.eq(Cat(fresh, above).all()),
            self.total.eq((Cat(one, old, above) + Cat(one, addend.as_unsigned()))[1:]),
        ]
        with m.If(self.latch):
            m.d.sync += [
                Cat(old, above).eq(Mux(self.stepping | self.of_step, self.step, self.word)),
                between.eq(Mux(self.of_status, self.between, 0)),
                one.eq(self.stepping | (self.of_status & self.one)),
            ]
        with m.If(self.merge):
            m.d.sync += [Cat(fresh, above, self.over).eq(self.total), self.carry.eq(self.total[32])]
            with m.If(self.storing):
                m.d.sync += fresh.eq(self.kept)
        with m.Elif(self.lifts):
            m.d.sync += fresh.eq(above)
        # Here, past all other assignments, it is the reset of the register, which costs no logic.
        with m.If(self.clear):
            m.d.sync += fresh.eq(0)
        return m
