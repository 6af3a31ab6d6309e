"""A network on a device: run it, and read and change it in the user's units."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import device_map as dm
from .checks import checked_count, checked_indices, checked_number
from .compiler import compile_network
from .config import Config
from .device import Device, Progress
from .devices import is_made_to_order
from .devices import open as open_device
from .errors import ParameterError
from .image import Image
from .loaded import LoadedNetwork
from .network import Network
from .recording import WeightHistory
from .results import Result
from .running import Spikes, interrupts
from .stimulus import Poisson, Stimulus

Stimuli = Mapping[Any, Stimulus]
"""A stimulus for each input population, given as the population or by its name."""
Recorded = Mapping[Any, ArrayLike]
"""Neurons to record of each population, given as the population or by its name."""


class Simulation(LoadedNetwork):
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

    last: Result | None

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
        self.last = None
        self._owned = isinstance(device, str)
        if isinstance(device, str) and not is_made_to_order(device):
            device = open_device(device)
        try:
            if isinstance(device, Device) and config is None:
                config = device.config
            if isinstance(network, Image):
                image = network if seed is None else replace(network, seed=seed)
            else:
                image = compile_network(
                    network, config, weight_unit=weight_unit, weight_shift=weight_shift, seed=seed or 0
                )
            if isinstance(device, str):
                device = open_device(device, image.config)
            device.load(image)
        except BaseException:
            if self._owned and isinstance(device, Device):
                device.close()
            raise
        super().__init__(image, device)

    def __repr__(self) -> str:
        return f"<Simulation of {len(self._populations)} populations on {self.device!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned:
            self.device.close()

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
        history = WeightHistory(self._weights_of, learning, every)
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
            weights=self._weights_of(learning),
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
