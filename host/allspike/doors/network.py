"""The network that users make: a description, and its ways to and from files and other programs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..checks import checked_flag
from ..describe import network as described
from ..describe import network_file
from ..errors import ParameterError
from ..map.config import Config
from ..names import checked_arguments

if TYPE_CHECKING:
    import nir


class Network(described.Network):
    """A network: build it up with `inputs`, `neurons` and `connect`.

    Parameters
    ----------
    dt : float
        Seconds a step, above 0.
    seed : int
        What patterns without a seed of their own are drawn from, 0 or more: each projection from this, its
        name and the kind of its pattern. So projections are wired independently, a script gives the same
        network each time, and what is added to it changes nothing that was there.

    Raises
    ------
    ParameterError
        If a value is out of its range.

    Examples
    --------
    >>> net = Network()
    >>> pixels = net.inputs(64, "pixels")
    >>> cells = net.neurons(10, LIF(tau_m=10e-3), "cells")
    >>> net.connect(pixels, cells, weight=2e-9)
    <Projection 'pixels-cells': 640 static synapses>
    >>> net.connect(cells[:5], cells[5:], FixedProbability(0.5), weight=1e-9)
    <Projection 'cells-cells': 10 static synapses>
    """

    def save(self, path: str | Path) -> None:
        """Write the network to one file (arrays and JSON; no code can hide in it).

        Raises
        ------
        FileError
            If the place cannot be written.
        ParameterError
            If it was translated from another program's, whose file keeps more than this one would.
        """
        if self.translation is not None:
            raise ParameterError(
                f"a network translated from {self.translation.home}: save that, or an image."
            )
        network_file.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a network.

        Raises
        ------
        FileError
            If the file is missing, damaged or no network.
        """
        return cls._of(network_file.load(path))

    @classmethod
    @checked_arguments
    def from_superneuromat(
        cls,
        source: Any,
        *,
        name: int | str = 0,
        exact: bool = False,
        config: Config | str | None = None,
        dt: float = 1e-3,
    ) -> Self:
        """Translate a network of SuperNeuroMAT 3.5; what became of it is in its `translation`.

        Parameters
        ----------
        source : SNN, str or Path
            An object of SuperNeuroMAT, or the path of a file of its `saveas_json`.
        name : int or str
            Which network of a file.
        exact : bool
            Refuse what would not give the same spikes and weights.
        config : Config or str, optional
            A build or preset whose widths to translate for; by default the widest, which most builds have.
        dt : float
            Seconds that a step stands for.

        Raises
        ------
        FileError
            If the file is missing, damaged or of another kind.
        ParameterError
            If it is no such network, or not exact though it must be.
        """
        from ..superneuromat.translate import translate  # noqa: PLC0415  (most networks are described here)

        exact = checked_flag("exact", exact)
        return cls._of(translate(source, name=name, exact=exact, config=config, dt=dt))

    @classmethod
    @checked_arguments
    def from_nir(
        cls,
        source: Any,
        *,
        origin: str | None = None,
        dt: float | None = None,
        reset: str | Mapping[str, str] | None = None,
        integration: str | None = None,
        spikes: str | Mapping[str, str] | None = None,
        fires: str | None = None,
        exact: bool = False,
    ) -> Self:
        """Translate a network of NIR: docs/nir.md; what became of it is in its `translation`.

        A file says neither its step nor how its neurons reset, so the program that wrote it is named, or the
        options one by one; options override what the program does.

        Parameters
        ----------
        source : str, Path or nir.NIRGraph
            A file, or a graph.
        origin : str, optional
            The program that wrote it: one of `allspike.nir.ORIGINS`, such as "snntorch".
        dt : float, optional
            A step, in the graph's unit of time; by default the file's if it determines it, else the origin's.
        reset : str or mapping, optional
            "to", "to late", "subtract", "subtract late" or "none"; or one for each kind of node.
        integration : str, optional
            "euler" or "exponential".
        spikes : str or mapping, optional
            What a spike is: a "pulse" of one step, a "jump", or "plain"; or one for each kind of node.
        fires : str, optional
            ">" or ">=".
        exact : bool
            Refuse what would not give the same spikes but for the rounding of weights.

        Raises
        ------
        FileError
            If the file is missing, damaged or no NIR.
        ParameterError
            If a node is not supported, an option is unknown, or something that must be said is not.
        MissingExtraError
            If the package nir is not installed.
        """
        from ..nir.choosing import Options  # noqa: PLC0415  (as in from_superneuromat)
        from ..nir.translate import network_of  # noqa: PLC0415

        exact = checked_flag("exact", exact)
        options = Options(
            origin=origin, dt=dt, reset=reset, integration=integration, spikes=spikes, fires=fires
        )
        return cls._of(network_of(source, options, exact=exact))

    @classmethod
    @checked_arguments
    def from_torch(
        cls,
        module: Any,
        input_shape: int | tuple[int, ...],
        *,
        dt: float | None = None,
        children_in_order: bool = False,
        exact: bool = False,
    ) -> Self:
        """Translate a network of torch modules with neurons of snnTorch, SpikingJelly or Norse.

        The modules are read by the names of their classes and attributes; torch is not imported. All that
        they say is kept: how and when a neuron resets, thresholds and decays one a neuron, loops. Populations
        have the dotted names of the modules. What became of them is in the network's `translation`, which
        makes the stimuli of an array of spikes, and the outputs of a result.

        Parameters
        ----------
        module : torch.nn.Module, list or dict
            An `nn.Sequential`, or a container of Norse or SpikingJelly, however nested; or modules in the
            order in which they are used, in a dict with their names. A `forward` written by hand cannot be
            read.
        input_shape : int or tuple of int
            Shape of one step of one sample.
        dt : float, optional
            Seconds that a step stands for; by default that of Norse's neurons, else 1 ms.
        children_in_order : bool
            Take the layers of a module whose forward is written by hand in the order of their definition.
        exact : bool
            Refuse what would not give the same spikes but for the rounding of weights.

        Raises
        ------
        ParameterError
            Naming a module that is not supported, and the nearest that is.
        CapacityError
            If no build could hold so many neurons and inputs.

        Examples
        --------
        >>> def module(package, name, **attributes):  # what modules hold, where there is no torch
        ...     return type(name, (), {"__module__": package, "_modules": {}, **attributes})()
        >>> fc = module("torch.nn", "Linear", weight=[[0.7, 0.4]], bias=[0.0])
        >>> lif = module(
        ...     "snntorch", "Leaky", beta=0.5, threshold=1.0, reset_mechanism="zero", reset_delay=True
        ... )
        >>> net = Network.from_torch({"fc": fc, "lif": lif}, input_shape=2)
        >>> net.translation.run(Simulation(net), [[1, 0], [1, 0], [1, 1]])["output"].ravel()
        array([False,  True,  True])
        """
        from ..modules.translate import translate  # noqa: PLC0415  (as in from_superneuromat)

        exact = checked_flag("exact", exact)
        in_order = checked_flag("children_in_order", children_in_order)
        return cls._of(translate(module, input_shape, dt=dt, children_in_order=in_order, exact=exact))

    @checked_arguments
    def to_nir(self, path: str | Path | None = None) -> "nir.NIRGraph":
        """The network as a graph of NIR, and as a file if there is a path.

        Populations become nodes LIF, IF or CubaLIF, projections Affine, delays Delay, as snnTorch and
        SpikingJelly write them, so that readers of NIR understand the graph. What NIR has no field for (a
        step, a subtracting reset, a refractory period, an adapting threshold, a linear leak) is in the
        metadata, from which `from_nir` makes the very same network.

        Parameters
        ----------
        path : str or Path, optional
            Where to write it.

        Returns
        -------
        nir.NIRGraph

        Raises
        ------
        ParameterError
            If the network learns, has no neurons, or was translated from another program's.
        FileError
            If the place cannot be written.
        MissingExtraError
            If the package nir is not installed.

        Warns
        -----
        QuantisationWarning
            If neurons do something that other readers of the file leave out.

        Examples
        --------
        >>> net = Network()
        >>> net.connect(net.inputs(2, "in"), net.neurons(1, delta_lif(tau_m=5e-3), "cell"), weight=0.5)
        <Projection 'in-cell': 2 static synapses>
        >>> sorted(net.to_nir().nodes)
        ['cell', 'in', 'in-cell', 'output']
        """
        from ..nir.writing import write  # noqa: PLC0415  (as in from_superneuromat)

        return write(self, path)
