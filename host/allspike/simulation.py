"""A network on a device: run it, read it and change it in the user's units."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import device_map as dm
from .checks import checked_array, checked_count, checked_indices, checked_number
from .compiler import compile_network
from .config import Config
from .device import Device, Progress
from .devices import is_made_to_order
from .devices import open as open_device
from .errors import ParameterError
from .freezing import freeze
from .image import Image, PopulationSymbol, ProjectionSymbol
from .network import Network, Population
from .recording import WeightHistory
from .results import Result
from .running import Spikes, interrupts
from .stimulus import Poisson, Stimulus

Stimuli = Mapping[Any, Stimulus]
"""A stimulus for each input population, given as the population or by its name."""
Recorded = Mapping[Any, ArrayLike]
"""Neurons to record of each population, given as the population or by its name."""

_STATE = {"v": "v", "i": "i", "theta": "a", "trace": "y", "refractory": "refractory"}


class Simulation:
    """A network, compiled and loaded.

    Parameters
    ----------
    network : Network or Image
    device : str or Device
        Where it runs: the name of a device, or an open one.
    config : Config or str, optional
        The build to compile for; by default the device's if it is open or a board, else the smallest preset
        that fits.
    seed : int
        Start of the device's random generators; by default the image's, or 0.
    weight_unit, weight_shift : optional
        As in `compile_network`.

    Attributes
    ----------
    image : Image
    device : Device
    last : Result or None
        Of the last run, also of one that Ctrl-C ended early.

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(3, LIF(i_offset=1e-9), "cells")
    >>> Simulation(net).run(0.1).counts("cells")
    array([3, 3, 3])
    """

    def __init__(
        self,
        network: Network | Image,
        device: str | Device = "emulator",
        config: Config | str | None = None,
        *,
        seed: int | None = None,
        weight_unit: float | None = None,
        weight_shift: int | None = None,
    ) -> None:
        self.last: Result | None = None
        self._owned = isinstance(device, str)
        if isinstance(device, str) and not is_made_to_order(device):
            device = open_device(device)
        try:
            if isinstance(device, Device) and config is None:
                config = device.config
            if isinstance(network, Image):
                self.image = network if seed is None else replace(network, seed=seed)
            else:
                self.image = compile_network(
                    network, config, weight_unit=weight_unit, weight_shift=weight_shift, seed=seed or 0
                )
            if isinstance(device, str):
                device = open_device(device, self.image.config)
            self.device = device
            self.device.load(self.image)
        except BaseException:
            if self._owned and isinstance(device, Device):
                device.close()
            raise
        self._populations = {symbol.name: symbol for symbol in self.image.populations}
        self._projections = {symbol.name: symbol for symbol in self.image.projections}

    def __repr__(self) -> str:
        return f"<Simulation of {len(self._populations)} populations on {self.device!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned:
            self.device.close()

    # Running

    def run(
        self,
        duration: float,
        stimuli: Stimuli | None = None,
        *,
        record_v: Recorded | None = None,
        record_weights: int | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """Run for `duration` seconds from where the network is; else as `run_steps`."""
        return self.run_steps(
            self.steps_of(duration),
            stimuli,
            record_v=record_v,
            record_weights=record_weights,
            progress=progress,
        )

    def steps_of(self, duration: float) -> int:
        """Steps in `duration` seconds, to the nearest.

        Raises
        ------
        ParameterError
            If that is no number of 0 or more.
        """
        longest = (2**dm.STEP_BITS - 1) * self.image.dt
        meaning = f"a number of seconds from 0 to {longest:g}"
        return round(checked_number("duration", duration, 0, longest, meaning) / self.image.dt)

    def run_steps(
        self,
        steps: int,
        stimuli: Stimuli | None = None,
        *,
        record_v: Recorded | None = None,
        record_weights: int | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """Run `steps` steps from where the network is.

        Parameters
        ----------
        steps : int
        stimuli : mapping, optional
            A stimulus for each input population that is not silent.
        record_v : mapping, optional
            The neurons of each population whose membrane potential to record, after every step; the device
            then stops at every step to be read.
        record_weights : int, optional
            Record the weights of the plastic projections every so many steps, first and last step included.
        progress : callable, optional
            Called now and then with the steps done and the steps asked for.

        Returns
        -------
        Result

        Raises
        ------
        ParameterError
            If a stimulus does not fit its population or the run.
        KeyboardInterrupt
            After Ctrl-C; the device then stands still, and `last` has the result up to there.
        """
        steps = checked_count("steps", steps)
        when, who = self._events(steps, stimuli or {})
        recorded = {
            symbol.name: checked_indices(f"record_v of {symbol.name}", neurons, symbol.size)
            for symbol, neurons in (
                (self._symbol(key, "neurons"), neurons) for key, neurons in (record_v or {}).items()
            )
        }
        learning = tuple(p.name for p in self.image.projections if p.plastic)
        every = 0 if record_weights is None else checked_count("record_weights", record_weights, 1)
        history = WeightHistory(self.weights, learning, every)
        start = self.device.step
        before = self.device.counters()
        with interrupts() as stop:
            if recorded or every:
                spikes, v = self._run_recording(steps, (when, who), recorded, history, progress, stop)
            else:
                spikes, v = self.device.run(steps, (when, who), progress, stop), {}
            interrupted = stop.is_set()
        after = self.device.counters()
        weight_steps, weight_history = history.arrays()
        self.last = Result(
            dt=self.image.dt,
            start=start,
            steps=self.device.step - start if interrupted else steps,
            sizes={s.name: s.size for s in self.image.populations if s.kind == "neurons"},
            spikes=self._by_population(*spikes),
            v=v,
            v_neurons=recorded,
            weights={name: self.weights(name) for name in learning},
            weight_steps=weight_steps,
            weight_history=weight_history,
            counters={name: after[name] - before[name] for name in after},
        )
        if interrupted:
            raise KeyboardInterrupt
        return self.last

    def reset(self, seed: int | None = None) -> None:
        """State and time as at the start; weights stay as they are. Optionally another seed."""
        self.device.reset(seed)

    def _symbol(self, key: Population | str, kind: str) -> PopulationSymbol:
        name = key if isinstance(key, str) else key.name
        symbol = self._populations.get(name)
        if symbol is None or symbol.kind != kind:
            known = ", ".join(s.name for s in self.image.populations if s.kind == kind) or "none"
            raise ParameterError(f"there is no population of {kind} named {name!r}; there are: {known}.")
        return symbol

    def _events(self, steps: int, stimuli: Stimuli) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Events of all stimuli as device inputs; also sets up the Poisson draws."""
        found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = [(np.zeros(0, np.int64),) * 2]
        rates = np.zeros(self.device.config.inputs)
        for key, stimulus in stimuli.items():
            symbol = self._symbol(key, "inputs")
            when, who = stimulus.events(steps, symbol.size)
            found.append((when, who + symbol.start))
            if isinstance(stimulus, Poisson):
                rates[symbol.start : symbol.start + symbol.size] = stimulus.rates(symbol.size, self.image.dt)
        whole = np.minimum(np.rint(rates * dm.RATE_ONE), dm.RATE_ONE - 1)
        lost = rates[(whole == 0) & (rates > 0)]
        if lost.size:
            least = 1 / dm.RATE_ONE / self.image.dt
            raise ParameterError(
                f"a Poisson rate of {lost.min() / self.image.dt:g} Hz rounds to zero; the device draws in "
                f"steps of {least:.3g} Hz: use a longer dt, or draw the spikes on the host as a SpikeList."
            )
        self._set_poisson(whole)
        when, who = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return when, who

    def _set_poisson(self, rates: NDArray[np.float64]) -> None:
        drawing = bool(rates.any())
        if drawing and not self.device.config.poisson:
            raise ParameterError(
                "this device draws no Poisson spikes: draw them on the host, as a SpikeArray."
            )
        if rates.size and not np.array_equal(self.device.read("rate"), rates):
            self.device.write("rate", rates)
        flags = int(self.device.read("control.flags")[0]) & ~dm.ControlFlag.POISSON
        self.device.write("control.flags", flags | (dm.ControlFlag.POISSON if drawing else 0))

    def _by_population(
        self, when: NDArray[np.int64], who: NDArray[np.int64]
    ) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        spikes = {}
        for symbol in self.image.populations:
            if symbol.kind == "neurons":
                mine = (who >= symbol.start) & (who < symbol.start + symbol.size)
                spikes[symbol.name] = (when[mine], who[mine] - symbol.start)
        return spikes

    def _run_recording(
        self,
        steps: int,
        events: Spikes,
        recorded: dict[str, NDArray[np.int64]],
        history: WeightHistory,
        progress: Progress | None,
        stop: threading.Event,
    ) -> tuple[Spikes, dict[str, NDArray[np.float64]]]:
        """In pieces, reading V or weights after each: step by step if V is recorded."""
        order = np.argsort(events[0], kind="stable")
        when, who = (part[order] for part in events)
        places = {name: self._populations[name].start + neurons for name, neurons in recorded.items()}
        traces = {name: np.zeros((steps, place.size)) for name, place in places.items()}
        found: list[Spikes] = [(np.zeros(0, np.int64),) * 2]
        length = 1 if recorded else history.every
        start = self.device.step
        if history.every:
            history.note(start)
        done = 0
        while done < steps and not stop.is_set():
            until = min(done + length, steps)
            first, last = np.searchsorted(when, (done, until))
            found.append(self.device.run(until - done, (when[first:last] - done, who[first:last])))
            if recorded:
                v = self.device.read("v")
                for name, place in places.items():
                    traces[name][done] = v[place] * self.image.v_unit[place] + self.image.v_rest[place]
            if history.every and (until % history.every == 0 or until == steps):
                history.note(start + until)
            done = until
            if progress is not None:
                progress(done, steps)
        traces = {name: trace[:done] for name, trace in traces.items()}
        spikes = tuple(np.concatenate(parts) for parts in zip(*found, strict=True))
        return (spikes[0], spikes[1]), traces

    # Reading and changing

    def state(self, population: Population | str, name: str = "v") -> NDArray[np.float64]:
        """State of a population's neurons now, [neurons].

        Parameters
        ----------
        population : Neurons or str
        name : str
            "v" (V), "i" (amperes; volts for delta synapses), "theta" (the adaptive part of the threshold, V),
            "trace" (the post trace, in units of the device) or "refractory" (steps left).

        Raises
        ------
        ParameterError
            If there is no such population or state.
        """
        symbol = self._symbol(population, "neurons")
        if name not in _STATE:
            raise ParameterError(f"there is no state {name!r}; there are: {', '.join(_STATE)}.")
        part = slice(symbol.start, symbol.start + symbol.size)
        values = self.device.read(f"neuron_state.{_STATE[name]}")[part].astype(np.float64)
        return values * self._unit(name)[part] + (self.image.v_rest[part] if name == "v" else 0.0)

    def set_state(self, population: Population | str, name: str, values: ArrayLike) -> None:
        """Set a state of a population's neurons, in the units of `state`, rounded to those of the device.

        Raises
        ------
        ParameterError
            If a value does not fit.
        """
        symbol = self._symbol(population, "neurons")
        if name not in _STATE:
            raise ParameterError(f"there is no state {name!r}; there are: {', '.join(_STATE)}.")
        part = slice(symbol.start, symbol.start + symbol.size)
        given = checked_array(name, values, (symbol.size,)) - (
            self.image.v_rest[part] if name == "v" else 0.0
        )
        whole = np.rint(given / self._unit(name)[part])
        top = self.image.config.state_max
        if name in ("v", "i", "theta") and whole.size and np.abs(whole).max() > top:
            raise ParameterError(
                f"{name} of {symbol.name} holds up to {top} units, not {np.abs(whole).max():g}."
            )
        self.device.write(f"neuron_state.{_STATE[name]}", whole, part)

    def _unit(self, name: str) -> NDArray[np.float64]:
        if name in ("v", "theta"):
            return self.image.v_unit
        return self.image.i_unit if name == "i" else np.ones_like(self.image.v_unit)

    def _synapses(self, projection: str) -> tuple[ProjectionSymbol, NDArray[np.int64], NDArray[np.int64]]:
        name = projection if isinstance(projection, str) else projection.name
        if name not in self._projections:
            known = ", ".join(self._projections) or "none"
            raise ParameterError(f"there is no projection {name!r}; there are: {known}.")
        symbol = self._projections[name]
        pre, post = self._populations[symbol.pre], self._populations[symbol.post]
        axon = pre.start + (self.image.config.inputs if pre.kind == "neurons" else 0)
        return symbol, axon + symbol.pairs[0], post.start + symbol.pairs[1]

    def weights(self, projection: str) -> NDArray[np.float64]:
        """Weights of a projection as the device holds them now, [pre, post], in the user's units."""
        symbol, axons, neurons = self._synapses(projection)
        dense = np.zeros((self._populations[symbol.pre].size, self._populations[symbol.post].size))
        held = self.device.read_region(dm.WEIGHTS)[axons, neurons]
        dense[tuple(symbol.pairs)] = held * self.image.weight_unit[neurons]
        return dense

    def set_weights(self, projection: str, weights: ArrayLike) -> None:
        """Set the weights of a projection, [pre, post], in the user's units; only its synapses are changed.

        Raises
        ------
        ParameterError
            If a weight is beyond what a synapse holds.
        """
        symbol, axons, neurons = self._synapses(projection)
        shape = (self._populations[symbol.pre].size, self._populations[symbol.post].size)
        given = checked_array("weights", weights, shape)[tuple(symbol.pairs)]
        whole = np.rint(given / self.image.weight_unit[neurons])
        config = self.image.config
        if whole.size and (whole.min() < config.weight_min or whole.max() > config.weight_max):
            worst = int(np.argmax(np.where(whole < 0, whole / config.weight_min, whole / config.weight_max)))
            edge = config.weight_min if whole[worst] < 0 else config.weight_max
            limit = edge * self.image.weight_unit[neurons[worst]]
            raise ParameterError(
                f"a weight of {given[worst]:g} is beyond the {limit:g} that a synapse holds."
            )
        self.device.write("weights", whole, (axons, neurons))

    @property
    def learning_gain(self) -> float:
        """Scale of all weight changes: 1 as the rule says, 0 none, negative reversed; the third factor."""
        return int(self.device.read("gain")[0]) / dm.GAIN_ONE

    @learning_gain.setter
    def learning_gain(self, gain: float) -> None:
        low, high = -128 / dm.GAIN_ONE, 127 / dm.GAIN_ONE
        gain = checked_number("learning_gain", gain, low, high, f"a number from {low:g} to {high:.4g}")
        self.device.write("gain", round(gain * dm.GAIN_ONE))

    def snapshot(self) -> Image:
        """The image with the weights as they are now: what learning made. `frozen()` makes it static."""
        return replace(self.image, weights=self.device.read_region(dm.WEIGHTS))

    def freeze(self, config: Config | str | None = None) -> Image:
        """What was learned, as the image of a static network that runs on a build without plasticity.

        Weights stay as they are now; the adaptive part of each threshold becomes part of the threshold.

        Parameters
        ----------
        config : Config or str, optional
            The build that the image is for, or the name of a preset, such as "up5k-static" for what was
            learned on "up5k"; by default the same build without plasticity.

        Raises
        ------
        CapacityError
            If the network does not fit that build.
        ParameterError
            If an adapted threshold cannot stay as it is.
        """
        return freeze(self.snapshot(), self.device.read("neuron_state.a"), config)
