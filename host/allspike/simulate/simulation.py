"""A network on a device: run it, and read and change it in the user's units."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..compiler.given import WeightUnit
from ..describe.network import Network
from ..device.device import Device, Progress
from ..image.image import Image
from ..map.config import Config
from ..names import checked_arguments
from ..results.result import Result
from ..writing import check_writable
from .checkpoint import Checkpoint
from .network_runs import RunningNetwork
from .opening import opened
from .source import Source


class Simulation(RunningNetwork):
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
        As in `compile_network`; not for an image, which is compiled already.

    Attributes
    ----------
    image : Image
    device : Device
    last : Result or None
        Of the last run, also of one that Ctrl-C or a failing device ended early.

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(3, LIF(i_offset=1e-9), "cells")
    >>> Simulation(net).run(0.1).counts("cells")
    array([3, 3, 3])
    """

    last: Result | None

    @checked_arguments
    def __init__(
        self,
        network: Network | Image,
        device: str | Device = "emulator",
        config: Config | str | None = None,
        *,
        seed: int | None = None,
        weight_unit: WeightUnit | None = None,
        weight_shift: int | None = None,
    ) -> None:
        self.last = None
        self._source = Source(network, weight_unit, weight_shift)
        found = opened(self._source, device, config, seed)
        self._owned = found.owned
        super().__init__(found.image, found.device)

    def __repr__(self) -> str:
        return f"<Simulation of {len(self._parts.populations)} populations on {self._device!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned:
            self._device.close()

    def _tell_additions(self) -> None:
        self._source.tell_additions()

    def _check_compiled(self, key: Any) -> None:
        self._source.check_compiled(key, {*self._parts.populations, *self._parts.projections})

    def reset(self, seed: int | None = None) -> None:
        """State and time as at the start; weights stay as they are. Optionally another seed.

        Raises
        ------
        ParameterError
            If the seed is no whole number from 0 to 2**32 - 1.
        """
        self.device.reset(seed)

    def checkpoint(self, path: str | Path) -> None:
        """Write all that it takes to go on from here, later or elsewhere, as if nothing had been between.

        Between two runs, or after one that Ctrl-C ended. The file holds arrays and no code. That of the
        emulator is the state itself; that of any other device also what was done since the last `reset`
        (over a line, where the weights were learned, since an earlier one as long as that is quicker to do
        again than weights are to fetch), which `resume` does again.

        Parameters
        ----------
        path : str or Path
            Such as "half.npz".

        Raises
        ------
        FileError
            If the place cannot be written.
        DeviceError
            If a run is under way; or the device is no emulator and what was done since the last reset takes
            more than 256 MB, or was not done by this simulation alone.

        Examples
        --------
        >>> net = Network()
        >>> cells = net.neurons(3, LIF(i_offset=1e-9), "cells")
        >>> Simulation(net).checkpoint("start.npz")
        >>> Simulation.resume("start.npz").run(0.1).counts("cells")
        array([3, 3, 3])
        """
        check_writable(path)
        Checkpoint.of(self.image, self.device).save(path)

    @classmethod
    def resume(
        cls,
        path: str | Path | Checkpoint,
        device: str | Device = "emulator",
        *,
        progress: Progress | None = None,
    ) -> Self:
        """The simulation of a checkpoint, where it stood: state, weights, spikes under way, generators, step.

        What it then computes is what the uninterrupted simulation would have, on whatever device each part
        ran. On the emulator a checkpoint of the emulator is set at once; otherwise everything since the last
        reset runs again, which takes as long as it took, and what comes of it is compared.

        Parameters
        ----------
        path : str, Path or Checkpoint
            What `checkpoint` wrote, or that file already read.
        device : str or Device
            Where it goes on: the name of a device, or an open one.
        progress : callable, optional
            Called now and then with the steps done again and those to do.

        Returns
        -------
        Simulation
            Its next result starts at the step of the checkpoint, and its device's counters go on.

        Raises
        ------
        FileError
            If the file is missing, damaged, or no checkpoint.
        DeviceError
            If the device is of another build, or comes to something else.
        """
        kept = path if isinstance(path, Checkpoint) else Checkpoint.load(path)
        simulation = cls(kept.journal.base, device)
        try:
            kept.bring(simulation.device, progress)
        except BaseException:
            simulation.__exit__(None, None, None)
            raise
        simulation.image = kept.image
        return simulation
