"""What a reset of the clock domain leaves in the memories, cleared: so all is as after power-on."""

from amaranth import Module, ResetSignal, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm

from ..fabric.undefined import SET
from ..machine.datapath import Access
from ..map.regions import WORD, top
from ..map.sizes import Sizes, bits_for

_KEPT = (dm.NEURON_PARAMS, dm.INPUT_PARAMS, dm.WEIGHTS, dm.PLASTIC)
"""What a restart leaves as it is."""


class Wipe(wiring.Component):
    """Writes 0 to parameters, weights and plastic bits, by the host's way to them, word after word.

    Memories begin with zeros, and a reset of their clock domain does not reach them; a clock that was lost
    may have written anything. So this follows the first restart after such a reset, not the one at power-on.
    Where the domain has no reset, it never acts.

    Members
    -------
    access : In(Access), memories : Out(Access)
        The machine's way, and what it leads to.
    restart : In(1)
    busy : Out(1)
        From the clock after a restart, if it wipes, until it is done; the machine does not ask meanwhile.
        Takes as many clocks as a host that writes all this.
    """

    def __init__(self, sizes: Sizes) -> None:
        config = sizes.config
        kept = _KEPT if config.plasticity else _KEPT[:-1]
        self._words = [(region, -(-region.size(config) // WORD)) for region in kept if region.size(config)]
        super().__init__(
            {"access": In(Access()), "memories": Out(Access()), "restart": In(1), "busy": Out(1)}
        )

    def elaborate(self, platform):
        m = Module()
        wiring.connect(m, wiring.flipped(self.access), wiring.flipped(self.memories))
        asks = self.memories.request
        was_reset = Signal(reset_less=True, attrs=SET)
        region = Signal(range(len(self._words)))
        word = Signal(bits_for(max(words for _, words in self._words)))
        last = Signal()
        shown = Signal()  # the word for a clock, as those of the machine are before they are valid
        m.d.sync += shown.eq(self.busy & ~asks.ready)
        with m.If(ResetSignal(allow_reset_less=True)):
            m.d.sync += was_reset.eq(1)
        with m.Elif(self.restart):
            m.d.sync += [was_reset.eq(0), self.busy.eq(was_reset)]
        with m.If(self.busy):
            m.d.comb += [
                asks.valid.eq(shown), asks.p.word.eq(word), asks.p.write.eq(1), asks.p.mask.eq(~0),
                asks.p.data.eq(0),
            ]  # fmt: skip
            with m.Switch(region):
                for k, (kept, words) in enumerate(self._words):
                    with m.Case(k):
                        m.d.comb += [asks.p.region.eq(top(kept)), last.eq(word == words - 1)]
            with m.If(asks.ready):
                m.d.sync += word.eq(word + 1)
                with m.If(last):
                    m.d.sync += [word.eq(0), region.eq(region + 1)]
                    with m.If(region == len(self._words) - 1):
                        m.d.sync += [region.eq(0), self.busy.eq(0)]
        return m
