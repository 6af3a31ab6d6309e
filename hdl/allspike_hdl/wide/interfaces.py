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
