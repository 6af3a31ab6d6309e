"""The STDP window of a device, measured as in a laboratory: by pairing one spike before with one after."""

from dataclasses import dataclass

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_count, plain_array
from ..describe.connect import OneToOne
from ..describe.learning import STDP
from ..describe.lif import delta_lif
from ..describe.network import Network
from ..device.device import Device
from ..errors import ParameterError
from ..map.config import Config
from ..stimulus import SpikeList
from .simulation import Simulation

_LAGS = 41
_SPAN = 3.0
"""By default lags reach this many time constants to both sides."""


@dataclass(frozen=True)
class Window:
    """Weight change of an isolated pair of spikes against its lag, in the units of the rule's weights.

    Examples
    --------
    >>> rule = STDP(a_plus=0.1, a_minus=0.1, w_max=1.0, rounding="nearest")
    >>> window = measure_window(rule, lags=[-10e-3, 10e-3], repeats=1)
    >>> bool(abs(window.measured - window.theory).max() < window.unit)
    True
    """

    lags: NDArray[np.float64]
    """Firing minus arrival, s, [lags], ascending."""
    measured: NDArray[np.float64]
    """Mean change that the device made, [lags]."""
    error: NDArray[np.float64]
    """Standard error of that mean, [lags]; 0 for a rule that rounds to the nearest."""
    theory: NDArray[np.float64]
    """`STDP.window` of the rule, [lags]."""
    unit: float
    """The weight of one weight unit of the device."""
    rule: STDP | None = None
    """The rule that was measured."""


def measure_window(
    rule: STDP,
    device: str | Device = "emulator",
    lags: ArrayLike | None = None,
    *,
    repeats: int = 64,
    dt: float = 1e-3,
    config: Config | str | None = None,
) -> Window:
    """Measure the STDP window of a device by pairing.

    One synapse a lag: its input spikes once, its neuron is forced to fire once, the weight is read before and
    after. Every repeat starts from rest, in the middle of the weight's range, with another seed.

    Parameters
    ----------
    rule : STDP
    device : str or Device
        As in `Simulation`.
    lags : array [lags], optional
        Firing minus arrival, s; taken to whole steps. By default 41 from -3 `tau_minus` to 3 `tau_plus`.
    repeats : int
        Pairs a lag, over which stochastic rounding averages out.
    dt : float
        Seconds a step.
    config : Config or str, optional
        As in `Simulation`.

    Returns
    -------
    Window

    Raises
    ------
    ParameterError
        If there are no lags, or no repeats.
    CapacityError
        If the build has fewer than 2 inputs and 1 neuron a lag.

    Examples
    --------
    >>> rule = STDP(a_plus=0.1, a_minus=0.05, w_max=1.0)
    >>> measure_window(rule, lags=[-10e-3, 0.0, 10e-3], repeats=8).measured.shape
    (3,)
    """
    repeats = checked_count("repeats", repeats, 1)
    steps = _whole_steps(rule, lags, dt)
    net = _bench(rule, steps.size, dt)
    first = max(0, -int(steps.min()))
    length = first + max(0, int(steps.max())) + 2
    lanes = np.arange(steps.size)
    stimuli = {
        "pre": SpikeList(np.full(steps.size, first), lanes),
        "force": SpikeList(first + steps, lanes),
    }
    changes = np.zeros((repeats, steps.size))
    with Simulation(net, device, config) as simulation:
        start = np.diag(net["pre-cells"].weights)
        for repeat in range(repeats):
            simulation.reset(seed=repeat)
            simulation.set_weights("pre-cells", start)
            before = simulation.weights("pre-cells").diagonal()
            simulation.run_steps(length, stimuli)
            changes[repeat] = simulation.weights("pre-cells").diagonal() - before
        unit = float(simulation.image.weight_unit[0])
    times = np.asarray(steps * dt, np.float64)
    return Window(
        lags=times,
        measured=np.asarray(changes.mean(0)),
        error=np.asarray(changes.std(0) / np.sqrt(repeats)),
        theory=rule.window(times),
        unit=unit,
        rule=rule,
    )


def _whole_steps(rule: STDP, lags: ArrayLike | None, dt: float) -> NDArray[np.int64]:
    if lags is None:
        lags = np.linspace(-_SPAN * rule.tau_minus, _SPAN * rule.tau_plus, _LAGS)
    times = np.atleast_1d(plain_array("lags", lags)).ravel()
    if times.size == 0 or not np.isfinite(times).all():
        raise ParameterError("lags must be one or more finite numbers of seconds.")
    return np.unique(np.rint(times / dt).astype(np.int64))


def _bench(rule: STDP, size: int, dt: float) -> Network:
    """`size` neurons that fire when forced and at no other time, each with one plastic synapse."""
    net = Network(dt=dt)
    pre, force = net.inputs(size, "pre"), net.inputs(size, "force")
    strong = max(abs(rule.w_min), abs(rule.w_max))
    middle = (rule.w_min + rule.w_max) / 2
    # Above the plastic synapse alone, below the force with the plastic synapse, be it negative.
    threshold = (max(middle, 0.0) + strong + min(middle, 0.0)) / 2
    cells = net.neurons(size, delta_lif(tau_m=0.0, v_thresh=threshold), "cells")
    net.connect(pre, cells, OneToOne(), weight=middle, stdp=rule)
    net.connect(force, cells, OneToOne(), weight=strong)
    return net
