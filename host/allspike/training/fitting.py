"""Training of a described network by surrogate gradients, in JAX; needs the extra `training`."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_count, checked_indices, checked_number, plain_array
from ..describe.projection import Projection
from ..describe.selection import projection_name, resolve
from ..doors.network import Network
from ..errors import ParameterError
from ..map.config import MAX_WEIGHT_BITS
from ..names import checked_arguments
from ..optional import optional
from ..showing import some
from .comparing import output_of
from .dynamics import Dynamics
from .floating import Progress
from .quantising import quantise

_STEEPEST = 1.0
"""Norm to which a gradient is cut: through many steps some are huge, and one spoils what AdamW remembers."""
Read = Literal["v", "spikes"]
Examples = NDArray[np.bool_] | Callable[[np.random.Generator], NDArray[np.bool_]]
"""[samples, steps, inputs], or a function that draws them anew for every epoch."""


def surrogate(slope: float = 10.0) -> Callable[[Any], Any]:
    """A threshold with a gradient, for `Dynamics.step`: a step forwards, a fast sigmoid's slope backwards.

    Parameters
    ----------
    slope : float
        How narrow: the gradient is `1 / (1 + slope * |x|) ** 2` (Zenke and Ganguli 2018), x being V less the
        threshold, in units of the threshold's distance from rest where thresholds are 1.

    Returns
    -------
    callable
        Of arrays of JAX.

    Raises
    ------
    MissingExtraError
        If JAX is not installed.

    Examples
    --------
    >>> import jax
    >>> fire = asp.training.surrogate()
    >>> fire(jax.numpy.array([-0.1, 0.0])).tolist(), jax.grad(fire)(-0.1).tolist()
    ([0.0, 1.0], 0.25)
    """
    jax, _ = _libraries()
    slope = checked_number("slope", slope, 0.0, 1e9, "a number of 0 or more")

    @jax.custom_vjp
    def fire(over: Any) -> Any:
        return jax.numpy.asarray(over >= 0, dtype=jax.numpy.result_type(over))

    def forwards(over: Any) -> tuple[Any, Any]:
        return fire(over), over

    def backwards(over: Any, gradient: Any) -> tuple[Any]:
        return (gradient / (1 + slope * jax.numpy.abs(over)) ** 2,)

    fire.defvjp(forwards, backwards)
    return fire


@checked_arguments
def fit(
    network: Network,
    inputs: Examples,
    labels: ArrayLike,
    *,
    projections: Iterable[Any] | None = None,
    output: Any = None,
    read: Read = "v",
    scale: float = 1.0,
    bits: int | None = None,
    epochs: int = 100,
    batch: int = 64,
    rate: float = 5e-3,
    decay: float = 1e-2,
    smoothing: float = 0.1,
    seed: int = 0,
    progress: Progress | None = None,
) -> Network:
    """Train the weights of a network to classify, by backpropagation through time with surrogate gradients.

    The loss is the cross-entropy of a softmax of what is read of the output neurons; the optimiser is AdamW,
    its rate falling as half a cosine. A population that is read by V needs thresholds out of its reach, some
    hundred times its weights.

    Parameters
    ----------
    network : Network
        With initial weights, without plastic synapses. Its neurons stay as they are.
    inputs : bool [samples, steps, inputs], or callable
        Input spikes, in the order of the input populations. A function gets a generator
        (`numpy.random.Generator`) at each epoch and returns them, for samples that are disturbed anew.
    labels : int [samples]
        The class of each: the index of its neuron in the output population.
    projections : iterable of projections or names, optional
        Whose weights are trained; by default all. The others stay as they are.
    output : population or str, optional
        By default the last that sends to no other.
    read : "v" or "spikes"
        What makes the class: the highest V at the end, or the most spikes.
    scale : float
        What a unit of that counts in the softmax. Good answers are 3 to 10 apart: less for long runs, in
        which a small change of a weight moves what is read far.
    bits : int, optional
        Train with weights rounded as a build of so many bits has them (`quantise`); by default in float.
    epochs, batch : int
        Times that all samples are seen; samples of a step of the optimiser.
    rate, decay : float
        The first learning rate, and the decay of weights, which also keeps outliers small.
    smoothing : float
        Of the labels, from 0 to below 1.
    seed : int
        Of the order of the samples, and of the generator of `inputs`.
    progress : callable, optional
        Called with the epochs done and all epochs.

    Returns
    -------
    Network
        A copy with the trained weights.

    Raises
    ------
    ParameterError
        If the network learns by itself, or a value or a shape does not fit.
    MissingExtraError
        If JAX or Optax is not installed.

    Examples
    --------
    >>> net = Network()
    >>> pre, out = net.inputs(8, "pre"), net.neurons(2, delta_lif(tau_m=np.inf, v_thresh=100.0), "out")
    >>> _ = net.connect(pre, out, weight=np.zeros((8, 2)))
    >>> labels = np.arange(20) % 2
    >>> rates = np.where(np.arange(8) // 4 == labels[:, None], 0.4, 0.1)
    >>> spikes = np.random.default_rng(0).random((20, 10, 8)) < rates[:, None]
    >>> trained = asp.training.fit(net, spikes, labels, epochs=30)
    >>> v = asp.training.float_run(trained, {pre.name: spikes}, record_v=True).v("out")
    >>> bool(np.mean(v[:, -1].argmax(axis=1) == labels) > 0.9)
    True
    """
    jax, optax = _libraries()
    dynamics = Dynamics(network)
    if read not in ("v", "spikes"):
        raise ParameterError(f'read = {read!r:.40}: it is "v" or "spikes".')
    rng = np.random.default_rng(checked_count("seed", seed))
    draw = inputs if callable(inputs) else lambda _: inputs
    known = {population.name: population for population in network.neuron_populations}
    name = output_of(network) if output is None else resolve(output, known, "population of neurons")[0].name
    places = dynamics.places(name)
    targets = checked_indices("labels", labels, places.size)
    if not targets.size:
        raise ParameterError("labels are empty: give the class of at least one sample.")
    batch = min(checked_count("batch", batch, 1), targets.size)
    epochs = checked_count("epochs", epochs)
    if bits is not None:
        checked_count("bits", bits, 2, MAX_WEIGHT_BITS)
    smoothing = checked_number("smoothing", smoothing, 0.0, 0.999, "a number from 0 to below 1")
    rate = checked_number("rate", rate, 0.0, 1e9, "a number of 0 or more")
    scale = checked_number("scale", scale, 0.0, 1e9, "a number of 0 or more")
    decay = checked_number("decay", decay, 0.0, 1e9, "a number of 0 or more")
    schedule = optax.cosine_decay_schedule(rate, max(epochs * (targets.size // batch), 1))
    bounded = optax.clip_by_global_norm(_STEEPEST)
    optimiser = optax.chain(bounded, optax.adamw(schedule, weight_decay=decay))
    trained = list(network.projections) if projections is None else _names(network, projections)
    fire = surrogate()
    reads_v = read == "v"

    def scores(moving: dict[str, Any], spikes: Any) -> Any:
        weights = fixed | moving
        matrix = dynamics.matrix(weights if bits is None else _rounded(network, weights, bits))

        def step(state: Any, arriving: Any) -> tuple[Any, Any]:
            state, fired = dynamics.step(state, arriving, matrix, fire=fire)
            return state, None if reads_v else fired[:, places]

        state, fired = jax.lax.scan(step, dynamics.start(len(spikes), matrix), spikes.swapaxes(0, 1))
        return scale * (state.v[:, places] if reads_v else fired.sum(axis=0))

    def loss(weights: dict[str, Any], spikes: Any, wanted: Any) -> Any:
        odds = scores(weights, spikes)
        smooth = optax.smooth_labels(jax.nn.one_hot(wanted, odds.shape[1]), smoothing)
        return optax.softmax_cross_entropy(odds, smooth).mean()

    @jax.jit
    def improved(weights: Any, state: Any, spikes: Any, wanted: Any) -> tuple[Any, Any]:
        slopes = jax.grad(loss)(weights, spikes, wanted)
        updates, state = optimiser.update(slopes, state, weights)
        return optax.apply_updates(weights, updates), state

    fixed = {name: jax.numpy.asarray(w.astype(np.float32)) for name, w in dynamics.weights().items()}
    weights: Any = {name: fixed[name] for name in trained}
    state = optimiser.init(weights)
    for epoch in range(epochs):
        spikes = _checked(draw(rng), targets.size, dynamics.inputs)
        order = rng.permutation(targets.size)
        for rows in order[: targets.size // batch * batch].reshape(-1, batch):
            weights, state = improved(weights, state, spikes[rows].astype(np.float32), targets[rows])
        if progress is not None:
            progress(epoch + 1, epochs)
    return network.with_weights({name: np.asarray(matrix, np.float64) for name, matrix in weights.items()})


def _rounded(network: Network, weights: dict[str, Any], bits: int) -> dict[str, Any]:
    """All weights as a device holds them: what goes onto the same population shares its neurons' units."""
    rounded: dict[str, Any] = {}
    for population in network.neuron_populations:
        onto = {name: weights[name] for name, p in network.projections.items() if p.post is population}
        rounded |= quantise(onto, bits) if onto else {}
    return rounded


def _names(network: Network, projections: Any) -> list[str]:
    """The names of projections that are given as objects or by their names, one or several."""
    keys = [projections] if isinstance(projections, str | Projection) else projections
    return [projection_name(key, network.projections) for key in keys]


def _checked(spikes: Any, samples: int, inputs: int) -> NDArray[np.bool_]:
    """Input spikes [samples, steps, inputs].

    Raises
    ------
    ParameterError
        If they are none.
    """
    array = plain_array("inputs", spikes)
    if array.ndim != 3 or array.shape[0] != samples or array.shape[2] != inputs:
        raise ParameterError(
            f"inputs have shape {array.shape}; {some(samples, 'label')} and {some(inputs, 'input')} need "
            f"[{samples}, steps, {inputs}]."
        )
    if not np.isin(array, (0, 1)).all():
        raise ParameterError(
            "inputs hold more than 0 and 1: an input spikes in a step or not, so encode them."
        )
    return array > 0


def _libraries() -> tuple[Any, Any]:
    """JAX and Optax.

    Raises
    ------
    MissingExtraError
        If one is not installed.
    """
    purpose = "training with surrogate gradients"
    return optional("jax", "training", purpose), optional("optax", "training", purpose)
