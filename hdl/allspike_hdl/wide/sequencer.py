"""The order of the walks: commands in, one block a clock out."""

from amaranth import Cat, Module, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes, bits_for
from .interfaces import WalkCommand, WalkKind


class Slot(data.StructLayout):
    """What enters the walker's pipeline in one clock: a block of a walk."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(
            {
                "kind": WalkKind,
                "learn": 1,  # plastic synapses of the block change
                "clear": 1,  # of a restart: the block becomes 0
                "first": 1,  # of its walk
                "post": 1,  # FADE: of y; otherwise of x
                "index": sizes.axon_bits,
                "block": bits_for(sizes.column_blocks),
            }
        )


class Sequencer(wiring.Component):
    """Executes walk commands in order, as if one after another.

    Every memory of the walker is read and written at fixed stages of its pipeline, less than `turnaround`
    clocks apart. Rows follow each other without a gap, and so do COLUMN and FIRED, as long as their indices
    ascend, which keeps them apart in every memory; anything else waits until what it may read has been
    written.

    A ROW takes NB clocks, a COLUMN AB, FIRED 1, FADE and a restart AB + NB (NB without plasticity).

    Parameters
    ----------
    turnaround : int
        A slot sees what a slot this many clocks before it wrote.
    depth : int
        A slot has no effect after this many clocks.

    Members
    -------
    commands : In(stream of WalkCommand)
    restart : In(1)
        Clear all, after the commands that were taken before; so does power-up.
    clearing : Out(1)
        High for one clock as that begins.
    valid : Out(1), slot : Out(Slot)
        The block that enters the pipeline. A slot that is not valid may be of any kind. A command enters two
        clocks after it was taken, if nothing is in its way.
    idle : Out(1)
        Nothing is queued or in flight.
    in_rows, in_columns : Out(1)
        Blocks of such walks enter or are in flight, or were the last before a command that has come.
    probe : In(1), probed : In(Slot)
        While idle: let this slot, not valid, stand at the entry. No command enters meanwhile.
    """

    def __init__(self, sizes: Sizes, *, turnaround: int, depth: int) -> None:
        self.sizes = sizes
        self._turnaround, self._depth = turnaround, depth
        super().__init__(
            {
                "commands": In(stream.Signature(WalkCommand(sizes))),
                "restart": In(1),
                "clearing": Out(1),
                "valid": Out(1),
                "slot": Out(Slot(sizes), init={"clear": 1}),  # no walk until the first
                "idle": Out(1),
                "in_rows": Out(1),
                "in_columns": Out(1),
                "probe": In(1),
                "probed": In(Slot(sizes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        slot = self.slot
        waiting = Signal(WalkCommand(self.sizes), reset_less=True)
        queued = Signal()
        restarting = Signal(init=1)
        entering = Signal()  # a walk is at the entry
        in_flight = Signal(range(self._depth + 1))
        settled = Signal()
        take = Signal()
        last = self._last_of_walk(m, entering)
        follows = self._follows(m, waiting)
        m.d.comb += [
            settled.eq(~entering & (in_flight <= self._depth + 2 - self._turnaround)),
            take.eq(queued & ~self.probe & (settled | (follows & (last | ~entering)))),
            self.commands.ready.eq((~queued | take) & ~restarting),
            self.clearing.eq(restarting & ~queued & settled & ~self.probe),
            self.valid.eq(entering),
            self.idle.eq(~(queued | restarting | entering | in_flight.any())),
        ]

        with m.If(self.commands.valid & self.commands.ready):
            m.d.sync += [waiting.eq(self.commands.payload), queued.eq(1)]
        with m.Elif(take):
            m.d.sync += queued.eq(0)
        with m.If(self.restart):
            m.d.sync += restarting.eq(1)
        with m.Elif(self.clearing):
            m.d.sync += restarting.eq(0)
        with m.If(entering):
            m.d.sync += in_flight.eq(self._depth)
        with m.Elif(in_flight.any()):
            m.d.sync += in_flight.eq(in_flight - 1)

        m.d.sync += slot.first.eq(take)
        with m.If(take):
            m.d.sync += [entering.eq(1), slot.clear.eq(0), slot.index.eq(waiting.index)]
        with m.Elif(self.clearing):
            m.d.sync += [entering.eq(1), slot.clear.eq(1)]
        with m.Elif(self.probe):
            m.d.sync += [slot.index.eq(self.probed.index)]
        with m.Elif(last):
            m.d.sync += entering.eq(0)

        with m.If(take | self.clearing):
            m.d.sync += slot.block.eq(0)
        with m.Elif(self.probe):
            m.d.sync += slot.block.eq(self.probed.block)
        with m.Elif(entering):
            m.d.sync += slot.block.eq(slot.block + 1)
            if self.sizes.config.plasticity:
                with m.If(self._pre_ends(entering)):
                    m.d.sync += slot.block.eq(0)

        if self.sizes.config.plasticity:
            self._kinds(m, waiting, take, entering)
        return m

    def _kinds(self, m: Module, waiting: data.View, take: Value, entering: Value) -> None:
        """What a slot has more in a build that learns; in the others it is always of a ROW."""
        slot = self.slot
        column = waiting.kind == WalkKind.COLUMN
        with m.If(take):
            m.d.sync += [
                slot.kind.eq(waiting.kind),
                slot.learn.eq(column | (waiting.learn & (waiting.kind == WalkKind.ROW))),
                slot.post.eq(0),
            ]
        with m.Elif(self.clearing):
            m.d.sync += [slot.kind.eq(WalkKind.FADE), slot.learn.eq(0), slot.post.eq(0)]
        with m.Elif(self.probe):
            m.d.sync += slot.kind.eq(self.probed.kind)
        with m.Elif(self._pre_ends(entering)):
            m.d.sync += slot.post.eq(1)

    def _pre_ends(self, entering: Value) -> Value:
        """FADE has come to the last block of x, and goes on with y."""
        slot = self.slot
        ends = slot.block == self.sizes.column_blocks - 1
        return entering & (slot.kind == WalkKind.FADE) & ~slot.post & ends

    def _last_of_walk(self, m: Module, entering: Value) -> Signal:
        """The slot is the last of a walk."""
        slot, last = self.slot, Signal()
        row_ends = slot.block == self.sizes.row_blocks - 1
        column_ends = slot.block == self.sizes.column_blocks - 1
        with m.Switch(slot.kind):
            with m.Case(WalkKind.ROW):
                m.d.comb += last.eq(entering & row_ends)
            with m.Case(WalkKind.COLUMN):
                m.d.comb += last.eq(entering & column_ends)
            with m.Case(WalkKind.FIRED):
                m.d.comb += last.eq(entering)
            with m.Case(WalkKind.FADE):
                m.d.comb += last.eq(entering & slot.post & row_ends)
        walking = ~self.idle & ~slot.clear
        m.d.comb += [
            self.in_rows.eq(walking & (slot.kind == WalkKind.ROW)),
            self.in_columns.eq(walking & (slot.kind == WalkKind.COLUMN)),
        ]
        return last

    def _follows(self, m: Module, waiting: data.View) -> Signal:
        """The waiting command has nothing to wait for of the walk that entered last."""

        def order(walk: data.View) -> Value:
            return Cat(walk.kind == WalkKind.FIRED, walk.index)

        def group(walk: data.View) -> tuple[Value, Value]:
            return walk.kind == WalkKind.ROW, walk.kind == WalkKind.FADE

        follows = Signal()
        same = [mine == yours for mine, yours in zip(group(waiting), group(self.slot), strict=True)]
        faded = group(waiting)[1]
        m.d.comb += follows.eq(same[0] & same[1] & ~faded & (order(waiting) > order(self.slot)))
        return follows
