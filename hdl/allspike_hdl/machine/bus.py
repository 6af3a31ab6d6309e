"""The bus: what drives a machine from outside."""

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..map.regions import ADDRESS_BITS, WORD


class BusSignature(wiring.Signature):
    """The memory map as 32-bit words: what drives a machine from outside.

    A request names a word of the map (byte address over 4); a write takes the bytes whose `mask` bit is set.
    Every request has one reply, in order; of a write its data mean nothing. One request at a time. `more`
    says that the next request is the next word of the same command: what a command writes to the control
    record acts as a whole, after its last word.
    """

    def __init__(self) -> None:
        request = data.StructLayout(
            {"address": ADDRESS_BITS, "write": 1, "mask": WORD, "data": 8 * WORD, "more": 1}
        )
        super().__init__({"request": Out(stream.Signature(request)), "reply": In(stream.Signature(8 * WORD))})
