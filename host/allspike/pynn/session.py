"""The network on a device: loaded at the first run, changed where the script changed it, and run on."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from .. import device_map as dm
from ..aliases import NDArray
from ..compiler import choose_config, compile_network, required
from ..config import Config
from ..devices import is_made_to_order
from ..devices import open as open_device
from ..errors import CapacityError, ParameterError, TimingWarning
from ..image import Image
from ..loaded import LoadedNetwork
from ..network import Network
from ..notices import warn
from ..plausible import taken_as_given
from ..results import Result
from ..simulation import Simulation
from ..stimulus.spikes import SpikeList
from .currents import Injected
from .description import Description, describe
from .simulator import State
from .sources import Spikes

_MOST_DELAY = 128
_ROUNDING = 1e-6


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
        _Spikes(state, steps).emit(steps, 0)
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
        self._made = describe(state)
        self._owned = isinstance(state.device, str)
        self.simulation = _simulation(state, self._made.network)
        """What runs it."""
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
        spikes = _Spikes(state, steps)
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
            if done is not None and done.start == state.step:
                self._keep(done, spikes)

    def _keep(self, result: Result, spikes: "_Spikes") -> None:
        """What came of a run, which may have ended early."""
        state = self._state
        spikes.emit(result.steps, self._made.longest_lag)
        for source in state.current_sources:
            source.keep(state.step, result.steps)
        for population, name in self._made.names.items():
            when, who = result.spikes[name]
            population.recorder.keep_spikes(np.around((when + 1) * state.dt, 9), who)
            if name in result.v:
                population.recorder.keep_v(state.step + 1, result.v_neurons[name], result.v[name] * 1e3)
        state.step += result.steps

    def _prepare(self) -> None:
        """What the device holds is what the script describes, at the script's time."""
        state = self._state
        if state.changed:
            if not self.stale:
                self.fetch_learned()
            made = describe(state)
            if self.stale:
                self._load(made)
            else:
                self._exchange(made)
            self._made = made
            state.changed = False
        elif self.stale:
            self.simulation.reset()
            if self._made.learning:
                self.simulation.device.write_region(dm.WEIGHTS, self.simulation.image.weights)
        self.stale = False

    def _load(self, made: Description) -> None:
        """Another network from time 0 on."""
        state, device = self._state, self.simulation.device
        needs = required(made.network)
        if (
            isinstance(state.device, str)
            and is_made_to_order(state.device)
            and needs.shortfalls(device.config)
        ):
            device.close()
            self.simulation = _simulation(state, made.network)
        else:
            with taken_as_given():
                self.simulation = Simulation(made.network, device, seed=state.seed)

    def _exchange(self, made: Description) -> None:
        """Other parameters, weights or connections, in mid-run: the state stays."""
        simulation, device = self.simulation, self.simulation.device
        try:
            with taken_as_given():
                image = compile_network(made.network, device.config, seed=self._state.seed)
        except CapacityError as error:
            raise CapacityError(
                f"the network outgrew its device in mid-run: {error} Describe it whole before the first "
                "run, or call reset() first."
            ) from None
        _exchange(simulation, image)

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
            stimuli.setdefault(view, []).append(Injected(source, times))


class _Spikes:
    """What the sources of a state fire in a run, and where it arrives.

    Parameters
    ----------
    state : State
    steps : int
        Of the run.
    """

    def __init__(self, state: State, steps: int) -> None:
        self._state = state
        self._new = {
            population: _drawn(population, state.step + steps)
            for population in state.populations
            if population.train is not None and (steps or state.step == 0)
        }

    def stimuli(self, made: Description, steps: int) -> dict[str, SpikeList]:
        """Spikes that arrive in the run, by the names of the inputs."""
        found = {}
        for population, (name, cells, lags) in made.inputs.items():
            assert population.train is not None
            new = self._new.get(population, (np.zeros(0), np.zeros(0, np.int64)))
            times, who = (np.concatenate(parts) for parts in zip(population.train.past, new, strict=True))
            order = np.argsort(who, kind="stable")
            who, fired = who[order], population.train.steps(times[order])
            first, last = np.searchsorted(who, cells), np.searchsorted(who, cells, side="right")
            inputs = np.repeat(np.arange(cells.size), last - first)
            places = np.concatenate([np.zeros(0, np.int64), *map(np.arange, first, last)])
            when = fired[places] + lags[inputs] - self._state.step
            inside = (when >= 0) & (when < steps)
            found[name] = SpikeList(when[inside], inputs[inside])
        return found

    def emit(self, steps: int, horizon: int) -> None:
        """Record them, as far as a run came."""
        state = self._state
        last = state.step + steps
        for population, (times, cells) in self._new.items():
            assert population.train is not None
            mine = population.train.steps(times) <= last
            spikes = times[mine], cells[mine]
            population.train.fired(spikes, last, horizon)
            population.recorder.keep_spikes(*spikes)
            _say_rounded(state, population, spikes[0])


