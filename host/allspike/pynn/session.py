"""The network on a device: loaded at the first run, changed where the script changed it, and run on."""

from typing import Any

import numpy as np

from ..aliases import NDArray
from ..map import device_map as dm
from ..results.result import Result
from .currents import Injected
from .description import describe
from .firing import Firing
from .loading import exchange, is_free, load, longest_delay, opened
from .simulator import State


def advance(state: State, steps: int) -> None:
    """Run `steps` steps from where the script's time stands.

    Raises
    ------
    ParameterError
        If the network, or what became of it, cannot run.
    CapacityError
        If it does not fit.
    DeviceError
        If the device fails.
    """
    if any(population.train is None for population in state.populations):
        if state.session is None:
            state.session = Session(state)
        state.session.run(steps)
    else:
        Firing(state, steps).emit(steps, 0)
        state.step += steps


class Session:
    """A network that is loaded.

    Parameters
    ----------
    state : State
        Whose network it is.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._owned = isinstance(state.device, str)
        device = opened(state)
        try:
            self._made = describe(state, longest_delay(state, device))
            self.simulation = load(state, self._made.network, device)
        except BaseException:
            if device is not None and self._owned:
                device.close()
            raise
        """What runs it."""
        self._first = state.step
        """The script's step at which the device's time began: sources may have run before that."""
        self.stale = False
        """Whether time was set back to 0 since the last run."""
        self._unlearned = True
        """Whether what the device learned is known to the projections."""
        state.changed = False

    def close(self) -> None:
        """Let go of the device; what it learned stays."""
        try:
            self.fetch_learned()
        finally:
            if self._owned:
                self.simulation.device.close()

    def fetch_learned(self) -> None:
        """Tell the plastic projections their weights."""
        if self._unlearned or self.stale:
            return
        self._unlearned = True
        for projection, parts in self._made.learning.items():
            weights = projection.weights_at_start().copy()
            for name, connections, rows, columns in parts:
                held = self.simulation.weights(name)
                weights[connections] = held[rows, columns] / self._made.scale[projection]
            projection.learn(weights)

    def run(self, steps: int) -> None:
        """Go on for `steps` steps."""
        state = self._state
        self._prepare()
        self._initialize()
        spikes = Firing(state, steps)
        stimuli: dict[Any, Any] = spikes.stimuli(self._made, steps)
        for source in state.current_sources:
            self._inject(source, stimuli)
        recorded = {}
        for population, name in self._made.names.items():
            cells = population.recorder.wanted("v")
            if cells.size:
                recorded[name] = cells
                population.recorder.keep_v(state.step, cells, self._v(population, cells)[None])
        self._unlearned = not self._made.learning
        result = None
        try:
            result = self.simulation.run_steps(steps, stimuli, record_v=recorded)
        finally:
            done = self.simulation.last if result is None else result
            if done is not None and done.start == state.step - self._first:
                self._keep(done, spikes)

    def _keep(self, result: Result, spikes: "Firing") -> None:
        """What came of a run, which may have ended early."""
        state = self._state
        spikes.emit(result.steps, self._made.longest_lag)
        for source in state.current_sources:
            source.keep(state.step, result.steps)
        for population, name in self._made.names.items():
            when, who = result.spikes[name]
            times = np.around((when + 1 + self._first) * state.dt, 9)
            population.recorder.keep_spikes(times, who)
            if name in result.v:
                population.recorder.keep_v(state.step + 1, result.v_neurons[name], result.v[name] * 1e3)
        state.step += result.steps

    def _prepare(self) -> None:
        """What the device holds is what the script describes, at the script's time."""
        state = self._state
        if state.changed:
            if not self.stale:
                self.fetch_learned()
            device = self.simulation.device
            if self.stale:
                made = describe(state, longest_delay(state, None if is_free(state) else device))
                self.simulation = load(state, made.network, device)
            else:
                made = describe(state, device.config.max_delay)
                exchange(self.simulation, made.network)
            self._made = made
            state.changed = False
        elif self.stale:
            self.simulation.reset()
            if self._made.learning:
                self.simulation.device.write_region(dm.WEIGHTS, self.simulation.image.weights)
        if self.stale:
            self._first = 0
        self.stale = False

    def _initialize(self) -> None:
        """Initial values that were given since the last run."""
        for population, name in self._made.names.items():
            given = population.to_initialize
            if "v" in given:
                self.simulation.set_state(name, "v", population.start["v"] * 1e-3)
            currents = [population.start[k] for k in ("isyn_exc", "isyn_inh") if k in given]
            if any(current.any() for current in currents):
                # The device's current decays before it acts.
                tau = self._made.network.populations[name].model.array("tau_syn", population.size)
                decay = np.exp(-self._made.network.dt / tau)
                self.simulation.set_state(name, "i", sum(currents) * 1e-9 / decay)
            given.clear()

    def _v(self, population: Any, cells: NDArray[np.int64]) -> NDArray[np.float64]:
        """V now, mV: at the start as it was asked for."""
        if self._state.step == 0 and "v" in population.start:
            return population.start["v"][cells]
        return self.simulation.state(self._made.names[population])[cells] * 1e3

    def _inject(self, source: Any, stimuli: dict[Any, Any]) -> None:
        owners, members = self._state.located(source.cells)
        for owner in np.unique(owners):
            name = self._made.names[self._state.populations[owner]]
            cells, times = np.unique(members[owners == owner], return_counts=True)
            view = self._made.network.populations[name][cells]
            stimuli.setdefault(view, []).append(Injected(source, times, self._first))
