"""The section "emulator" of docs/benchmarks.md."""

from collections.abc import Sequence

from . import machine, table
from .document import table as table_of
from .emulator import SPIKE_RING
from .floor import Floor
from .table import Result
from .worker import NEURON_TRACES, SIMULATORS

TITLE = "The emulator beside Brian2, NEST and SuperNeuroMAT"

_HOW = """\
### How it is measured

One network for all: N leaky integrate-and-fire neurons, all-to-all with themselves included, every one
of the N x N synapses present with a weight that is not zero, a step of 1 ms, a delay of one step. A
constant drive makes each neuron fire every 10 or every 100 steps, from phases spread evenly; the weights
are so small that neither they nor what learning makes of them moves the rate. The firing rate of every
run is measured and has to lie within {tolerance:.0%} of the aim. With learning, every synapse is plastic
under the additive pair rule with exponential traces of 20 ms, and the weights are compared afterwards to
see that they moved.

- The emulator runs through `Device(EmulatorBus(config)).run(steps)`; every spike is reported to the host
  and decoded. Its spike ring holds {ring:,} bytes.
- Brian2 runs in C++ standalone mode without OpenMP, and in its Cython runtime, with a `SpikeMonitor`.
  With learning, "Brian2 C++" and "Brian2 Cython" keep the traces in the synapses, event-driven, as
  Brian2's documentation writes the rule; "{neuron_traces}" is the same rule written for speed.
- NEST has `iaf_psc_delta`, `static_synapse` or `stdp_synapse_hom`, a `spike_recorder`, one thread.
- SuperNeuroMAT has a model and a rule of its own: neurons that fire whenever they are not refractory,
  and its STDP over one step, the shortest and cheapest; dense matrices, backends `cpu` and `jit`.

All use one thread. Only the loop over the steps is timed, after a warm-up: no compilation, no set-up.
Each simulator has a process of its own, and the simulators take turns, {rounds} rounds of about
{seconds:g} s each; the best round of each counts.

    python -m tests.bench --write docs/benchmarks.md
"""

_FLOOR = """\
### How far from the floor

A step cannot cost less than its memory traffic: for every spike, a row of N int8 weights. "Copy" copies
the rows of the spikes, in the order in which they come, from one array to another; "add" adds them up to
int32 in a plain loop; "rows" is what firing costs the emulator, less the report to the host: rows,
resets, delays. GB/s counts the weights read, one byte each.
"""

_PARTS = """\
### Where a step goes

Nanoseconds a step, found by leaving parts of the work out while the same neurons fire. The sweep is a
step in which nobody fires; reporting is the spike ring, the transport and the decoding on the host; the
columns after the static step are what learning adds. "Copies" is what depression and potentiation cost
together, in copies of the rows that spiked: the least they have to do is to read and write as many
weights twice, once by rows and once by columns, which is 2. Small figures are differences of large ones:
noise can make them negative.
"""

_INTRODUCTION = """\
This section is written by the command below; the figures are those of one run on one machine, whole and as
measured. Compare figures within it, not with those of another machine.
"""


def _speed(value: float | None) -> str:
    if value is None:
        return ""
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    return f"{value / 1e3:.3g} k" if value >= 1e3 else f"{value:.0f}"


def _verdict(ratio: float, goal: table.Goal) -> str:
    return "aim met" if ratio >= goal[1] else "target met" if ratio >= goal[0] else "short"


def _speeds(results: Sequence[Result]) -> str:
    return table_of(
        ["steps a second", *SIMULATORS],
        [[r.cell, *(_speed(r.speed.get(name)) for name in SIMULATORS)] for r in results],
    )


def _ratios(results: Sequence[Result]) -> str:
    rows = []
    for r in results:
        ratio, documented = r.ratio(), r.ratio(without=NEURON_TRACES)
        shown = f"{documented:.1f} ({_verdict(documented, r.goal)})" if r.cell.learning else ""
        rows.append([r.cell, r.goal[0], r.goal[1], f"{ratio:.1f} ({_verdict(ratio, r.goal)})", shown])
    return table_of(["times the fastest peer", "target", "aim", "measured", f"without {NEURON_TRACES}"], rows)


def _rates(results: Sequence[Result]) -> str:
    return table_of(
        ["firing a step", *SIMULATORS],
        [
            [r.cell, *(f"{r.rate[name]:.2%}" if name in r.rate else "" for name in SIMULATORS)]
            for r in results
        ],
    )


def _name(floor: Floor) -> str:
    return f"N {floor.neurons}, {100 // floor.period} %"


def _floors(floors: Sequence[Floor]) -> str:
    def both(floor: Floor, spent: float) -> str:
        return f"{spent:,.0f} ns, {floor.traffic / spent:.1f} GB/s"

    return table_of(
        ["a step", "weights read", "copy", "add", "rows"],
        [[_name(f), f"{f.traffic:,.0f} B", both(f, f.copy), both(f, f.add), both(f, f.rows)] for f in floors],
    )


def _parts(floors: Sequence[Floor]) -> str:
    names = ("sweep", "rows", "report", "static", "traces", "depression", "potentiation", "learning")
    head = ("sweep", "rows", "reporting", "static step", "traces", "depression", "potentiation", "STDP step")
    return table_of(
        ["ns a step", *head, "copies"],
        [
            [
                _name(f),
                *(f"{getattr(f, name):,.0f}" for name in names),
                f"{(f.depression + f.potentiation) / f.copy:.1f}",
            ]
            for f in floors
        ],
    )


def render(results: Sequence[Result], floors: Sequence[Floor], seconds: float, rounds: int) -> str:
    """The section."""
    facts = "\n".join(f"- {key}: {value}" for key, value in machine.describe().items())
    how = _HOW.format(
        tolerance=table.TOLERANCE,
        ring=SPIKE_RING,
        neuron_traces=NEURON_TRACES,
        rounds=rounds,
        seconds=seconds,
    )
    parts = (
        f"## {TITLE}",
        _INTRODUCTION,
        facts,
        f"### Speed\n\n{_speeds(results)}",
        "How many times as fast as the fastest peer is the emulator?",
        _ratios(results),
        how,
        f"The firing rates that were measured:\n\n{_rates(results)}",
        _FLOOR,
        _floors(floors),
        _PARTS,
        _parts(floors),
    )
    return "\n\n".join(part.strip() for part in parts) + "\n"
