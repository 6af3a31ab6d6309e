"""The populations and projections of a translated network."""

from collections.abc import Container, Mapping

import numpy as np
from numpy.typing import NDArray

from ..compiler.lif.physics import Physics
from ..compiler.scaling import HEADROOM
from ..describe.connect import Pairs
from ..describe.lif import LIF
from ..describe.network import Network
from .drives import Drive
from .flat import Port
from .neurons import Neuron
from .places import Taps
from .wiring import Wiring

RELAYS = "relays"
_NOTHING = 2.0**-20
"""A factor of a step that is held as 0."""
_MOST_ROOM = 8
"""Times the sum of all weights: no more is set aside for neurons that only are read."""


def free_name(name: str, taken: Container[str]) -> str:
    """A name like this one that no node has."""
    while name in taken:
        name += "_"
    return name


def model(
    one: Neuron,
    dt: float,
    delay: NDArray[np.int64],
    constant: NDArray[np.float64],
    coming: NDArray[np.float64],
) -> LIF:
    """A neuron's parameters: those from which the compiler makes these factors, and a weight is what it adds.

    Parameters
    ----------
    one : Neuron
    dt : float
        Seconds a step.
    delay : int [size]
        Steps of its axons.
    constant : [size]
        What is added to V in every step.
    coming : [size]
        The sum of all weights onto it. A neuron that is only read gets a threshold so far out; where V passes
        it, the neuron fires and loses nothing.
    """
    current = one.alpha > _NOTHING
    # A current needs a membrane that keeps something of it: so little as rounds to nothing.
    beta = np.where(current, np.maximum(one.beta, _NOTHING), one.beta)
    with np.errstate(divide="ignore"):
        tau_m, tau_syn = -dt / np.log(beta), np.where(current, -dt / np.log(one.alpha), 0.0)
        tau_m = np.where(beta == 1, np.inf, tau_m)
    none = np.zeros(one.cells.size, bool)
    unit = {"tau_m": tau_m, "tau_syn": tau_syn, "c_m": np.ones(one.cells.size)}
    known = Physics(dt, unit, none, none)
    far = one.rest + _far(one, constant, coming)
    return LIF(
        tau_m=tau_m,
        tau_syn=tau_syn,
        c_m=np.where(current, known.charge, 1.0),
        v_rest=one.rest,
        v_thresh=np.where(np.isinf(one.threshold), far, one.threshold),
        v_drift=constant / known.span,
        t_ref=one.held * dt,
        delay=delay * dt,
        **({"v_reset": one.reset} if one.amount is None else {"reset": "subtract", "v_subtract": one.amount}),
    )


def _far(one: Neuron, constant: NDArray[np.float64], coming: NDArray[np.float64]) -> NDArray[np.float64]:
    """A threshold for neurons that only are read, [size], by which the compiler gives V the room it needs.

    It leaves HEADROOM times the threshold. V comes to the sum of its weights over (1 - alpha) (1 - beta) when
    all inputs spike in every step, but room for all of that would take the last bits of weights from neurons
    that are slow.
    """
    once = np.where(coming > 0, coming + np.abs(constant), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        always = (coming / (1 - one.alpha) + np.abs(constant)) / (1 - one.beta)
    most = np.nan_to_num(always / HEADROOM, nan=0.0, posinf=np.inf)
    return np.clip(most, once, _MOST_ROOM * once)


def taps(port: Port, links: list[Drive], lag: Mapping[str, int], later: str) -> Taps:
    """By how many steps the host must delay each channel of an input, for all that it reaches.

    Parameters
    ----------
    port : Port
    links : list of Drive
    lag : mapping
        Of each node of neurons.
    later : str
        What to call the population of channels that come once more.
    """
    when: list[set[int]] = [set() for _ in range(port.size)]
    for link in links:
        if link.pre == port.name:
            for channel in np.flatnonzero((link.matrix != 0).any(axis=1)).tolist():
                when[channel].add(int(link.late[channel]) + lag[link.post])
    again = [(channel, shift) for channel, mine in enumerate(when) for shift in sorted(mine)[1:]]
    channels, shifts = np.array(again, np.int64).reshape(-1, 2).T
    return Taps(port, np.array([min(mine, default=0) for mine in when], np.int64), channels, shifts, later)


def add_inputs(net: Network, tap: Taps) -> None:
    """The populations of an input."""
    net.inputs(tap.port.size, tap.port.name)
    if tap.again.size:
        net.inputs(tap.again.size, tap.later)


def connect_inputs(net: Network, tap: Taps, links: list[Drive], lag: Mapping[str, int]) -> None:
    """The synapses of an input."""
    first: dict[str, NDArray[np.float64]] = {}
    again: dict[str, NDArray[np.float64]] = {}
    for link in links:
        if link.pre == tap.port.name:
            shift = link.late + lag[link.post]
            now = np.where((shift == tap.shift)[:, None], link.matrix, 0.0)
            first[link.post] = first.get(link.post, 0.0) + now
            mine = (shift[tap.again] == tap.again_shift)[:, None]
            again[link.post] = again.get(link.post, 0.0) + np.where(mine, link.matrix[tap.again], 0.0)
    for name, matrices in ((tap.port.name, first), (tap.later, again)):
        for post, matrix in matrices.items():
            if matrix.any():
                net.connect(name, post, matrix)


def connect(net: Network, wiring: Wiring) -> None:
    """The synapses of neurons, and the relays."""
    for (pre, post), matrix in wiring.direct.items():
        net.connect(pre, post, matrix)
    if not wiring.relay_pre:
        return
    relays = net.neurons(
        len(wiring.relay_pre),
        LIF(
            tau_m=0.0, tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=1.0,
            delay=np.array(wiring.relay_delay) * net.dt,
        ),
        free_name(RELAYS, net.populations),
    )  # fmt: skip
    fired: dict[str, list[tuple[int, int]]] = {}
    for k, (pre, neuron) in enumerate(wiring.relay_pre):
        fired.setdefault(pre or relays.name, []).append((neuron, k))
    for pre, pairs in fired.items():
        rows, columns = zip(*pairs, strict=True)
        net.connect(pre, relays, Pairs(list(rows), list(columns)), weight=1.0)
    for post, entries in wiring.relayed.items():
        matrix = np.zeros((relays.size, net[post].size))
        for k, weights in entries:
            matrix[k] += weights
        net.connect(relays, post, matrix)
