"""What a word of the memories is taken apart into, and where that lies."""

from amaranth import Cat, Module
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm

from ..map.regions import PLACE_BITS, REGION_BITS, STATE_WORDS, WORD, top
from ..map.sizes import Sizes, bits_for
from .interfaces import SynapseItem

_TRACE_WORD = dm.TRACE_AT // WORD


class Width(enum.Enum, shape=2):
    """The width of an element."""

    BIT = 0
    BYTE = 1
    HALF = 2
    WORD = 3


class Place(enum.Enum, shape=2):
    """What holds an element."""

    SYNAPSES = 0
    NEURONS = 1
    INPUTS = 2
    NOWHERE = 3


class Elements(wiring.Component):
    """Decodes a region of the memories and a word in it. No latency.

    Members
    -------
    region : In, word : In
        The word.
    index : In(range(32))
        Which of its elements.
    synapse : In(1)
        There is such a synapse: see `SynapseCursor`.
    width : Out(Width), place : Out(Place), item : Out(SynapseItem)
        What the element is; `item` only if `place` is SYNAPSES.
    state : Out(1)
        Of NEURONS: state, not parameters.
    inside : Out(1)
        There is such an element, and the build has it.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._config = sizes.config
        super().__init__(
            {
                "region": In(REGION_BITS),
                "word": In(PLACE_BITS),
                "index": In(range(32)),
                "synapse": In(1),
                "width": Out(Width),
                "place": Out(Place),
                "item": Out(SynapseItem),
                "state": Out(1),
                "inside": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        half = Cat(self.index[0], self.word)
        m.d.comb += [self.width.eq(Width.HALF), self.inside.eq(1)]
        with m.Switch(self.region):
            with m.Case(top(dm.NEURON_PARAMS)):
                m.d.comb += [self.width.eq(Width.WORD), self.place.eq(Place.NEURONS)]
            with m.Case(top(dm.NEURON_STATE)):
                m.d.comb += [self.width.eq(Width.WORD), self.place.eq(Place.NEURONS), self.state.eq(1)]
                with m.If(self.word[: bits_for(STATE_WORDS)] == _TRACE_WORD):  # y, and the rest of the word
                    m.d.comb += self.width.eq(Width.HALF)
                    with m.If(self.index == 0):
                        m.d.comb += [self.place.eq(Place.SYNAPSES), self.item.eq(SynapseItem.Y)]
                        m.d.comb += self.inside.eq(config.plasticity)
            with m.Case(top(dm.INPUT_PARAMS)):
                m.d.comb += self.place.eq(Place.INPUTS)
            with m.Case(top(dm.TRACES)):
                m.d.comb += [self.place.eq(Place.SYNAPSES), self.item.eq(SynapseItem.X)]
                m.d.comb += self.inside.eq((half < config.axons) & int(config.plasticity))
            with m.Case(top(dm.WEIGHTS)):
                m.d.comb += [self.place.eq(Place.SYNAPSES), self.item.eq(SynapseItem.WEIGHT)]
                m.d.comb += [self.width.eq(Width.BYTE), self.inside.eq(self.synapse)]
            with m.Case(top(dm.PLASTIC)):
                m.d.comb += [self.place.eq(Place.SYNAPSES), self.item.eq(SynapseItem.PLASTIC)]
                m.d.comb += self.width.eq(Width.BIT)
                m.d.comb += self.inside.eq(self.synapse & int(config.plasticity))
        return m
