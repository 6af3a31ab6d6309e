"""Networks that are a stack of layers."""

from collections.abc import Iterable
from itertools import pairwise

from ..errors import ParameterError
from ..showing import brief
from .lif import LIF, delta_lif
from .network import Network
from .population import Neurons
from .projection import Weights


def layers(
    net: Network, sizes: Iterable[int], model: LIF | None = None, weight: Weights = 1.0
) -> list[Neurons]:
    """Add populations `layer0`, `layer1`, ... of these sizes, each connected all-to-all to the next.

    Parameters
    ----------
    net : Network
    sizes : sequence of int
        Neurons of each layer.
    model : LIF, optional
        The model of all layers; by default `delta_lif()`.
    weight : number, array or callable
        As in `Network.connect`, for each projection: amperes, or volts for delta synapses.

    Returns
    -------
    list of Neurons

    Raises
    ------
    ParameterError
        If a size is out of range, or the network has such a layer already.

    Examples
    --------
    >>> layers(Network(), [8, 4, 2], LIF(), weight=1e-9)[1:]
    [<Neurons 'layer1': 4 LIF()>, <Neurons 'layer2': 2 LIF()>]
    """
    if not isinstance(net, Network):
        raise ParameterError(f"net = {brief(net)} is no Network.")
    if isinstance(sizes, str) or not isinstance(sizes, Iterable):
        raise ParameterError(f"sizes = {brief(sizes)} must be a sequence of layer sizes.")
    model = delta_lif() if model is None else model
    populations = [net.neurons(size, model, f"layer{k}") for k, size in enumerate(sizes)]
    for pre, post in pairwise(populations):
        net.connect(pre, post, weight=weight)
    return populations
