"""What a network computes before anything is rounded: one step of it, in any library of arrays.

The equations are those of `docs/model.md` in real numbers, so a run in float64 is what the device would give
with infinitely many bits, and a run in JAX or PyTorch has gradients. Nothing saturates and nothing learns.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..aliases import NDArray
from ..checks import checked_count
from ..compiler.lif.physics import physics
from ..compiler.placement import delay_steps, place, required
from ..describe.network import Network
from ..describe.selection import resolve
from ..errors import ParameterError
from ..names import WithNearest, checked_arguments
from ..showing import brief
from .arrays import is_array, namespace


class State(NamedTuple):
    """Between two steps; arrays [samples, neurons] unless said, potentials from rest."""

    v: Any
    """V."""
    i: Any
    """I, in the user's units of weights."""
    theta: Any
    """The adaptive part of the threshold."""
    rest: Any
    """Steps of refractoriness left."""
    sent: Any
    """[samples, longest delay, neurons]: 1 where a neuron fired in the last step, the one before, ..."""


class Dynamics(WithNearest):
    """One step of a network in real numbers, for a batch of samples, in NumPy, JAX, PyTorch and the like.

    Neurons and axons are in the order of the device: populations as they were added, inputs before neurons.

    Parameters
    ----------
    network : Network
        Without plastic synapses.

    Raises
    ------
    ParameterError
        If it learns.
    CapacityError
        If it has no neurons.

    Notes
    -----
    `step` is made of functions that all array libraries share, and `fire` is where a surrogate gradient goes
    in: a function that is a step forwards and something smooth backwards (Neftci, Mostafa and Zenke 2019).
    The reset takes no part in the gradient.

    Examples
    --------
    >>> net = Network()
    >>> _ = net.connect(net.inputs(2, "in"), net.neurons(1, delta_lif(), "cell"), weight=[[0.5], [0.75]])
    >>> dynamics = asp.training.Dynamics(net)
    >>> weights = dynamics.matrix(dynamics.weights())
    >>> state, fired = dynamics.step(dynamics.start(3), np.array([[0.0, 1], [1, 0], [1, 1]]), weights)
    >>> fired.T, state.v.T
    (array([[0., 0., 1.]]), array([[0.75, 0.5 , 0.  ]]))
    """

    network: Network
    """Whose dynamics they are."""
    inputs: int
    """How many inputs the network has."""
    neurons: int
    """And how many neurons."""

    @checked_arguments
    def __init__(self, network: Network) -> None:
        if network.stdp is not None:
            raise ParameterError(
                "the network has synapses that learn, which no run in real numbers computes: run it on the "
                "emulator, or connect them without stdp."
            )
        required(network)
        delays = [delay_steps(network, population) for population in network.neuron_populations]
        placement, cell = place(network), physics(network)
        self.network, self.inputs, self.neurons = network, placement.inputs, placement.neurons
        self._start = placement.start
        self._delay = np.concatenate(delays).astype(np.int64)
        with np.errstate(divide="ignore"):
            fading = np.exp(-network.dt / cell["tau_theta"])
        self._constants = {
            "beta": cell.beta, "alpha": cell.alpha, "charge": cell.charge, "drift": cell.drift,
            "leak": cell["leak"] * network.dt, "fading": fading, "raised": cell["theta_plus"],
            "threshold": cell["v_thresh"] - cell["v_rest"], "reset": cell["v_reset"] - cell["v_rest"],
            "amount": cell["v_subtract"], "refractory": np.rint(cell["t_ref"] / network.dt),
            "moved": cell.span / cell["c_m"], "v_rest": cell["v_rest"],
        }  # fmt: skip
        self._subtract, self._integrate = cell.subtract, cell.integrate
        strict = {} if network.translation is None else network.translation.strict
        populations = network.neuron_populations
        self._strict = np.concatenate([np.full(p.size, strict.get(p.name, False)) for p in populations])

    def places(self, population: Any) -> NDArray[np.int64]:
        """Where the members of a population or view are: among the neurons, or among the inputs."""
        found, members = resolve(population, self.network.populations)
        return self._start[found.name] + (np.arange(found.size) if members is None else members)

    @property
    def v_rest(self) -> NDArray[np.float64]:
        """[neurons]: volts at V = 0."""
        return self._constants["v_rest"]

    @property
    def alpha(self) -> NDArray[np.float64]:
        """[neurons]: what is left of I after a step."""
        return self._constants["alpha"]

    @property
    def beta(self) -> NDArray[np.float64]:
        """[neurons]: what is left of V after a step."""
        return self._constants["beta"]

    def weights(self) -> dict[str, NDArray[np.float64]]:
        """The weights of every projection by its name, [pre, post], 0 where there is no synapse."""
        return {name: projection.matrix() for name, projection in self.network.projections.items()}

    def apart(self, matrix: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """The weights of every projection by its name, [pre, post], of all [inputs + neurons, neurons]."""
        found = {}
        for name, projection in self.network.projections.items():
            neurons = projection.pre in self.network.neuron_populations
            axons = self.places(projection.pre) + (self.inputs if neurons else 0)
            found[name] = matrix[np.ix_(axons, self.places(projection.post))]
        return found

    def matrix(self, weights: Mapping[str, Any]) -> Any:
        """The weights of all synapses as one array [inputs + neurons, neurons].

        Parameters
        ----------
        weights : mapping
            As from `weights`: from each projection's name to an array [pre, post] of any library. Where the
            projection has no synapse, what is there counts as 0, and has no gradient.

        Raises
        ------
        ParameterError
            If weights are missing, are no array, or have another shape.
        """
        missing = [name for name in self.network.projections if name not in weights]
        if missing:
            raise ParameterError(f"weights of {missing[0]!r} are missing: give those of every projection.")
        wrong = next((name for name in weights if not is_array(weights[name])), None)
        if wrong is not None:
            raise ParameterError(
                f"weights of {wrong!r} are {brief(weights[wrong])}: give an array, of NumPy, JAX or PyTorch."
            )
        if not weights:
            return np.zeros((self.inputs + self.neurons, self.neurons))
        like = next(iter(weights.values()))
        xp = namespace(like)
        blocks: dict[tuple[str, str], Any] = {}
        for name, projection in self.network.projections.items():
            block, key = weights[name], (projection.pre.name, projection.post.name)
            shape = (projection.pre.size, projection.post.size)
            if tuple(block.shape) != shape:
                raise ParameterError(
                    f"weights of {name!r} have shape {tuple(block.shape)}; they are {shape}."
                )
            if len(projection) < shape[0] * shape[1]:
                there = np.zeros(shape)
                there[tuple(projection.pairs)] = 1
                block = block * xp.asarray(there, dtype=like.dtype)
            blocks[key] = blocks[key] + block if key in blocks else block
        columns = []
        for post in self.network.neuron_populations:
            pres = [*self.network.input_populations, *self.network.neuron_populations]
            parts = [
                blocks.get((pre.name, post.name), xp.zeros((pre.size, post.size), dtype=like.dtype))
                for pre in pres
            ]
            columns.append(xp.concat(parts, axis=0))
        return xp.concat(columns, axis=1)

    def start(self, samples: int, like: Any = None) -> State:
        """The state after a reset.

        Parameters
        ----------
        samples : int
        like : array, optional
            Whose library and kind of numbers to use; by default NumPy's float64.
        """
        shape = (checked_count("samples", samples), self.neurons)
        like = np.zeros(0) if like is None else like
        zeros = namespace(like).zeros
        empty = zeros(shape, dtype=like.dtype)
        sent = zeros((shape[0], int(self._delay.max()), shape[1]), dtype=like.dtype)
        return State(empty, empty, empty, empty, sent)

    def step(
        self,
        state: State,
        inputs: Any,
        weights: Any,
        currents: Any = None,
        fire: Callable[[Any], Any] | None = None,
    ) -> tuple[State, Any]:
        """One step.

        Parameters
        ----------
        state : State
        inputs : array [samples, inputs]
            1 where an input spikes.
        weights : array [inputs + neurons, neurons]
            From `matrix`.
        currents : array [samples, neurons], optional
            Amperes that flow into the neurons.
        fire : callable, optional
            What V less the threshold makes of a neuron: 1 at 0 or above, else 0; with a gradient of its own.

        Returns
        -------
        State, fired : array [samples, neurons]
            1 where a neuron fired.
        """
        arrived = namespace(weights).concat([inputs, self.arriving(state)], axis=1)
        return self.advance(state, arrived, weights, currents, fire)

    def advance(
        self,
        state: State,
        arrived: Any,
        weights: Any,
        currents: Any = None,
        fire: Callable[[Any], Any] | None = None,
    ) -> tuple[State, Any]:
        """One step in which the spikes of given axons arrive, [samples, inputs + neurons]; else as `step`."""
        xp = namespace(weights)
        c = {name: xp.asarray(values, dtype=weights.dtype) for name, values in self._constants.items()}
        i = c["alpha"] * state.i + arrived @ weights
        v = c["beta"] * state.v
        if self._constants["leak"].any():
            v = xp.sign(v) * xp.clip(xp.abs(v) - c["leak"], 0, None)
        v = v + c["charge"] * i + c["drift"]
        if currents is not None:
            v = v + c["moved"] * currents
        rest, theta = state.rest, state.theta
        if self._constants["refractory"].any():
            held = (rest > 0) & xp.asarray(~self._integrate)
            v = xp.where(held, state.v, v)
        over = v - (c["threshold"] + theta)
        fired = self._fired(xp, over, weights.dtype) if fire is None else fire(over)
        if self._constants["refractory"].any():
            fired = xp.where(rest > 0, xp.zeros_like(fired), fired)
            rest = xp.where(fired > 0, c["refractory"], xp.clip(rest - 1, 0, None))
        if self._constants["raised"].any():
            theta = c["fading"] * theta + c["raised"] * fired
        after = xp.where(xp.asarray(self._subtract), v - c["amount"], c["reset"])
        v = xp.where(fired > 0, after, v)
        sent = xp.concat([fired[:, None], state.sent[:, :-1]], axis=1)
        return State(v, i, theta, rest, sent), fired

    def arriving(self, state: State) -> Any:
        """Whose spikes arrive in the next step, [samples, neurons]."""
        if state.sent.shape[1] == 1:
            return state.sent[:, 0]
        return state.sent[:, self._delay - 1, np.arange(self.neurons)]

    def _fired(self, xp: Any, over: Any, dtype: Any) -> Any:
        """1 at or above the threshold; of neurons of other programs that fire above it alone, above it."""
        if not self._strict.any():
            return xp.asarray(over >= 0, dtype=dtype)
        return xp.asarray(xp.where(xp.asarray(self._strict), over > 0, over >= 0), dtype=dtype)
