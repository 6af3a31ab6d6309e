"""Brian2: the network once, run as C++ standalone code and with the Cython runtime.

Learning comes in two forms: with event-driven traces in every synapse, as Brian2's own documentation writes
STDP; and with the traces kept by the neurons, the same rule as an expert would write it, which Brian2 runs
several times faster.
"""

import os
import tempfile
from pathlib import Path
from typing import Literal

import brian2 as b2
import numpy as np
from numpy.typing import NDArray

from . import cell as net
from .cell import Cell, Pace, Timing

Traces = Literal["synapse", "neuron"]

_BEFORE = """
const double bench_seconds = std::atof(std::getenv("BENCH_SECONDS"));
const long bench_chunk = %d;
long bench_steps = 0;
timespec bench_began, bench_now;
for (;; bench_steps += bench_chunk) {
    clock_gettime(CLOCK_MONOTONIC, &bench_now);
    if (bench_steps <= bench_chunk) bench_began = bench_now;  // the first chunk warms up
    const double bench_spent = bench_now.tv_sec - bench_began.tv_sec
                             + 1e-9 * (bench_now.tv_nsec - bench_began.tv_nsec);
    if (bench_spent >= bench_seconds) {
        std::ofstream("timing.txt") << bench_steps << " " << bench_chunk << " " << bench_spent;
        break;
    }
"""
"""Goes around the call that runs the network: again and again until the time is over."""

_MEMBRANE = "dv/dt = (drive / (1 - leak) - v) / tau_membrane : 1"
_NEURON_TRACE = "dx/dt = -x / tau_trace : 1"
_SYNAPSE_TRACES = """
w : 1
dx/dt = -x / tau_trace : 1 (event-driven)
dy/dt = -y / tau_trace : 1 (event-driven)
"""


class Network:
    """Neurons, synapses and a spike monitor; drive and potentials are free to be set per cell."""

    def __init__(self, cell: Cell, traces: Traces) -> None:
        by_neuron = cell.learning and traces == "neuron"
        self.neurons = b2.NeuronGroup(
            cell.neurons,
            _MEMBRANE + "\ndrive : 1 (shared)" + ("\n" + _NEURON_TRACE if by_neuron else ""),
            threshold="v >= 1",
            reset="v = 0; x += 1" if by_neuron else "v = 0",
            method="exact",
            name="neurons",
            namespace={
                "leak": cell.leak,
                "tau_membrane": net.TAU_MEMBRANE * b2.ms,
                "tau_trace": net.TAU_TRACE * b2.ms,
            },
        )
        pre = {"w": "w", "x": "x_pre", "y": "x_post"} if by_neuron else {"w": "w", "x": "x", "y": "y"}
        depress = f"w = clip(w - unit * {pre['y']}, unit, limit)"
        potentiate = f"w = clip(w + unit * {pre['x']}, unit, limit)"
        on_pre, on_post = ["v_post += w"], []
        if cell.learning:
            on_pre.append(depress)
            on_post.append(potentiate)
            if not by_neuron:
                on_pre.insert(1, "x += 1")
                on_post.insert(0, "y += 1")
        self.synapses = b2.Synapses(
            self.neurons,
            self.neurons,
            _SYNAPSE_TRACES if cell.learning and not by_neuron else "w : 1",
            on_pre="; ".join(on_pre),
            on_post="; ".join(on_post) or None,
            delay=1 * b2.ms,
            name="synapses",
            namespace={
                "unit": net.WEIGHT_UNIT,
                "limit": net.WEIGHT_LIMIT * net.WEIGHT_UNIT,
                "tau_trace": net.TAU_TRACE * b2.ms,
            },
        )
        self.synapses.connect()
        self.synapses.w = cell.weights().ravel() * net.WEIGHT_UNIT
        self.spikes = b2.SpikeMonitor(self.neurons, name="spikes")
        self.network = b2.Network(self.neurons, self.synapses, self.spikes)


class Cython:
    """The runtime mode: Python runs the loop, Cython the code of each object."""

    def prepare(self, cell: Cell) -> None:
        """Build and compile."""
        b2.prefs.codegen.target = "cython"
        b2.start_scope()
        b2.defaultclock.dt = 1 * b2.ms
        self._net = Network(cell, "synapse")
        self._net.neurons.drive = cell.drive
        self._net.neurons.v = cell.potentials()
        self._net.network.run(2 * b2.ms)
        self._pace = Pace(self._advance)

    def _advance(self, steps: int) -> Timing:
        spent = [0.0]

        def report(elapsed: float, _done: float, _start: float, _duration: float) -> None:
            # Brian2 counts from the first step on: code generation is not in it.
            spent[0] = float(elapsed)

        before = self._net.spikes.num_spikes
        self._net.network.run(steps * b2.ms, report=report, report_period=3600 * b2.second)
        return Timing(steps, spent[0], int(self._net.spikes.num_spikes - before))

    def measure(self, seconds: float) -> Timing:
        """Run for about `seconds`."""
        return self._pace.measure(seconds)

    def sample(self) -> NDArray[np.float64]:
        """The weights from neuron 0, in weight units."""
        return np.asarray(self._net.synapses.w[: len(self._net.neurons)]) / net.WEIGHT_UNIT


class Standalone:
    """C++ standalone mode: one binary for each size and rule, started anew for each measurement."""

    def __init__(self, traces: Traces) -> None:
        self._traces: Traces = traces
        self._built: Cell | None = None
        self._run_args: dict = {}
        self._scratch = tempfile.TemporaryDirectory(prefix="bench-brian2-")

    def prepare(self, cell: Cell) -> None:
        """Build, unless only the rate differs from the binary at hand."""
        if self._built is None or (self._built.neurons, self._built.learning) != (
            cell.neurons,
            cell.learning,
        ):
            self._build(cell)
        neurons = self._net.neurons
        self._run_args = {neurons.drive: cell.drive, neurons.v: cell.potentials()}

    def _build(self, cell: Cell) -> None:
        device = b2.device
        if self._built is None:
            b2.set_device("cpp_standalone", build_on_run=False)
            b2.prefs.devices.cpp_standalone.openmp_threads = 0
        else:
            device.reinit()
            device.activate(build_on_run=False)
        b2.start_scope()
        b2.defaultclock.dt = 1 * b2.ms
        self._net = Network(cell, self._traces)
        # Some milliseconds of work.
        chunk = max(1, 20_000_000 // cell.neurons**2)
        b2.device.apply_run_args()
        b2.device.insert_code("before_network_run", _BEFORE % chunk)
        b2.device.insert_code("after_network_run", "}")
        self._net.network.run(chunk * b2.ms)
        self._directory = Path(self._scratch.name) / f"{cell.neurons}-{cell.learning}"
        b2.device.build(directory=str(self._directory), compile=True, run=False, with_output=False)
        self._built = cell

    def measure(self, seconds: float) -> Timing:
        """Run the binary for `seconds` after a warm-up; it counts its own steps and time."""
        os.environ["BENCH_SECONDS"] = str(seconds)
        b2.device.run(str(self._directory), with_output=False, run_args=self._run_args)
        total, warm, spent = map(float, (self._directory / "timing.txt").read_text().split())
        timed = int(total - warm)
        return Timing(timed, spent, round(int(self._net.spikes.num_spikes) * timed / total))

    def sample(self) -> NDArray[np.float64]:
        """The weights from neuron 0, in weight units."""
        return np.asarray(self._net.synapses.w[: len(self._net.neurons)]) / net.WEIGHT_UNIT
