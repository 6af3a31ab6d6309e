"""What passes between the parts of the wide datapath: each field is named here once."""

from amaranth import signed
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes


class WalkKind(enum.Enum, shape=2):
    """What a walk command asks for."""

    ROW = 0
    """Axon `index` arrives: accumulate its row, depress it if `learn`, increment its pre trace."""
    COLUMN = 1
    """Neuron `index` fired and learns: potentiate its column."""
    FIRED = 2
    """Neuron `index` fired: increment its post trace."""
    FADE = 3
    """The step ends: every trace decays."""


class WalkCommand(data.StructLayout):
    """A command to the walker. In a build without plasticity only ROW occurs, and `learn` is 0."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"kind": WalkKind, "index": sizes.axon_bits, "learn": 1})


class AccumulatorPort(wiring.Signature):
    """How the population reads, and clears, the accumulators: a block of `lanes` of them at a time.

    Members
    -------
    block : Out
        Which block, in the clock in which `enable` is high.
    enable : Out
        Read.
    clear : Out
        With `enable`: the block is 0 after the read.
    values : In
        The block, one clock after `enable`.
    """

    def __init__(self, sizes: Sizes) -> None:
        values = data.ArrayLayout(signed(sizes.acc_bits), sizes.config.lanes)
        super().__init__(
            {
                "block": Out(sizes.row_block_bits),
                "enable": Out(1),
                "clear": Out(1),
                "values": In(values),
            }
        )


class SynapseItem(enum.Enum, shape=2):
    """What of the walker the host reads or writes."""

    WEIGHT = 0
    """Weight of synapse (axon, neuron), 8 bits, sign-extended."""
    PLASTIC = 1
    """Plastic bit of synapse (axon, neuron)."""
    X = 2
    """Pre trace of `axon`."""
    Y = 3
    """Post trace of `neuron`."""


class SynapseAccess(wiring.Signature):
    """The host's way to one item of the walker at a time, while the core stands still.

    Every request, reads and writes alike, has one reply; of a write its data mean nothing. `same` tells that
    a request is for another synapse of the block that the one before was for. It is high, valid or not, from
    the reply to that one on.
    """

    def __init__(self, sizes: Sizes) -> None:
        request = data.StructLayout(
            {
                "item": SynapseItem,
                "axon": sizes.axon_bits,
                "neuron": sizes.neuron_bits,
                "same": 1,
                "write": 1,
                "data": 16,
            }
        )
        super().__init__({"request": Out(stream.Signature(request)), "reply": In(stream.Signature(16))})


class NeuronAccess(wiring.Signature):
    """The host's way to one 32-bit word of a neuron's parameters or state, while the core stands still.

    `word` counts the words of the record in the memory map. The post trace, in the lower half of word 3 of
    the state, is not held by the population: there it has the upper half in its place. Every request has one
    reply.
    """

    def __init__(self, sizes: Sizes) -> None:
        request = data.StructLayout(
            {"state": 1, "neuron": sizes.neuron_bits, "word": 3, "write": 1, "data": 32}
        )
        super().__init__({"request": Out(stream.Signature(request)), "reply": In(stream.Signature(32))})


class Fired(data.StructLayout):
    """A neuron that fired in this step."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"neuron": sizes.neuron_bits, "plastic_in": 1, "silent": 1})


class Arriving(data.StructLayout):
    """A neuron whose spike arrives in this step."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"neuron": sizes.neuron_bits, "plastic_out": 1})


class ArrivingInput(data.StructLayout):
    """An input that spikes in this step."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"input": sizes.input_bits, "plastic_out": 1})


class Listing(wiring.Signature):
    """How the scheduler lists the inputs that spike.

    Members
    -------
    start : Out(1)
        List.
    arriving : In(stream of ArrivingInput)
        The list, ascending.
    busy : In(1)
        From the clock after `start` until all of the list is taken; also during a restart.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(
            {"start": Out(1), "arriving": In(stream.Signature(ArrivingInput(sizes))), "busy": In(1)}
        )


class Sweep(wiring.Signature):
    """How the scheduler sweeps the neurons, and learns whose spikes arrive and who fired.

    Members
    -------
    arriving : In(stream of Arriving)
        Neurons whose spikes arrive in the step after the sweep, ascending; with `arriving_enable`, one a
        clock from two clocks after it was raised.
    arriving_enable : Out(1)
        High while they are taken; the flags are read then. The host has to wait.
    arriving_empty : In(1)
        While not busy: all of them were taken.
    start : Out(1)
        Sweep. Only when not busy and with both lists empty.
    done : In(1)
        High in the first clock in which a sweep (not a restart) is no longer busy.
    fired : In(stream of Fired)
        Neurons that fired in the sweep, ascending.
    fired_empty : In(1)
        While not busy: all of them were taken.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(
            {
                "arriving": In(stream.Signature(Arriving(sizes))),
                "arriving_enable": Out(1),
                "arriving_empty": In(1),
                "start": Out(1),
                "done": In(1),
                "fired": In(stream.Signature(Fired(sizes))),
                "fired_empty": In(1),
            }
        )


class Walks(wiring.Signature):
    """How the scheduler commands the walker.

    Members
    -------
    commands : Out(stream of WalkCommand)
    busy : In(1)
        Commands or a restart are queued or in flight, from the clock after they were taken. Once it is low,
        all their effects are in the memories.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"commands": Out(stream.Signature(WalkCommand(sizes))), "busy": In(1)})
