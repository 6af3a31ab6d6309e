"""What passes between the parts of a compact datapath: each field is named here once."""

from amaranth import unsigned
from amaranth.lib import data, enum, wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes
from .extent import SIDES
from .layout import StoreLayout
from .record import STATE_LEFT
from .store import STORE_BYTES, STORE_WORD

WALK_DEPTH = 3
"""The clock in which an element that learns is written."""
CLEAR_STAGES = STATE_LEFT
"""What a neuron holds is cleared by a word of the left side in each."""


class AtHand(wiring.Signature):
    """The input or the neuron whose turn it is, and what is done with it.

    Members
    -------
    index : Out, post : Out(1)
        The input, or with `post` the neuron.
    axon : Out
        It among all axons.
    looked : Out
        Which one is read ahead: `index`, or the next.
    scan : Out(1)
        It is looked at: does a spike of it arrive?
    computing : Out(1)
        The neuron is computed.
    clear : Out(1), stage : Out(range(CLEAR_STAGES))
        What a restart clears of it goes to 0, in stages: of an input all in stage 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        index_bits = StoreLayout(sizes.config).index_bits
        super().__init__(
            {
                "index": Out(index_bits),
                "post": Out(1),
                "axon": Out(max(sizes.axon_bits, index_bits)),
                "looked": Out(index_bits),
                "scan": Out(1),
                "computing": Out(1),
                "clear": Out(1),
                "stage": Out(range(CLEAR_STAGES)),
            }
        )


class Walking(enum.Enum, shape=2):
    """What the elements of a walk are."""

    ROW = 0
    """Synapses of a row."""
    COLUMN = 1
    """Synapses of a column."""
    FADE = 2
    """Traces that fade."""
    WIPE = 3
    """Entries of the store that go to 0."""


class WalkOrder(wiring.Signature):
    """How the steps order a walk, of the one at hand.

    Members
    -------
    start : Out(1)
        A walk begins: its element 0 is in clock 0 in the next clock.
    row : Out(1), column : Out(1)
        With `start`: it is one of a row; of a column.
    kind : Out(Walking), learning : Out(1)
        From the next clock on, to the next walk: what it is; whether its synapses learn.
    touch : Out(1)
        The trace of the one at hand, which was looked at in the clock before, takes its increment.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "start": Out(1),
                "row": Out(1),
                "column": Out(1),
                "kind": Out(Walking, init=Walking.WIPE),
                "learning": Out(1),
                "touch": Out(1),
            }
        )


class Elements(wiring.Signature):
    """The elements of a walk in its clocks 0 to 3.

    Members
    -------
    index : Out.array(4), valid : Out(4)
        Which element is in each clock, and whether there is one.
    last : Out(1)
        The last one is in clock 0.
    kind : Out(Walking), learning : Out(1)
        As in `WalkOrder`.
    entry : Out, side : Out(1)
        Where in the store the synapse in clock 3 lies.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(
            {
                "index": Out(sizes.axon_bits).array(WALK_DEPTH + 1),
                "valid": Out(WALK_DEPTH + 1),
                "last": Out(1),
                "kind": Out(Walking),
                "learning": Out(1),
                "entry": Out(StoreLayout(sizes.config).entry_bits),
                "side": Out(1),
            }
        )


class NeuronOrder(wiring.Signature):
    """How the steps order the neuron at hand to be computed.

    Members
    -------
    start : Out(1)
        The next clock is its first.
    last : In(1)
        This is its last.
    fired : In(1)
        In the last clock, and up to the next start: it has fired.
    plastic : In(1), silent : In(1)
        Then: it walks a column; it is not reported.
    """

    def __init__(self) -> None:
        super().__init__({"start": Out(1), "last": In(1), "fired": In(1), "plastic": In(1), "silent": In(1)})


class StoreRequest(data.StructLayout):
    """What a user of the store wants in a clock.

    Fields
    ------
    valid
        It is to have the store, unless one before it is.
    entries
        On each side, which is read or written.
    side
        The one whose word `SharedStore.value` is to be.
    write
        Sides that are written; only with `valid`.
    mask, data
        The bytes that a write takes.
    """

    def __init__(self, layout: StoreLayout) -> None:
        super().__init__(
            {
                "valid": 1,
                "entries": data.ArrayLayout(layout.entry_bits, SIDES),
                "side": 1,
                "write": SIDES,
                "mask": STORE_BYTES,
                "data": STORE_WORD,
            }
        )


class TracePort(wiring.Signature):
    """The host's way to a trace.

    Members
    -------
    valid : Out(1)
        The traces are the host's.
    index : Out, post : Out(1)
        x of an axon, or y of a neuron.
    write : Out(1), data : Out(trace_bits)
        At the end of the clock.
    value : In(trace_bits)
        The trace, one clock after it was named.
    """

    def __init__(self, sizes: Sizes) -> None:
        trace = unsigned(sizes.config.trace_bits)
        super().__init__(
            {
                "valid": Out(1),
                "index": Out(sizes.axon_bits),
                "post": Out(1),
                "write": Out(1),
                "data": Out(trace),
                "value": In(trace),
            }
        )
