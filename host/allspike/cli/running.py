"""What `allspike run` does once all that it was told is understood."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .. import plot as drawing
from ..doors.network import Network
from ..errors import CapacityError, DeviceError
from ..image.image import Image
from ..nir.translation import NirTranslation
from ..results.export import csv
from ..results.result import Result
from ..showing import some
from ..simulate.checkpoint import Checkpoint
from ..simulate.simulation import Simulation
from ..stimulus.base import Addable, Run
from . import nir_runs, talk
from .app import progress_bars
from .devices import line_facts, line_text
from .outputs import saying_that_it_stops


@dataclass(frozen=True)
class Job:
    """A run, all of whose names are known."""

    loaded: Network | Image
    device: str
    config: str | None
    seed: int | None
    duration: float | None
    """Seconds; else `steps`."""
    steps: int | None
    stimuli: dict[str, list[Addable]]
    recorded: dict[str, list[int]]
    exact: bool
    """Refuse a result that is not exact."""
    writes: bool
    """The result goes into files."""
    resumed: Checkpoint | None = None
    """Where it goes on from."""
    keeps: bool = False
    """A checkpoint is taken at the end."""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    result: Result
    seconds: float
    differences: list[str]
    """To the run of the program that the network comes from."""
    line: dict[str, Any]
    ended: BaseException | None = None
    """What ended the run before its time."""
    kept: Checkpoint | None = None
    """Of its end."""
    translated: Sequence[str] = ()
    """How a network of NIR was read."""
    outputs: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """What its outputs showed."""
    rates: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", mean_rates(self.result))

    def facts(self) -> dict[str, Any]:
        """Plain data."""
        result, steps = self.result, self.result.steps
        return {
            "steps": steps, "seconds": self.seconds, "steps_per_second": steps / max(self.seconds, 1e-9),
            "mean_rates": self.rates, "counters": result.counters, "differences": self.differences,
            "notes": list(result.notes), "stopped": self.ended is not None,
        } | self.line | self._of_nir()  # fmt: skip

    def _of_nir(self) -> dict[str, Any]:
        return {"translated": list(self.translated), "outputs": self.outputs} if self.translated else {}

    def text(self) -> str:
        """The same for people."""
        result = self.result
        lines = [f"{some(result.steps, 'step')} ({result.steps * result.dt:g} s) in {self.seconds:.2f} s"]
        for name, rate in self.rates.items():
            spikes = some(int(result.counts(name).sum()), "spike")
            lines.append(f"  {name}: {spikes}, {rate:.3g} Hz a neuron")
        lines += nir_runs.lines(self.outputs)
        lines += [f"  translated: {fact}" for fact in self.translated]
        lines += [f"  {note}" for note in result.notes]
        if self.line:
            lines.append(f"  line: {line_text(self.line['line'])}")
        return talk.lines("\n".join(lines))

    def save_spikes(self, path: Path) -> None:
        """Write the spikes as text."""
        csv.save(self.result, path)

    def draw(self, path: Path) -> None:
        """Draw the raster."""
        drawing.save(drawing.raster(self.result).figure, path)


def mean_rates(result: Result) -> dict[str, float]:
    """Of each population, Hz a neuron."""
    return {name: float(result.rates(name).mean()) if size else 0.0 for name, size in result.sizes.items()}


def perform(job: Job, quiet: bool) -> Outcome:
    """Compile, load and run.

    Raises
    ------
    AllspikeError
        Whatever keeps the network from running.
    KeyboardInterrupt
        At a Ctrl-C before the run, or at a second one in it.
    """
    translation = job.loaded.translation if isinstance(job.loaded, Network) else None
    nir = translation if isinstance(translation, NirTranslation) else None
    ended: BaseException | None = None
    with _started(job, quiet) as simulation:
        steps = job.steps
        if steps is None:
            assert job.duration is not None
            steps = simulation.steps_of(job.duration)
        stimuli: dict[str, Any] = dict(job.stimuli)
        recorded: dict[str, Any] = dict(job.recorded)
        if translation is not None:
            translation.start(simulation)
            for name, own in translation.given(steps).items():
                stimuli[name] = [own, *stimuli.get(name, [])]
        if nir is not None:
            stimuli = nir_runs.placed(nir, job.stimuli, Run(steps, job.loaded.dt), job.seed or 0)
            recorded |= dict.fromkeys(nir.record_v, "all")
            steps = nir.steps(steps)
        come = 0
        began = time.perf_counter()
        try:
            with progress_bars(quiet) as bar, saying_that_it_stops(lambda: come, job.writes):
                show = bar("running")

                def came(done: int, total: int) -> None:
                    nonlocal come
                    come = done
                    show(done, total)

                made = simulation.run_steps(steps, stimuli, record_v=recorded, progress=came)
            dict(made.weights)  # looked at while there is a device to ask
        except (KeyboardInterrupt, DeviceError) as error:
            if simulation.last is None:
                if job.writes and isinstance(error, KeyboardInterrupt):
                    talk.note("the run is lost, and nothing was written.")
                raise
            ended = error
        assert simulation.last is not None
        seconds = time.perf_counter() - began
        differences: list[str] = []
        line: dict[str, Any] = {}
        kept: Checkpoint | None = None
        if not isinstance(ended, DeviceError):  # else there is nobody to ask
            differences = [] if translation is None else translation.differences_after(simulation)
            line = line_facts(simulation.device)
            kept = Checkpoint.of(simulation.image, simulation.device) if job.keeps else None
    if job.exact and differences:
        raise CapacityError(f"the run was not exact: {' '.join(differences)}")
    for difference in differences:
        talk.note(difference, "not exact: ")
    result = simulation.last
    if isinstance(ended, DeviceError):
        result = replace(result, weights={})  # which nobody can tell any more
    if nir is None:
        return Outcome(result, seconds, differences, line, ended, kept)
    outputs = nir_runs.shown(nir, result)
    return Outcome(nir.own_time(result), seconds, differences, line, ended, kept, nir.facts, outputs)


def _started(job: Job, quiet: bool) -> Simulation:
    """What the job is about, on its device."""
    if job.resumed is None:
        return Simulation(job.loaded, job.device, job.config, seed=job.seed)
    with progress_bars(quiet) as bar:
        return Simulation.resume(job.resumed, job.device, progress=bar("going back to where it was"))
