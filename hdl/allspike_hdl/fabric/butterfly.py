"""The permutation between lane order and bank order."""

from amaranth import Module, Mux, Signal, Value
from amaranth.hdl import ShapeLike
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

_REGISTERED_STAGES = 2
"""Stages ahead of the register: two of them are one multiplexer of four, a single six-input lookup table."""


class Butterfly(wiring.Component):
    """`outputs[l] = inputs[l ^ select]`, for all lanes l: log2(lanes) stages of pairwise exchanges.

    It is its own inverse, so that the same `select` leads from lanes to banks and from banks to lanes. The
    register lies behind the first two stages; what is left of a wide one (one more stage for 8 lanes) is
    combinational, and merges with the adder behind it.

    Members
    -------
    inputs : In
        One item a lane.
    select : In(log2(lanes))
    outputs : Out
        One clock later.
    """

    def __init__(self, item: ShapeLike, lanes: int) -> None:
        self.select_bits = lanes.bit_length() - 1
        layout = data.ArrayLayout(item, lanes)
        super().__init__({"inputs": In(layout), "select": In(self.select_bits), "outputs": Out(layout)})
        self._layout = layout

    def elaborate(self, platform):
        m = Module()
        lanes = self._layout.length
        ahead = min(self.select_bits, _REGISTERED_STAGES)
        registers = Signal(self._layout, reset_less=True)
        select = Signal(self.select_bits, reset_less=True)
        m.d.sync += select.eq(self.select)
        first = _exchanged([self.inputs[lane] for lane in range(lanes)], self.select, range(ahead))
        rest = _exchanged([registers[lane] for lane in range(lanes)], select, range(ahead, self.select_bits))
        for lane in range(lanes):
            m.d.sync += registers[lane].eq(first[lane])
            m.d.comb += self.outputs[lane].eq(rest[lane])
        return m


def _exchanged(items: list, select: Value, stages: range) -> list:
    """`items` after these stages, two at a time.

    Half the lanes take the two in the other order. Else every inner multiplexer would serve two lanes, which
    tempts logic synthesis to share them, where one six-input table a lane is all that is needed.
    """
    for stage in stages[::2]:
        pair = [s for s in (stage, stage + 1) if s in stages]
        before, items = items, []
        for lane in range(len(before)):
            odd = sum(lane >> s & 1 for s in pair) % 2
            order = pair[::-1] if odd else pair
            items.append(_selected(before, lane, select, order))
    return items


def _selected(items: list, lane: int, select: Value, order: list[int]) -> Value:
    if not order:
        return items[lane]
    *inner, outer = order
    stay, cross = (_selected(items, at, select, inner) for at in (lane, lane ^ 1 << outer))
    return Mux(select[outer], cross, stay)
