"""How near the emulator is to the least that a step can cost, and where the rest goes.

The floor is memory traffic: a step has to add a row of int8 weights for every spike, and learning has to read
and write as many weights again, twice. The rest is found by leaving parts of the work out, with the firing
unchanged.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from .cell import Cell
from .emulator import Emulator, Parts

ROUNDS = 3


@njit
def copy_rows(source, target, order):
    for k in range(order.size):
        row = order[k]
        for j in range(target.shape[1]):
            target[k, j] = source[row, j]


@njit
def add_rows(source, acc, order):
    for k in range(order.size):
        row = order[k]
        for j in range(acc.size):
            acc[j] = np.int32(acc[j] + source[row, j])


@dataclass(frozen=True)
class Floor:
    """Nanoseconds a step, at one size and rate."""

    neurons: int
    period: int
    copy: float
    """Copying the rows that arrive, byte for byte."""
    add: float
    """Adding them up in a plain loop."""
    sweep: float
    """A step in which nobody fires."""
    rows: float
    """What firing adds: rows, resets, delays."""
    report: float
    """What telling the host adds: ring, transport, decoding."""
    traces: float
    depression: float
    potentiation: float

    @property
    def traffic(self) -> float:
        """Bytes of weights that arrive in a step."""
        return self.neurons**2 / self.period

    @property
    def static(self) -> float:
        """A step without learning."""
        return self.sweep + self.rows + self.report

    @property
    def learning(self) -> float:
        """A step with learning."""
        return self.static + self.traces + self.depression + self.potentiation


def measure(neurons: int, period: int, seconds: float) -> Floor:
    """Measure the floor and the parts."""
    static = Cell(neurons, period, learning=False)
    plastic = replace(static, learning=True)
    copy, add = _plain_loops(static, seconds)
    variants = [
        (static, Parts(firing=False)),
        (static, Parts(reporting=False)),
        (static, Parts()),
        (plastic, Parts(depression=False, potentiation=False)),
        (plastic, Parts(potentiation=False)),
        (plastic, Parts()),
    ]
    totals = _best(variants, seconds)
    return Floor(neurons, period, copy, add, *np.diff(totals, prepend=0.0).tolist())


def _best(variants: list[tuple[Cell, Parts]], seconds: float) -> list[float]:
    """Nanoseconds a step of each variant, taken in turns."""
    emulators = []
    for cell, parts in variants:
        emulator = Emulator()
        emulator.prepare(cell, parts)
        emulators.append(emulator)
    rounds = [[1e9 / emulator.measure(seconds).speed for emulator in emulators] for _ in range(ROUNDS)]
    return np.min(rounds, axis=0).tolist()


def _plain_loops(cell: Cell, seconds: float) -> tuple[float, float]:
    """Nanoseconds a step of copying and of adding the rows, in the order in which their axons fire."""
    weights = cell.weights().astype(np.int8)
    order = np.argsort(cell.phases(), kind="stable")
    target = np.zeros((order.size, cell.neurons), np.int8)
    acc = np.zeros(cell.neurons, np.int32)
    loops: tuple[Callable[[], None], ...] = (
        lambda: copy_rows(weights, target, order),
        lambda: add_rows(weights, acc, order),
    )
    # One call goes through all neurons, which is what `period` steps do.
    copy, add = (min(_time(loop, seconds) for _ in range(ROUNDS)) / cell.period for loop in loops)
    return copy, add


def _time(loop: Callable[[], None], seconds: float) -> float:
    """Nanoseconds a call."""
    loop()
    calls, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for _ in range(10):
            loop()
        calls += 10
    return (time.perf_counter() - began) / calls * 1e9
