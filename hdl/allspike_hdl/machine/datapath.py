"""The seam between a machine and its datapath: what computes the model, and what it promises."""

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import STEP_BITS

from ..map.counters import Counted
from ..map.regions import PLACE_BITS, REGION_BITS, WORD
from ..map.register_file import Control, Learning
from ..map.rings import STEP_LOW_BITS
from ..map.sizes import Sizes
from .spike_ring import SpikeWord

NIBBLES = 2 * WORD
"""Of a word."""


class Turn(data.StructLayout):
    """A word turns to the right: its lowest byte by a bit, the whole word by a byte, or first the one and
    then the other; so all 32 bits come by if every eighth turn is of both.
    """

    def __init__(self) -> None:
        super().__init__({"bit": 1, "byte": 1})


class Access(wiring.Signature):
    """The host's way to a word of the memories: of parameters and state of neurons, parameters of inputs,
    traces, weights and plastic bits.

    The machine asks only while the datapath stands still: between steps, or within one while `words` waits
    for room, and never while `busy`. One request at a time, which stays until it is taken: that is when it is
    done, and any number of clocks later. What the build has not reads as 0 and is not written, and so is what
    lies past the end of a region in its last word.

    The machine keeps the word. Every nibble that the datapath finds while a request is valid takes its place
    in the word, unless the host writes it, so a read is a write of nothing: what has been found by the end is
    what the host reads, and a memory that can only be written as a whole finds the nibbles that the host
    leaves alone, and from the next clock on reads in `data` what to write. A datapath that has one element
    of a word at a time turns the word, and with it the mask, so that each comes to lie lowest in its turn.

    Members
    -------
    request : Out(stream)
        `region`, and `word` in it; `write`, of the bytes in `mask`, which is 0 for a read; `data`, the word.
        Word and mask as they have been turned so far.
    found : In(32), takes : In(8)
        What the memory holds, and which nibbles of it are to be taken in this clock. A read takes each of
        the word once; the last may be taken in the clock in which the request is.
    turns : In(Turn)
        How the word is turned in this clock, in which nothing is taken. It has come full circle by the end.
    """

    def __init__(self) -> None:
        request = data.StructLayout(
            {"region": REGION_BITS, "word": PLACE_BITS, "write": 1, "mask": WORD, "data": 8 * WORD}
        )
        super().__init__(
            {
                "request": Out(stream.Signature(request)),
                "found": In(8 * WORD),
                "takes": In(NIBBLES),
                "turns": In(Turn()),
            }
        )


class Work(data.StructLayout):
    """What a datapath did in this clock, as the counters of the memory map count it: a bit each, but for
    `updates`, of which there are as many a clock as there are lanes.
    """

    NAMES = (
        "firings", "poisson", "rows", "columns", "updates", "clocks_sweep", "clocks_rows", "clocks_columns",
    )  # fmt: skip

    def __init__(self, sizes: Sizes) -> None:
        counted = Counted(sizes)
        super().__init__({name: counted[name].width for name in self.NAMES})


class Datapath(wiring.Signature):
    """What a machine has behind it. In, as the datapath sees it, is what the machine says.

    A step: the machine raises `begin` and names by `events` the inputs that events make spike, and raises
    `events_done` after the last. The datapath then computes the step (docs/model.md) and sends by `words`
    the neurons that fired, ascending, but for the silent ones, and last `end`; when that is taken the step
    has ended, and `step` counts on.

    Members
    -------
    access : In(Access)
        The host's reads and writes.
    idle : Out(1)
        No step runs: from the clock after `end` was taken, up to and with the clock of the next `begin`.
        High also while it starts again.
    busy : Out(1)
        Its parts are at work, apart from the step that `idle` tells of: a restart, or walks that linger when
        a step has ended. It goes low also while a word waits for room.
    begin : In(1)
        A step begins, for one clock, while `idle`; what lingers of the one before may still be under way, a
        restart not.
    step : In(STEP_BITS)
        The step that runs, or runs next; it counts on in the clock after `end` was taken.
    events : In(stream of 15 bits), never waits
        The input of that number spikes in this step; there may be none of that number, and one may be named
        more than once. From `begin` to `events_done`.
    events_done : In(1)
        All were named, for one clock, after the last and at least two clocks after `begin`.
    words : Out(stream of SpikeWord)
        May wait for room any number of clocks, in which the host may have the memories.
    learning : In(Learning)
        Constant while a step runs, and while `busy`.
    weight_shift : In(4), poisson : In(1)
        Of the control record; constant while a step runs. `poisson`: inputs draw.
    restart : In(1)
        Start again, for one clock, while no step runs: state of neurons and traces go to 0, spikes under way
        are dropped, and generators begin at `seed`; parameters, weights and plastic bits stay. Power-up does
        the same by itself (with generators at 0, say), and `restart` may come before that has ended. `busy`
        from the clock after until it is done. After a reset of the clock domain, which does not reach
        memories, the first one ends with all that `access` leads to at 0, as after power-up.
    seed : In(32)
        Constant from `restart` until not `busy`.
    counted : Out(Work)
        What happened in this clock.
    """

    def __init__(self, sizes: Sizes) -> None:
        control = Control(sizes.config)
        super().__init__(
            {
                "access": In(Access()),
                "idle": Out(1),
                "busy": Out(1),
                "begin": In(1),
                "step": In(STEP_BITS),
                "events": In(stream.Signature(STEP_LOW_BITS, always_ready=True)),
                "events_done": In(1),
                "words": Out(stream.Signature(SpikeWord(sizes))),
                "learning": In(Learning(sizes.config)),
                "weight_shift": In(control["weight_shift"].width),
                "poisson": In(control["poisson"].width),
                "restart": In(1),
                "seed": In(32),
                "counted": Out(Work(sizes)),
            }
        )
