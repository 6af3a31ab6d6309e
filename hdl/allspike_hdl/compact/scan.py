"""The look at a source: does a spike of it arrive in this step, and does its row learn?"""

from amaranth import Const, Module, Mux, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import INPUT_PARAMS, SEED_POISSON, STEP_BITS, InputFlag, NeuronFlag

from ..fabric.xorshift import XORSHIFT32
from ..map.rings import STEP_LOW_BITS
from ..map.sizes import Sizes
from ..neurons.program import FLAGS
from .arrivals import Arrivals
from .extent import RECORD_BITS, SIDES
from .interfaces import AtHand, StoreRequest
from .layout import StoreLayout
from .record import FLAGS_SPOT, STATE_ENTRY, STATE_RIGHT, Cells
from .store import STORE_WORD

_RATE_BITS = 16
_PLASTIC_OUT_BIT = 8 * INPUT_PARAMS.record.offset("flags") + int(InputFlag.PLASTIC_OUT).bit_length() - 1


class Scan(wiring.Component):
    """Reads what the store has of the source that is looked at, and finds whether a spike of it arrives.

    One arrives if it was sent, as an event of this step or by a neuron when its delay is over; and from an
    input, where `poisson` is set, if a draw u of 16 bits is below its rate: `u < rate`. Each input draws once
    a step, when it is scanned.

    Members
    -------
    at : In(AtHand)
    step : In
        t, as it stays in a step.
    event : In(stream of 15 bits), never waits
        An input spikes in this step; a number that is none of an input is left out.
    fires : In(1), delay : In
        The neuron at hand fires; its spike arrives so many steps later, `max_delay` is 0.
    poisson : In(1), seed : In(32), restart : In(1)
        Inputs draw; from where the draws start, and that they do.
    learning : In(1)
        The learning rule has a gain.
    asks : Out(StoreRequest)
        For the source that is looked at; while it is cleared, writes its state.
    value : In(32), right : In(32)
        One clock later its word, and that on the right side.
    arrives : Out(1), learns : Out(1)
        While `at.scan`, with what is looked at a clock before: a spike arrives; the row learns.
    drawn : Out(1)
        It was drawn.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._layout = StoreLayout(sizes.config)
        super().__init__(
            {
                "at": In(AtHand(sizes)),
                "step": In(STEP_BITS),
                "event": In(stream.Signature(STEP_LOW_BITS, always_ready=True)),
                "fires": In(1),
                "delay": In((sizes.config.max_delay - 1).bit_length()),
                "poisson": In(1),
                "seed": In(32),
                "restart": In(1),
                "learning": In(1),
                "asks": Out(StoreRequest(self._layout)),
                "value": In(STORE_WORD),
                "right": In(STORE_WORD),
                "arrives": Out(1),
                "learns": Out(1),
                "drawn": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, at = self._sizes.config, self.at
        source_bits = max(self._sizes.input_bits, self._layout.neuron_bits)
        m.submodules.arrivals = arrivals = Arrivals(self._sizes, source_bits)
        named = self.event.valid & (self.event.p < config.inputs)
        m.d.comb += [
            arrivals.index.eq(at.looked),
            arrivals.post.eq(at.post),
            arrivals.step.eq(self.step),
            arrivals.at.eq(Mux(named, self.event.p, at.index)),
            arrivals.at_post.eq(~named & at.post),
            arrivals.mark.eq(named | self.fires),
            arrivals.delay.eq(Mux(named, 0, self.delay)),
            arrivals.take.eq(at.scan),
            arrivals.clear.eq(at.clear),
            self.arrives.eq(arrivals.here | self.drawn),
        ]
        self._ask(m)
        if config.poisson and config.inputs:
            m.submodules.generator = generator = XORSHIFT32.create()
            draws = at.scan & ~at.post & self.poisson
            m.d.comb += [
                generator.seed.eq(self.seed ^ SEED_POISSON),
                generator.restart.eq(self.restart),
                generator.advance.eq(draws),
                self.drawn.eq(draws & (generator.value[-_RATE_BITS:] < self.value[:_RATE_BITS])),
            ]
        if config.plasticity:
            flags = Cells(config).kept(FLAGS).of(self.right)
            of_neuron = (flags & NeuronFlag.PLASTIC_OUT).any()
            flag = Mux(at.post, of_neuron, self.value[_PLASTIC_OUT_BIT])
            m.d.comb += self.learns.eq(flag & self.learning)
        return m

    def _ask(self, m: Module) -> None:
        """The flags of the source; of a neuron that is cleared the words of its state."""
        at, asks, layout = self.at, self.asks, self._layout
        words: tuple[Value, Value] = (
            (STATE_ENTRY + at.stage)[:RECORD_BITS],
            Mux(at.clear, STATE_RIGHT.entry, FLAGS_SPOT.entry),
        )
        inputs = layout.config.inputs
        table, table_side = layout.input_word(at.looked) if inputs else (Const(0), Const(0))
        m.d.comb += [
            asks.side.eq(at.post | table_side),
            asks.write.eq((at.clear & at.post).replicate(SIDES)),
            asks.mask.eq(-1),
        ]
        for side, word in enumerate(words):
            m.d.comb += asks.entries[side].eq(Mux(at.post, layout.record(at.looked, word), table))