def _drawn(population: Any, last: int) -> Spikes:
    try:
        return population.train.spikes(population.parameters, last)
    except ParameterError as error:
        raise ParameterError(f"population {population.label!r}: {error}") from None


def _say_rounded(state: State, population: Any, times: NDArray[np.float64]) -> None:
    steps = population.train.steps(times)
    off = np.abs(times / state.dt - steps) > _ROUNDING
    if off.any():
        time, acts = times[off][0], state.time(int(steps[off][0]))
        warn(
            f"population {population.label!r}: {np.count_nonzero(off):,} of {off.size:,} spike times are no "
            f"multiples of the timestep, {state.dt:g} ms: a spike of {time:g} ms acts as one of {acts:g} ms.",
            TimingWarning,
        )


def _simulation(state: State, network: Network) -> Simulation:
    """The network, loaded onto the device that the script asked for."""
    device = state.device
    if isinstance(device, str) and is_made_to_order(device) and ":" not in device:
        config = _build(network) if state.config is None else state.config
        with taken_as_given():
            return Simulation(network, device, config, seed=state.seed)
    opened = open_device(device, state.config) if isinstance(device, str) else device
    try:
        config = state.config if isinstance(device, str) and not is_made_to_order(device) else None
        with taken_as_given():
            return Simulation(network, opened, config, seed=state.seed)
    except BaseException:
        if isinstance(device, str):
            opened.close()
        raise


def _build(network: Network) -> Config | None:
    """None if a preset holds the network; else the smallest build that does.

    Raises
    ------
    ParameterError
        If a delay is longer than any build has.
    """
    try:
        choose_config(network, None)
        return None
    except CapacityError:
        needs = required(network)
    if needs.max_delay > _MOST_DELAY:
        raise ParameterError(
            f"the longest delay takes {needs.max_delay:,} steps of {network.dt * 1e3:g} ms, and an axon has "
            f"at most {_MOST_DELAY}: use a longer timestep or shorter delays."
        )
    base = Config()
    return Config(
        neurons=math.ceil(needs.neurons / base.lanes) * base.lanes,
        inputs=needs.inputs,
        max_delay=max(base.max_delay, 1 << (needs.max_delay - 1).bit_length()),
        event_ring=max(base.event_ring, 1 << (2 * needs.inputs + 3).bit_length()),
    )


def _exchange(simulation: Simulation, image: Image) -> None:
    """Give a simulation another image in mid-run: V and I stay what they are in volts and amperes."""
    old, device = simulation.image, simulation.device
    state = {name: device.read(f"neuron_state.{name}").astype(np.float64) for name in ("v", "i")}
    simulation.image = replace(image, seed=old.seed)
    for region, values in image.regions():
        if values.size and not np.array_equal(values, getattr(old, _FIELDS[region.name])):
            device.write_region(region, values)
    if image.weight_shift != old.weight_shift:
        device.write("control.weight_shift", image.weight_shift)
    top = image.config.state_max
    volts = state["v"] * old.v_unit + old.v_rest
    for name, now in (
        ("v", (volts - image.v_rest) / image.v_unit),
        ("i", state["i"] * (old.i_unit / image.i_unit)),
    ):
        kept = np.clip(np.rint(now), -top, top)
        if not np.array_equal(kept, state[name]):
            device.write(f"neuron_state.{name}", kept)
    LoadedNetwork.__init__(simulation, simulation.image, device)


_FIELDS = {
    "neuron_params": "neuron_params",
    "input_params": "input_params",
    "weights": "weights",
    "plastic": "plastic",
    "learning": "learning",
}
"""Of regions, what an image calls them."""
