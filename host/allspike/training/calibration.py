"""Weight units, clipping, rounding and the shift, chosen such that a trained network loses least."""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..aliases import NDArray
from ..compiler import compile_network
from ..describe.selection import resolve
from ..doors.network import Network
from ..errors import ParameterError, QuantisationWarning
from ..image.image import Image
from ..map.config import Config
from ..names import WithNearest, checked_arguments
from ..showing import some
from ..simulate.simulation import Simulation
from .choosing import EMULATIONS, Contest, picked
from .comparing import Comparison, Loss, emulated, output_of
from .dynamics import Dynamics
from .floating import Progress, run_samples
from .rounding import candidates, nearest
from .samples import Runs, samples_of
from .telling import Kept, kept_of, text

Rounding = Literal["compensated", "nearest"]
_KEEP = 11
"""Candidates of each neuron that are run, besides the compiler's own."""
_HELD = 4
"""One sample of so many takes no part in the choice of the neurons, and decides on it."""


@dataclass(frozen=True, eq=False, repr=False)
class Calibration(WithNearest):
    """What `calibrate` chose, and what is lost with it.

    Examples
    --------
    >>> net = Network()
    >>> pre, cells = net.inputs(4, "pre"), net.neurons(2, delta_lif(), "cells")
    >>> _ = net.connect(pre, cells, weight=[[0.51, 3.0], [0.52, 0.2], [0.1, 0.017], [0.3, 0.018]])
    >>> runs = {pre: np.random.default_rng(0).random((8, 50, 4)) < 0.3}
    >>> calibration = asp.training.calibrate(net, runs, Config(neurons=8, inputs=4, weight_bits=5))
    >>> calibration.after.off <= calibration.before.off
    True
    >>> with calibration.simulation() as simulation:
    ...     result = simulation.run_steps(50, {pre: runs[pre][0]})
    """

    original: Network
    """The network as it was trained."""
    network: Network
    """The same with the weights that the device holds, rounded as was chosen."""
    config: Config
    """The build that it was calibrated for."""
    weight_unit: NDArray[np.float64]
    """[neurons]: the unit of the weights onto each, for `compile_network` and `Simulation`."""
    weight_shift: int
    """Fractional bits that V has below a weight unit, likewise."""
    before: Loss
    """What is lost if the compiler rounds to the nearest in units of its own, over the samples compared."""
    after: Loss
    """What is lost as it was chosen."""
    output: str
    """The population that says the class."""
    weights_before: Kept
    """What became of the weights in the compiler's own units."""
    weights_after: Kept
    """What became of them as it was chosen."""
    neurons_changed: int
    """Neurons whose weight unit is not the compiler's own."""

    @property
    def report(self) -> str:
        """What was lost before and after, as text: entries off, classes that change, weights lost."""
        return text(
            (self.before, self.weights_before), (self.after, self.weights_after), self.neurons_changed
        )

    def __repr__(self) -> str:
        return f"<Calibration for {some(self.weight_unit.size, 'neuron')}>\n{self.report}"

    def compile(self, *, seed: int = 0) -> Image:
        """The image for the build it was calibrated for.

        Parameters
        ----------
        seed : int
            As in `compile_network`.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", QuantisationWarning)  # the report has told it
            return compile_network(
                self.network, self.config, weight_unit=self.weight_unit, weight_shift=self.weight_shift,
                seed=seed,
            )  # fmt: skip

    def simulation(self, device: Any = "emulator", *, seed: int = 0) -> Simulation:
        """A simulation of it, on any device of that build.

        Parameters
        ----------
        device : str or Device
            As in `Simulation`.
        seed : int
            Likewise.
        """
        return Simulation(self.compile(seed=seed), device)

    def evaluate(self, runs: Runs, steps: int | None = None) -> tuple[Loss, Loss]:
        """What is lost before and after in other runs than those it was calibrated with.

        Parameters
        ----------
        runs, steps
            As in `float_run`.

        Returns
        -------
        before, after : Loss
        """
        dynamics = Dynamics(self.original)
        samples = samples_of(self.original, runs, steps)
        run = run_samples(dynamics, samples, dynamics.matrix(dynamics.weights()), record_v=True)
        comparison = Comparison(run, self.output)
        before = emulated(self.original, samples, comparison.read, self.config)
        after = emulated(
            self.network, samples, comparison.read, self.config, weight_unit=self.weight_unit,
            weight_shift=self.weight_shift,
        )  # fmt: skip
        return comparison.loss(before), comparison.loss(after)


@checked_arguments
def calibrate(
    network: Network,
    runs: Runs,
    config: Config | str | None = None,
    *,
    steps: int | None = None,
    output: Any = None,
    rounding: Rounding = "compensated",
    progress: Progress | None = None,
) -> Calibration:
    """Choose what a trained network loses least with: the unit of each neuron's weights, which of them are
    clipped, which are rounded up and which down, and the shift of V.

    The compiler by itself lets the largest weight onto a neuron take the whole range and rounds to the
    nearest. Here every neuron has candidates: finer and coarser units, its largest weights clipped, and, in
    each, weights rounded such that their errors cancel where their axons are used together. They are scored
    by the error of the current that the calibration set causes; the best of each neuron are then run, with
    the spikes of float64 as what arrives, and that which fires most like float64 is taken. At last the whole
    network is run on the emulator, on samples that took no part in that, and the choice, or the candidates
    that are best by their current, or what the compiler does, is kept, with the shift that loses least.

    Parameters
    ----------
    network : Network
        Without plastic synapses, and with the weights as they were trained.
    runs : mapping, or sequence of mappings
        The calibration set, as in `float_run`: some tens of samples such as the network will see. Not those
        that it is judged by.
    config : Config or str, optional
        The build, as in `compile_network`.
    steps : int, optional
        Of each run; by default as many as the arrays have.
    output : population or str, optional
        The population whose first neuron is the class; by default the last that sends to no other.
    rounding : "compensated" or "nearest"
        Whether weights may be rounded to the further neighbour too; with "nearest", units, clipping and the
        shift alone are chosen, and `weight_unit` says all.
    progress : callable, optional
        Called with the runs of the network done and those to do.

    Returns
    -------
    Calibration

    Raises
    ------
    ParameterError
        If the network learns, or a value or a stimulus does not fit.
    CapacityError
        If the network does not fit the build.

    Notes
    -----
    Rounding that lets errors cancel is known from layers without spikes (Nagel et al. 2020, "Up or down?";
    Frantar et al. 2022, GPTQ); what an axon contributes to a neuron's V takes the place of an activation.

    Examples
    --------
    >>> net = Network()
    >>> pre, cells = net.inputs(4, "pre"), net.neurons(2, delta_lif(), "cells")
    >>> _ = net.connect(pre, cells, weight=[[0.51, 3.0], [0.52, 0.2], [0.1, 0.017], [0.3, 0.018]])
    >>> runs = {pre: np.random.default_rng(0).random((8, 50, 4)) < 0.3}
    >>> print(asp.training.calibrate(net, runs, Config(neurons=8, inputs=4, weight_bits=5)).report)
    ... # doctest: +ELLIPSIS
    2 samples compared  | as compiled | calibrated
    ...
    """
    if rounding not in ("compensated", "nearest"):
        raise ParameterError(f'rounding = {rounding!r:.40}: it is "compensated" or "nearest".')
    dynamics = Dynamics(network)
    samples = samples_of(network, runs, steps)
    last = output_of(network) if output is None else _named(network, output)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", QuantisationWarning)  # what is lost is what the report tells
        image = compile_network(network, config)
    own = image.weight_unit[: dynamics.neurons]
    done = _Done(progress, 2 + _KEEP + 1 + EMULATIONS)
    weights = dynamics.matrix(dynamics.weights())
    run = run_samples(dynamics, samples, weights, record_v=True)
    done()
    learnt, held = _split(len(samples))
    compensate = rounding == "compensated"
    choices = candidates(dynamics, weights, run.arrived[learnt], image, compensate=compensate, keep=_KEEP)
    done()
    picks = picked(run.part(learnt), samples.part(learnt), choices, done)
    contest = Contest(samples.part(held), Comparison(run.part(held), last), image.config, done)
    before = contest.enter(network, own, image.weight_shift)
    for row in (picks, np.zeros_like(picks)):
        chosen, unit = choices.of(row)
        contest.enter(network.with_weights(dynamics.apart(chosen)), unit, None)
    best = contest.sharpen()
    made = nearest(dynamics.matrix(Dynamics(best.network).weights()), best.weight_unit, image.config)
    done.all()
    return Calibration(
        original=network,
        network=best.network,
        config=image.config,
        weight_unit=best.weight_unit,
        weight_shift=best.weight_shift,
        before=before.loss,
        after=best.loss,
        output=last,
        weights_before=kept_of(weights, nearest(weights, own, image.config), own, image.config),
        weights_after=kept_of(weights, made, best.weight_unit, image.config),
        neurons_changed=int((best.weight_unit != own).sum()),
    )


def _named(network: Network, output: Any) -> str:
    known = {population.name: population for population in network.neuron_populations}
    return resolve(output, known, "population of neurons")[0].name


def _split(samples: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The samples by which neurons choose, and those by which the network does; the same if there are few."""
    each = np.arange(samples)
    if samples < _HELD:
        return each, each
    held = each % _HELD == _HELD - 1
    return each[~held], each[held]


class _Done:
    """Counts what is done for a user's `progress`."""

    def __init__(self, progress: Progress | None, steps: int) -> None:
        self._progress, self._steps, self._count = progress, steps, 0

    def __call__(self) -> None:
        self._tell(self._count + 1)

    def all(self) -> None:
        """All that may have been left out, too."""
        self._tell(self._steps)

    def _tell(self, count: int) -> None:
        self._count = count
        if self._progress is not None:
            self._progress(count, self._steps)
