"""The host's words in a compact datapath: where each lies, and what of it is kept."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm

from ..machine.datapath import NIBBLES, Access
from ..map.regions import PARAM_WORDS, STATE_WORDS, top
from ..map.sizes import Sizes, bits_for
from .extent import BLOCK, RECORD_BITS
from .forms import Forms
from .interfaces import StoreRequest, TracePort
from .layout import BLOCK_BITS, StoreLayout
from .plasticity import PLASTIC_BIT
from .record import PARAMS_LEFT, STATE_ENTRY, STATE_LEFT
from .store import STORE_WORD

_BYTE = 8
_HALF = 16
_LOW, _HIGH = 0x0F, 0xF0
"""Nibbles of the halves of a word."""


class _Kind(data.StructLayout):
    """What a word of the map is, beyond its entry in the store."""

    def __init__(self, forms: Forms) -> None:
        super().__init__(
            {
                "form": forms.shape,
                "plastic": 1,  # the plastic bits of blocks
                "pair": 1,  # two traces x
                "of_y": 1,  # a trace y below, and above it a word of the store
                "inside": 1,  # there is this part of it
            }
        )


class StoreAccess(wiring.Component):
    """Carries out the host's requests.

    A word of the map is one of the store, or what two traces are, or the plastic bits of eight blocks of
    synapses. Each of these parts is read, which gives the host what it has not written, and then written as a
    whole; bits of the store that are none of the word stay. The post trace y lies with the traces, and the
    rest of its word in the store: both are done at once.

    Members
    -------
    access : In(Access)
        3 clocks for each part of a word.
    asks : Out(StoreRequest), value : In(32)
        What was asked a clock before.
    traces : Out(TracePort)
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._layout = StoreLayout(sizes.config)
        self._forms = Forms(sizes.config)
        super().__init__(
            {
                "access": In(Access()),
                "asks": Out(StoreRequest(self._layout)),
                "value": In(STORE_WORD),
                "traces": Out(TracePort(sizes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        request, asks, traces = self.access.request, self.asks, self.traces
        asked = request.p
        part = Signal(range(NIBBLES))
        last = Signal(range(NIBBLES))
        kind = Signal(_Kind(self._forms), init={"inside": 1})
        self._decode(m, part, kind)
        m.d.comb += last.eq(Mux(kind.plastic, NIBBLES - 1, kind.pair))

        found, takes = self.access.found, self.access.takes
        bits = Cat(self.value[_BYTE * k + PLASTIC_BIT] for k in range(BLOCK))
        trace = Signal(_HALF)
        m.d.comb += trace.eq(traces.value)
        with m.If(kind.plastic):
            m.d.comb += found.eq(Cat(*[bits] * NIBBLES) & kind.inside.replicate(STORE_WORD))
        with m.Elif(kind.pair):
            m.d.comb += found.eq(Cat(trace, trace) & kind.inside.replicate(STORE_WORD))
        with m.Else():
            m.d.comb += found.eq(self._forms.canonical(m, kind.form, self.value))
            with m.If(kind.of_y):
                m.d.comb += found[:_HALF].eq(trace)
        storing = Signal()
        with m.FSM():
            with m.State("READ"):
                with m.If(request.valid):
                    m.next = "FOUND"
            with m.State("FOUND"):
                half = Mux(part[0], _HIGH, _LOW)
                m.d.comb += takes.eq(Mux(kind.plastic, 1 << part, Mux(kind.pair, half, -1)))
                m.next = "STORE"
            with m.State("STORE"):
                m.d.comb += storing.eq(asked.write & kind.inside)
                m.d.sync += part.eq(part + 1)
                m.next = "READ"
                with m.If(part == last):
                    m.d.sync += part.eq(0)
                    m.d.comb += request.ready.eq(1)
        m.d.comb += [
            asks.valid.eq(request.valid),
            asks.write.eq((storing & ~kind.pair) << asks.side),
            asks.mask.eq(-1),
            traces.valid.eq(request.valid),
            traces.post.eq(kind.of_y),
            traces.index.eq(Mux(kind.of_y, asked.word[bits_for(STATE_WORDS) :], Cat(part[0], asked.word))),
            traces.write.eq(storing & (kind.pair | kind.of_y)),
            traces.data.eq(asked.data.word_select(part[0], _HALF)),
        ]
        self._data(m, kind, part)
        return m

    def _decode(self, m: Module, part: Value, kind: data.View) -> None:
        """What a word is, and its entry in the store."""
        config, layout, forms, asks = self._sizes.config, self._layout, self._forms, self.asks
        word = self.access.request.p.word

        def lies(entry: Value, side: Value) -> None:
            m.d.comb += [asks.side.eq(side), *(each.eq(entry) for each in asks.entries)]

        def choose(which: Value, each: list[int]) -> None:
            with m.Switch(which):
                for k, number in enumerate(each):
                    with m.Case(k):
                        m.d.comb += kind.form.eq(number)

        with m.Switch(self.access.request.p.region):
            with m.Case(top(dm.NEURON_PARAMS)):
                which = word[: bits_for(PARAM_WORDS)]
                lies(layout.record(word[len(which) :], which), which >= PARAMS_LEFT)
                choose(which, forms.params)
            with m.Case(top(dm.NEURON_STATE)):
                which = word[: bits_for(STATE_WORDS)]
                on_right = which >= STATE_LEFT
                lies(layout.record(word[len(which) :], (which + STATE_ENTRY)[:RECORD_BITS]), on_right)
                choose(which, forms.state)
                m.d.comb += kind.of_y.eq(on_right & int(config.plasticity))
            if config.inputs:
                with m.Case(top(dm.INPUT_PARAMS)):
                    lies(*layout.input_word(word))
                    m.d.comb += kind.form.eq(forms.input)
            with m.Case(top(dm.WEIGHTS)):
                lies(*self._synapses(word))
                m.d.comb += kind.form.eq(forms.weights)
            if config.plasticity:
                with m.Case(top(dm.PLASTIC)):
                    block = Cat(part, word)
                    lies(*self._synapses(block))
                    m.d.comb += kind.plastic.eq(1)
                    if config.synapses % STORE_WORD:
                        m.d.comb += kind.inside.eq(block < config.synapses // BLOCK)
                with m.Case(top(dm.TRACES)):
                    m.d.comb += kind.pair.eq(1)
                    if config.axons % 2:
                        m.d.comb += kind.inside.eq(Cat(part[0], word) != config.axons)
            if not (config.plasticity and config.inputs):
                with m.Default():  # regions that the build has not
                    m.d.comb += [kind.pair.eq(1), kind.inside.eq(0)]

    def _synapses(self, block: Value) -> tuple[Value, Value]:
        """Entry and side of a block of synapses, counted through all rows."""
        bits = self._layout.neuron_bits - BLOCK_BITS
        return self._layout.synapses(block[bits:], block[:bits])

    def _data(self, m: Module, kind: data.View, part: Value) -> None:
        """A word for the store: weights and plastic bits share its bytes."""
        host = self.access.request.p.data
        m.d.comb += self.asks.data.eq(host)
        if not self._sizes.config.plasticity:
            return
        bits = host.word_select(part, BLOCK)
        for k in range(BLOCK):
            byte = self.asks.data.word_select(k, _BYTE)
            old = self.value.word_select(k, _BYTE)
            with m.If(kind.plastic):
                m.d.comb += byte.eq(Cat(old[:PLASTIC_BIT], bits[k]))
            with m.Elif(kind.form == self._forms.weights):
                m.d.comb += byte[PLASTIC_BIT].eq(old[PLASTIC_BIT])
