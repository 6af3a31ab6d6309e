"""Delay lines: control that travels beside the data of a pipeline."""

from amaranth import Module, Signal, Value
from amaranth.lib import data


class DelayLine:
    """`value` as it was some clocks ago: `line[k]` after k clocks, `line[0]` the value itself.

    Registers are made as far as they are asked for. Only a line that enables something needs to be
    `resettable`; without a reset a line can become a shift register in lookup tables.
    """

    def __init__(self, m: Module, value: Value | data.View, *, resettable: bool = False) -> None:
        self._m = m
        self._taps = [value]
        self._resettable = resettable

    def __getitem__(self, clocks: int) -> Value:
        while len(self._taps) <= clocks:
            source = self._taps[-1]
            shape = source.shape()
            tap = Signal(shape, reset_less=not self._resettable, name=f"delayed_{len(self._taps)}")
            self._m.d.sync += tap.eq(source)
            self._taps.append(tap)
        return self._taps[clocks]
