"""A simulator in a process of its own: `python -m tests.bench.worker NAME`, driven by lines of JSON.

Each then has its own threads, caches of compiled code and prints, and none can slow another's start.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from types import TracebackType
from typing import Self

import numpy as np

from .cell import Cell, Simulator, Timing

EMULATOR = "Allspike emulator"
NEURON_TRACES = "Brian2 C++, traces per neuron"
SIMULATORS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    EMULATOR: ("emulator", "Emulator", ()),
    "Brian2 C++": ("brian", "Standalone", ("synapse",)),
    NEURON_TRACES: ("brian", "Standalone", ("neuron",)),
    "Brian2 Cython": ("brian", "Cython", ()),
    "NEST": ("nest_peer", "Nest", ()),
    "SuperNeuroMAT cpu": ("superneuromat_peer", "SuperNeuroMat", ("cpu",)),
    "SuperNeuroMAT jit": ("superneuromat_peer", "SuperNeuroMat", ("jit",)),
}
"""Name: module, class, arguments."""

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class Worker:
    """The parent's end of a simulator's process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.worker", name],
            env=os.environ | dict.fromkeys(_ONE_THREAD, "1") | {"PYNEST_QUIET": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def _ask(self, **request: object) -> dict:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.name} died; its error is above.")
        return json.loads(answer)

    def prepare(self, cell: Cell) -> None:
        """Have the network built."""
        self._ask(prepare=asdict(cell))

    def measure(self, seconds: float) -> Timing:
        """Have it run."""
        return Timing(**self._ask(measure=seconds))

    def learned(self) -> bool:
        """Whether weights have changed since `prepare`."""
        return self._ask(sample=True)["changed"]


def serve(name: str) -> None:
    """Be the simulator called `name`: answer requests until there are no more."""
    # Peers print, already when imported; what they print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module, kind, arguments = SIMULATORS[name]
    simulator: Simulator = getattr(importlib.import_module(f"tests.bench.{module}"), kind)(*arguments)
    cell = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict = {}
        if "prepare" in request:
            cell = Cell(**request["prepare"])
            simulator.prepare(cell)
        elif "measure" in request:
            answer = asdict(simulator.measure(request["measure"]))
        else:
            assert cell is not None
            same = np.allclose(simulator.sample(), cell.weights()[0], rtol=1e-11, atol=0)
            answer = {"changed": not same}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
