"""Clocks of the Verilated core, by its own counters, and how fast it is simulated."""

import time
from dataclasses import dataclass

from allspike.device.device import Device
from allspike.map.config import Config, Memory
from allspike_hdl.clocks import clocks_of
from allspike_sim.rtl import RtlBus

from ..bench.cell import Cell
from ..bench.emulator import Parts, load

PERIOD = 10
"""Steps from spike to spike of a neuron: an activity of 10 %."""
WARM_UP = 2 * PERIOD


@dataclass(frozen=True)
class Build:
    """A core to be measured, and whether it learns meanwhile."""

    config: Config
    learning: bool

    def __str__(self) -> str:
        c = self.config
        kind = "learning" if self.learning else "static" if not c.plasticity else "not learning"
        return f"{c.memory.value}, {c.lanes} lanes, {kind}"


def builds(neurons: int, inputs: int) -> list[Build]:
    """The builds of the table: dual-port in two widths, the compact core as on the UP5K."""
    dual = [Config(neurons=neurons, inputs=inputs, lanes=lanes, spike_ring=1 << 16) for lanes in (8, 32)]
    single = Config(
        neurons=neurons, inputs=inputs, lanes=4, weight_bits=7, memory=Memory.SINGLE_PORT, spike_ring=1 << 16
    )
    static = Config(
        neurons=neurons, inputs=inputs, lanes=8, memory=Memory.SINGLE_PORT, plasticity=False,
        spike_ring=1 << 16,
    )  # fmt: skip
    plastic = [Build(config, learning) for config in (*dual, single) for learning in (False, True)]
    return [*plastic, Build(static, learning=False)]


@dataclass(frozen=True)
class Figures:
    """What the counters of a core tell about one run."""

    build: Build
    steps: int
    counters: dict[str, int]
    seconds: float
    clocks_simulated: int

    @property
    def row(self) -> float:
        """Clocks a row."""
        return self.counters["clocks_rows"] / self.counters["rows"]

    @property
    def abreast(self) -> int:
        """Synapses that a walk visits in a clock."""
        return clocks_of(self.build.config).abreast(self.build.learning)

    @property
    def row_ideal(self) -> int:
        """Clocks a row at best: N / abreast."""
        return self.build.config.neurons // self.abreast

    @property
    def useful(self) -> float:
        """Share of the clocks of row walks in which as many synapses are visited as can be."""
        return self.row_ideal / self.row

    @property
    def column(self) -> float | None:
        """Clocks a column; None where none was walked."""
        columns = self.counters["columns"]
        return self.counters["clocks_columns"] / columns if columns else None

    @property
    def column_ideal(self) -> float:
        """Clocks a column at best: A / abreast."""
        return -(-self.build.config.axons // self.abreast)

    @property
    def sweep(self) -> float:
        """Clocks a sweep."""
        return self.counters["clocks_sweep"] / self.steps

    @property
    def step(self) -> float:
        """Clocks a step, all in all."""
        return self.counters["clocks"] / self.steps

    @property
    def speed(self) -> float:
        """Clocks simulated in a second, host included."""
        return self.clocks_simulated / self.seconds

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        names = ("row", "row_ideal", "useful", "column", "column_ideal", "sweep", "step", "speed")
        return {
            "build": str(self.build),
            "config": self.build.config.to_dict(),
            "steps": self.steps,
            **{name: getattr(self, name) for name in names},
            "counters": self.counters,
        }


def measure(build: Build, steps: int) -> Figures:
    """Run the network of the emulator's benchmark, in which every synapse is there, for `steps` steps."""
    bus = RtlBus(build.config)
    with Device(bus) as device:
        load(device, Cell(build.config.neurons, PERIOD, build.learning), Parts())
        device.run(WARM_UP)
        before, clocks, began = device.counters(), bus.clocks, time.perf_counter()
        device.run(steps)
        seconds = time.perf_counter() - began
        counters = {name: count - before[name] for name, count in device.counters().items()}
        return Figures(build, steps, counters, seconds, bus.clocks - clocks)
