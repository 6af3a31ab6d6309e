"""Neurons that answer with their V, and the answers to samples: in float64, or on a device."""

from typing import Any

import numpy as np

from ..aliases import NDArray
from ..checks import checked_number
from ..describe.lif import LIF, delta_lif
from ..describe.network import Network
from ..errors import ParameterError
from ..names import checked_arguments
from ..simulate.simulation import Simulation
from .fitting import Read
from .floating import Progress, float_run
from .samples import Runs, apart, length_of


def readout(reach: float = 100.0) -> LIF:
    """Neurons that sum the weights of what reaches them, and never fire: what is read of them is V.

    Parameters
    ----------
    reach : float
        The threshold, which V is not to come to. V is as fine as `reach / 2**21`, so some hundred times the
        weights is right.

    Examples
    --------
    >>> asp.training.readout()
    LIF(tau_m=inf, tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=100.0)
    """
    reach = checked_number("reach", reach, np.finfo(float).tiny, 1e300, "a number above 0")
    return delta_lif(tau_m=np.inf, v_thresh=reach)


@checked_arguments
def answers(
    source: Network | Simulation,
    runs: Runs,
    output: Any,
    *,
    read: Read = "v",
    steps: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.int64]:
    """Which output neuron is the first, for each sample.

    Parameters
    ----------
    source : Network or Simulation
        A network is run in float64; a simulation on its device, a reset before each sample. What a translated
        network starts from (its `translation.start`) a simulation does not know: use `translation.run`.
    runs : mapping, or sequence of mappings
        As in `float_run`.
    output : population or str
    read : "v" or "spikes"
        Whether the highest V at the end makes the first, or the most spikes.
    steps : int, optional
        Of each run; by default as many as the arrays have.
    progress : callable, optional
        Called with what is done and what is to do: steps in float64, samples on a device.

    Returns
    -------
    int [samples]

    Raises
    ------
    ParameterError
        If a value or a stimulus does not fit.

    Examples
    --------
    >>> net = Network()
    >>> pre, out = net.inputs(2, "pre"), net.neurons(2, asp.training.readout(), "out")
    >>> _ = net.connect(pre, out, weight=[[1.0, 0.0], [0.0, 1.0]])
    >>> spikes = np.array([[[1, 1], [0, 1]], [[1, 0], [1, 1]]])
    >>> [asp.training.answers(source, {pre: spikes}, out) for source in (net, Simulation(net))]
    [array([1, 0]), array([1, 0])]
    """
    if read not in ("v", "spikes"):
        raise ParameterError(f'read = {read!r:.40}: it is "v" or "spikes".')
    if isinstance(source, Network):
        run = float_run(source, runs, steps, record_v=read == "v", progress=progress)
        return (run.v(output)[:, -1] if read == "v" else run.counts(output)).argmax(axis=1)
    if not isinstance(source, Simulation):
        raise ParameterError(f"{source!r:.60} is no network and no simulation.")
    samples = apart(runs)
    steps = length_of(samples) if steps is None else steps
    found = []
    for stimuli in samples:
        source.reset()
        result = source.run_steps(steps, stimuli)
        found.append((source.state(output, "v") if read == "v" else result.counts(output)).argmax())
        if progress is not None:
            progress(len(found), len(samples))
    return np.array(found, np.int64)
