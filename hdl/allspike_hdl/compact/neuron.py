"""The neuron of a compact core: one sum, used clock by clock as the program of its model says."""

from dataclasses import dataclass

from amaranth import Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import NeuronFlag
from allspike.map.neuron_model import DELAY

from ..map.sizes import Sizes
from ..neurons.gateware import gateware_of
from ..neurons.program import FLAGS, Cell, Clock, Condition, Now, Operand, Program, param
from .extent import RECORD_BITS, SIDES
from .record import Cells, Spot
from .store import STORE_BYTES, STORE_WORD
from .sum import SerialSum

_BYTE = 8


class SerialNeuron(wiring.Component):
    """Phase 3 of a step (docs/model.md) for one neuron, in the clocks of its model's program.

    In each clock a word of the left side is added to a sum, or multiplied, or written; what is read of the
    right side are factors, and what decides.

    Members
    -------
    start : In(1)
        The next clock is clock 0.
    last : Out(1)
        This is the last clock, and so it stays until the next start.
    entries : Out(3).array(2)
        The entry of the neuron's record that is read or written on each side.
    values : In(32).array(2)
        What was read, a clock later.
    write : Out(2), mask : Out(4), data : Out(32)
    acc : In(signed(acc_bits))
        From clock 3 on.
    weight_shift : In(4)
    step_zeros : In(5)
        Zero bits at the low end of t, at most 31.
    fires : Out(1)
        In the clock after the one that decides: it fires.
    fired : Out(1)
        From then to the next start: it has fired.
    delay : Out, plastic_in : Out(1), silent : Out(1)
        Of a neuron that fires, from `fires` to the next start; `max_delay` is 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._program = gateware_of(sizes.config).program
        self._cells = Cells(sizes.config)
        super().__init__(
            {
                "start": In(1),
                "last": Out(1),
                "entries": Out(RECORD_BITS).array(SIDES),
                "values": In(STORE_WORD).array(SIDES),
                "write": Out(SIDES),
                "mask": Out(STORE_BYTES),
                "data": Out(STORE_WORD),
                "acc": In(signed(sizes.acc_bits)),
                "weight_shift": In(4),
                "step_zeros": In(5),
                "fires": Out(1),
                "fired": Out(1),
                "delay": Out(sizes.config.delay_bits),
                "plastic_in": Out(1),
                "silent": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        program = self._program
        clock = self._count(m, program)
        m.submodules.sum = total = SerialSum(self._sizes)
        was_below = Signal(reset_less=True)
        m.d.sync += was_below.eq(total.below)
        m.d.comb += [
            total.word.eq(self.values[0]),
            total.acc.eq(self.acc),
            total.weight_shift.eq(self.weight_shift),
            self.data.eq(total.state),
            self.mask.eq(-1),
        ]

        taken: dict[str, Value] = {}
        with m.Switch(clock):
            for k, (does, spots) in enumerate(zip(program.all, self._spots(program), strict=True)):
                read = self._read(spots.found)
                now = Now(
                    read=read,
                    taken=dict(taken),
                    fired=self.fired,
                    below=total.below,
                    crossed=total.below ^ was_below,
                    ends_below=total.ends_below,
                    step_zeros=self.step_zeros,
                )
                with m.Case(k):
                    for entry, spot in zip(self.entries, spots.asked, strict=True):
                        m.d.comb += entry.eq(spot.entry if spot else 0)
                    self._compute(m, total, does, now, spots.found[0])
                    self._write(m, total, does, now)
                    taken |= _take(m, does, now)
                    if k == program.flags_at:
                        m.d.sync += [
                            self.delay.eq(read[param(DELAY.name)]),
                            self.plastic_in.eq((read[FLAGS] & NeuronFlag.PLASTIC_IN).any()),
                            self.silent.eq((read[FLAGS] & NeuronFlag.SILENT).any()),
                        ]
                    if k == program.decides:
                        m.d.sync += self.fired.eq(_holds(does.fires, now))
                    if k == program.decides + 1:
                        m.d.comb += self.fires.eq(self.fired)
        return m

    def _count(self, m: Module, program: Program) -> Signal:
        """Which clock it is."""
        last, last_fired = program.clocks - 1, program.clocks_fired - 1
        clock = Signal(range(last_fired + 1), init=last)
        m.d.comb += self.last.eq(Mux(self.fired, clock == last_fired, clock == last))
        with m.If(self.start):
            m.d.sync += [clock.eq(0), self.fired.eq(0)]
        with m.Elif(~self.last):
            m.d.sync += clock.eq(clock + 1)
        return clock

    def _spots(self, program: Program) -> list["_Spots"]:
        """What each clock asks for, and finds.

        Raises
        ------
        ValueError
            If a clock needs two words of one side.
        """
        clocks = []
        asked: list[Spot | None] = [None] * SIDES
        found = asked
        for does in program.all:
            cells = (*does.reads, does.writes.cell) if does.writes else does.reads
            if len({self._cells.spot(cell).side for cell in cells}) < len(cells):
                raise ValueError(f"{', '.join(map(str, cells))} lie on one side: one at a time")
            spots = {spot.side: spot for spot in map(self._cells.spot, does.reads)}
            # Where nothing is asked for, what was before is read again.
            asked = [spots.get(side, before) for side, before in enumerate(asked)]
            finds = list(asked)
            if does.writes:
                written = self._cells.spot(does.writes.cell)
                asked[written.side], finds[written.side] = written, None
            clocks.append(_Spots(asked, found))
            found = finds
        return clocks

    def _read(self, found: list[Spot | None]) -> dict[Cell, Value]:
        """The fields of the words that were read in the clock before."""
        return {
            cell: kept.of(self.values[spot.side])
            for spot in found
            if spot is not None
            for cell, kept in self._cells.at(spot).items()
        }

    def _compute(self, m: Module, total: SerialSum, does: Clock, now: Now, left: Spot | None) -> None:
        """What is multiplied, and added."""
        adds = does.adds
        if does.decays or (adds and adds.operand is Operand.READ):
            m.d.comb += total.unsigned.eq(not self._operand(left))
        if does.decays:
            m.d.comb += total.factor.eq(does.decays(now))
        if adds:
            m.d.comb += [
                total.keeps.eq(_holds(adds.when, now)),
                total.is_decay.eq(adds.operand is Operand.DECAYED),
                total.is_acc.eq(adds.operand is Operand.ACCUMULATED),
                total.subtract.eq(_holds(adds.minus, now)),
                total.anew.eq(_holds(adds.anew, now)),
                total.saturates.eq(adds.saturates),
            ]

    def _operand(self, spot: Spot | None) -> bool:
        """Whether the word that was read on the left has a sign.

        Raises
        ------
        ValueError
            If it is not one potential or magnitude.
        """
        bits = self._sizes.config.state_bits
        fields = list(self._cells.at(spot).values()) if spot else []
        if len(fields) != 1 or fields[0].shape.width != bits - (not fields[0].shape.signed):
            raise ValueError(f"{[each.field.name for each in fields]} is not one number of {bits} bits")
        return fields[0].shape.signed

    def _write(self, m: Module, total: SerialSum, does: Clock, now: Now) -> None:
        """What is written: the sum, or a field in its bytes."""
        writes = does.writes
        if writes is None:
            return
        side, kept = self._cells.spot(writes.cell).side, self._cells.kept(writes.cell)
        m.d.comb += [
            self.write[side].eq(_holds(writes.when, now)),
            total.exact.eq(_holds(writes.exact, now)),
        ]
        if writes.value:
            value = writes.value(now)
            if writes.fired:
                value = Mux(self.fired, writes.fired(now), value)
            size = kept.field.dtype.itemsize
            m.d.comb += [
                self.mask.eq(((1 << size) - 1) << kept.first // _BYTE),
                self.data[kept.first : kept.first + _BYTE * size].eq(value),
            ]


@dataclass(frozen=True)
class _Spots:
    """Of one clock, on each side."""

    asked: list[Spot | None]
    """What is read, or written."""
    found: list[Spot | None]
    """What was read in the clock before."""


def _take(m: Module, does: Clock, now: Now) -> dict[str, Value]:
    """What is remembered."""
    taken: dict[str, Value] = {}
    for name, expression in does.takes.items():
        value = Value.cast(expression(now))
        taken[name] = Signal.like(value, name=name, reset_less=True)
        m.d.sync += taken[name].eq(value)
    return taken


def _holds(condition: Condition | None, now: Now) -> Value | int:
    """A condition as a bit."""
    return condition(now) if callable(condition) else int(bool(condition))
