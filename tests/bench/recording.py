"""What it costs to record V on the emulator: the same run without it, for three neurons, for all.

python -m tests.bench.recording [--write FILE]
"""

import argparse
import time
from pathlib import Path
from typing import Any

import allspike as asp
from allspike.units import Hz, ms, nA

from .document import check_section, table, write_section

SECONDS = 5.0
SIZES = (200, 1000)
ROUNDS = 7
LIMIT = 2.0
"""A recording run takes at most so many times as long as one without."""

_INTRODUCTION = """\
## Recording potentials

`Simulation.run({seconds:g}, ..., record_v=...)` on the emulator at 1 ms, of the network in the README and of
the same with five times the neurons; results in volts included. Time of the processor, of which the
emulator uses one core; the best of {rounds} rounds, in which the three take turns. V is to cost at most
{limit:g} times the run without it.

    python -m tests.bench.recording --write docs/benchmarks.md
"""


def network(size: int) -> asp.Network:
    """The network of the README at `size` neurons, each with as many synapses."""
    share = 200 / size
    net = asp.Network(dt=1 * ms)
    noise = net.inputs(40, "noise")
    excite = net.neurons(size * 4 // 5, asp.LIF(t_ref=3 * ms), "excite")
    inhibit = net.neurons(size // 5, asp.LIF(tau_m=10 * ms), "inhibit")
    net.connect(noise, excite, asp.FixedProbability(0.4, seed=1), weight=0.5 * nA)
    net.connect(excite, excite, asp.SmallWorld(16, 0.05, seed=2), weight=0.6 * nA)
    net.connect(excite, inhibit, asp.FixedProbability(0.2 * share, seed=3), weight=0.5 * nA)
    net.connect(inhibit, excite, asp.FixedProbability(0.5 * share, seed=4), weight=-1.0 * nA)
    return net


def measure(size: int) -> list[float]:
    """Seconds of the processor that a run takes without recording, recording three neurons, recording all."""
    simulation = asp.Simulation(network(size))
    asked: list[Any] = [None, {"excite": [0, 1, 2]}, "all"]
    best = [float("inf")] * len(asked)
    for _ in range(ROUNDS):
        for k, record_v in enumerate(asked):
            simulation.reset(seed=1)
            began = time.process_time()
            simulation.run(SECONDS, {"noise": asp.Poisson(60 * Hz)}, record_v=record_v)
            best[k] = min(best[k], time.process_time() - began)
            simulation.last = None
    return best


def render() -> str:
    """The section."""
    rows = []
    for size in SIZES:
        without, *others = measure(size)
        cells = [f"{other * 1e3:.1f} ms, {other / without:.2f} times" for other in others]
        met = all(other <= LIMIT * without for other in others)
        rows.append([f"{size:,} neurons", f"{without * 1e3:.1f} ms", *cells, "met" if met else "missed"])
    head = [f"{SECONDS:g} s of", "without", "V of 3", "V of all", f"at most {LIMIT:g} times"]
    text = _INTRODUCTION.format(seconds=SECONDS, rounds=ROUNDS, limit=LIMIT)
    return f"{text}\n{table(head, rows)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.recording")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the section of results in FILE")
    options = parser.parse_args()
    check_section(parser, options.write, "recording")
    text = render()
    print(text)
    if options.write:
        write_section(options.write, "recording", text)


if __name__ == "__main__":
    main()
