"""What a PyNN script has set up and described so far, and where its time stands."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from pyNN import common

from ..aliases import NDArray
from ..device.device import Device
from ..errors import ParameterError
from ..map.config import Config

if TYPE_CHECKING:
    from .currents import CurrentSource
    from .populations import Population
    from .projections import Projection
    from .recording import Recorder
    from .session import Session

name = "Allspike"
"""As PyNN annotates recorded data."""


class ID(int, common.IDMixin):
    """The number of a cell, which stands for the cell."""


class State(common.control.BaseState):
    """The one state of the back end: options, populations, projections, sources, and the run."""

    num_processes = 1
    mpi_rank = 0
    step: int
    """Steps done since time 0."""
    advance: Callable[["State", int], None]
    """Runs so many steps: `session.advance`, which `control` sets, as what runs needs what is described."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.clear()

    def clear(
        self,
        dt: float = 0.1,
        min_delay: float | str = "auto",
        max_delay: float | str = "auto",
        device: str | Device = "emulator",
        config: Config | str | None = None,
        seed: int = 0,
    ) -> None:
        """Forget the network that there was, and start another."""
        self.close()
        self.dt = dt
        self.asked_min_delay, self.asked_max_delay = min_delay, max_delay
        self.device, self.config, self.seed = device, config, seed
        self.write_on_end: list[tuple[Any, Any, str]] = []
        self.recorders: set[Recorder] = set()
        self.populations: list[Population] = []
        self.projections: list[Projection] = []
        self.current_sources: list[CurrentSource] = []
        self.cells = 0
        self.segment_counter = -1
        self.changed = True
        self.reset()

    def close(self) -> None:
        """Let go of the device; what was recorded and learned stays."""
        session, self.session = self.session, None
        if session is not None:
            session.close()

    @property
    def t(self) -> float:
        """Time, ms."""
        return self.time(self.step)

    def time(self, step: int) -> float:
        """The time at which a step begins, ms, without the noise of floating point."""
        return float(np.around(step * self.dt, 9))

    @property
    def min_delay(self) -> float | str:
        """The shortest delay, ms: as set up, or that of the projections once there has been a run."""
        if self.asked_min_delay != "auto" or not self.running:
            return self.asked_min_delay
        return min((p.delays.min() for p in self.projections if len(p)), default=self.dt)

    @property
    def max_delay(self) -> float | str:
        """The longest delay, ms, likewise."""
        if self.asked_max_delay != "auto" or not self.running:
            return self.asked_max_delay
        return max((p.delays.max() for p in self.projections if len(p)), default=self.dt)

    @property
    def shortest_delay(self) -> float:
        """The delay of a synapse that states none, ms."""
        return self.dt if self.asked_min_delay == "auto" else float(self.asked_min_delay)

    def located(self, cells: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of cells the index of their populations in `populations`, and their index in those."""
        numbers = np.asarray([int(cell) for cell in cells], np.int64)
        firsts = np.array([int(p.first_id) for p in self.populations], np.int64)
        owners = np.searchsorted(firsts, numbers, side="right") - 1
        if numbers.size and (owners.min() < 0 or numbers.max() >= self.cells):
            raise ParameterError(
                "a cell was made before setup() was called again, and is gone: make it anew."
            )
        return owners, numbers - firsts[owners] if numbers.size else numbers

    def run_until(self, time: float) -> None:
        """Advance to `time`, ms."""
        if not np.isfinite(time):
            raise ParameterError(f"a run to {time:g} ms has no end: give a finite number of ms.")
        try:
            self.advance(self, round(time / self.dt) - self.step)
            self.running = True
        finally:
            self.running |= self.step > 0  # what came of a run that was stopped can be had

    def reset(self) -> None:
        """Back to time 0: potentials and weights as at the start; a new segment of recordings."""
        self.running = False
        self.step = 0
        self.t_start = 0
        self.segment_counter += 1
        for recorder in self.recorders:
            recorder.rewind()
        for population in self.populations:
            population.rewind()
        for source in self.current_sources:
            source.rewind()
        for projection in self.projections:
            projection.forget_learned()
        if self.session is not None:
            self.session.stale = True


state = State()
