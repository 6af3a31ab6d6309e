"""The measurement of all simulators, cell by cell, in turns, so that the machine's noise hits all alike."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from .cell import Cell, Timing
from .worker import EMULATOR, NEURON_TRACES, SIMULATORS, Worker

TOLERANCE = 0.15
"""How far a firing rate may lie from its aim, as a share of it."""

Goal = tuple[int, int]
STATIC_GOAL: Goal = (3, 5)
LEARNING_GOAL: Goal = (10, 30)
"""How many times as fast as the fastest peer the emulator has to be, and aims to be."""


@dataclass
class Result:
    """What was measured of one cell."""

    cell: Cell
    speed: dict[str, float] = field(default_factory=dict)
    """Steps a second, the best round of each simulator."""
    rate: dict[str, float] = field(default_factory=dict)
    """Spikes per neuron and step in that round."""
    faults: list[str] = field(default_factory=list)

    def ratio(self, without: str = "") -> float:
        """Emulator over the fastest peer, other than `without`."""
        return self.speed[EMULATOR] / max(
            speed for name, speed in self.speed.items() if name not in (EMULATOR, without)
        )

    @property
    def goal(self) -> Goal:
        """The ratio to reach, and to aim at."""
        return LEARNING_GOAL if self.cell.learning else STATIC_GOAL


def run(cells: Sequence[Cell], seconds: float, rounds: int) -> list[Result]:
    """Measure all simulators on all cells."""
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(name)) for name in SIMULATORS]
        return [_measure(cell, workers, seconds, rounds) for cell in cells]


def _measure(cell: Cell, workers: Sequence[Worker], seconds: float, rounds: int) -> Result:
    result = Result(cell)
    # Without learning it is the network of "Brian2 C++" once more.
    present = [w for w in workers if cell.learning or w.name != NEURON_TRACES]
    for worker in present:
        worker.prepare(cell)
    timings: dict[str, list[Timing]] = {worker.name: [] for worker in present}
    for _ in range(rounds):
        for worker in present:
            timings[worker.name].append(worker.measure(seconds))
    for worker in present:
        best = max(timings[worker.name], key=lambda timing: timing.speed)
        result.speed[worker.name] = best.speed
        result.rate[worker.name] = best.spikes / best.steps / cell.neurons
        for timing in timings[worker.name]:
            rate = timing.spikes / timing.steps / cell.neurons
            if abs(rate * cell.period - 1) > TOLERANCE:
                result.faults.append(
                    f"{cell}: {worker.name} fires {rate:.2%} a step, not {1 / cell.period:.0%}"
                )
        if worker.learned() != cell.learning:
            did = "did not learn" if cell.learning else "learned"
            result.faults.append(f"{cell}: {worker.name} {did}")
    _show(result)
    return result


def _show(result: Result) -> None:
    print(f"{result.cell}: {result.ratio():.1f} times the fastest peer, target {result.goal[0]}")
    for name, speed in result.speed.items():
        print(f"    {name:32} {speed:12,.0f} steps/s   {result.rate[name]:7.2%} firing")
    for fault in result.faults:
        print(f"    FAULT {fault}", file=sys.stderr)
    sys.stdout.flush()
