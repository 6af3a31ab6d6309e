"""What the rows of a step add up to, for each neuron."""

from amaranth import Module, Mux, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from ..fabric.block_memory import BlockMemory
from ..fabric.holds import holds
from ..map.sizes import Sizes, bits_for
from .extent import BLOCK, SIDES
from .interfaces import AtHand, Elements, Walking
from .store import STORE_WORD

_BYTE = 8


class Accumulators(wiring.Component):
    """`acc[j] = sum of w[i, j]` over the axons i that arrive, `lanes` neurons in a word.

    A block of a row is read in clock 0 of the walk, and added to and written in clock 1; in a row that learns
    by its first element. The block is 0 again once the last neuron in it has been computed.

    Members
    -------
    at : In(AtHand), elements : In(Elements)
    value : In(32), values : In(32).array(2)
        Of the store: the word of the element in clock 1; in a static build that of both sides.
    used : In(1)
        The neuron at hand is in its last clock.
    acc : Out(signed(acc_bits))
        That of the neuron at hand, two clocks after it came there.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(
            {
                "at": In(AtHand(sizes)),
                "elements": In(Elements(sizes)),
                "value": In(STORE_WORD),
                "values": In(STORE_WORD).array(SIDES),
                "used": In(1),
                "acc": Out(signed(sizes.acc_bits)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, sizes, at = self._sizes.config, self._sizes, self.at
        lanes, lane_bits = config.lanes, sizes.lane_bits
        depth = max(2, sizes.row_blocks)
        index, valid = self.elements.index, self.elements.valid
        shape = data.ArrayLayout(signed(sizes.acc_bits), lanes)
        m.submodules.memory = memory = BlockMemory(shape, depth)
        words = [self.value] if config.plasticity else list(self.values)
        block_bits = slice(lane_bits, lane_bits + bits_for(depth))
        adds = valid[1] & (self.elements.kind == Walking.ROW) & ~index[1][:lane_bits].any()
        zeros = (at.clear & at.post) | (at.computing & self.used & at.index[:lane_bits].all())
        looked = Mux(valid[0], index[0], at.index)
        m.d.comb += [
            memory.addresses[0].eq(looked[block_bits]),
            memory.write_address.eq(Mux(adds, index[1], looked)[block_bits]),
            memory.enable.eq(adds | zeros),
        ]
        for lane in range(lanes):
            weight = words[lane // BLOCK][_BYTE * (lane % BLOCK) :][: config.weight_bits].as_signed()
            total = memory.values[0][lane] + weight
            with m.If(adds):
                m.d.comb += memory.write_value[lane].eq(total)
            holds(m, platform, sum_has_its_width=~adds | (memory.write_value[lane] == total))
        holds(m, platform, one_at_a_time=~(adds & zeros))
        m.d.sync += self.acc.eq(memory.values[0][at.index[:lane_bits]])
        return m
