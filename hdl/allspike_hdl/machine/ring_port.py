"""The host's way to memories of 16-bit words: the rings and the parameters of the inputs."""

from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

PORT_LATENCY = 2
"""Clocks from `enable` to `value`."""


class HalfPort(wiring.Signature):
    """Reads and writes of 16-bit words, one in three clocks.

    Members
    -------
    address : Out
        Which word.
    enable : Out(1)
        Do it, for one clock.
    write : Out(1), data : Out(16)
        Write, instead of reading.
    value : In(16)
        What was read, in the clock `PORT_LATENCY` clocks after `enable`.
    """

    def __init__(self, address_bits: int) -> None:
        super().__init__(
            {
                "address": Out(address_bits),
                "enable": Out(1),
                "write": Out(1),
                "data": Out(16),
                "value": In(16),
            }
        )
