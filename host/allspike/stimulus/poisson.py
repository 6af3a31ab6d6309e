"""Poisson spikes: drawn by the device, or, with a seed of their own, on the host."""

from dataclasses import dataclass, field

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_count, plain_array
from ..errors import ParameterError
from .base import Events, Run, Stimulus, Within, shown

_BLOCK = 256
"""Steps whose draws come from one generator, so that a run in pieces is one run."""
_DENSE = 0.2
"""Spikes a step from which on every step is drawn."""


@dataclass(frozen=True, eq=False, repr=False)
class Poisson(Within, Stimulus):
    """Independent Poisson spikes: in each step an input fires with probability rate * dt.

    Without a seed the device draws them, from its own seed, in steps of 1 / 65536 spikes a step (0.015 Hz at
    1 ms, 0.15 Hz at 0.1 ms); `Result.notes` says which rates were drawn. The draws depend on how many inputs
    the build has.

    With a seed they are drawn on the host, at exactly that rate, however small, and are the same on every
    build and every device. They continue from run to run, a run in pieces has the spikes of one run, and they
    start again at a reset; the seed of the device does not matter. Two stimuli of one population draw
    independently, even with one seed.

    Near one spike a step the mean rate stays right, but spikes become regular: at 800 Hz and 1 ms four steps
    of five have one. A shorter dt keeps them irregular.

    Parameters
    ----------
    rate : float, [inputs] or [steps, inputs]
        Hz, at most one spike a step, 1 / dt. Rates that change from step to step need a seed, and are
        counted from the start of the run; a longer run ends in silence.
    seed : int, optional
        Start of the draws, 0 or more.
    beyond : "refuse" or "drop"
        What becomes of rates [steps, inputs] that are longer than the run: an error (the default), or their
        end is left out.

    Examples
    --------
    >>> Poisson(50.0, seed=3)
    Poisson(50 Hz, seed=3)
    """

    rate: ArrayLike
    seed: int | None = field(default=None)

    def __repr__(self) -> str:
        rate = shown(self.rate, "Hz")
        return f"Poisson({rate})" if self.seed is None else f"Poisson({rate}, seed={self.seed!r})"

    def rates(self, size: int, dt: float) -> NDArray[np.float64]:
        """Probability of a spike in a step, [inputs]; or [steps, inputs].

        Raises
        ------
        ParameterError
            If a rate is below 0 or above one spike a step, or their shape does not fit.
        """
        given = plain_array("rate", self.rate)
        changing = given.ndim == 2 and given.shape[1] == size
        if changing and self.seed is None:
            raise ParameterError(
                "rates that change from step to step are drawn on the host: give Poisson(rate, seed=...)."
            )
        rates = checked_array("rate", given, given.shape if changing else (size,)) * dt
        if rates.size and (rates.min() < 0 or rates.max() > 1 + 1e-9):
            bad = (rates.min() if rates.min() < 0 else rates.max()) / dt
            raise ParameterError(
                f"rate = {bad:g} Hz must lie in 0 to {1 / dt:g} Hz, one spike a step: use a shorter dt."
            )
        return np.minimum(rates, 1.0)

    def events(self, run: Run, size: int) -> Events:
        """What the host draws; nothing without a seed."""
        rates = self.rates(size, run.dt)
        if self.seed is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        seed = checked_count("seed", self.seed)
        if rates.ndim == 1:
            return _drawn(rates, seed, run, run.steps)
        kept = self.kept(f"rates of {len(rates)} steps are", len(rates), run)
        return _drawn(rates[:kept], seed, run, kept)


def _drawn(rates: NDArray[np.float64], seed: int, run: Run, steps: int) -> Events:
    """The draws of a run's first `steps` steps at these rates, [inputs] or [steps, inputs]."""
    found: list[Events] = [(np.zeros(0, np.int64),) * 2]
    end = run.start + steps
    for block in range(run.start // _BLOCK, -(-end // _BLOCK)):
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *run.stream, block])))
        first = block * _BLOCK - run.start
        if rates.ndim == 1:
            when, who = _few(generator, rates) if rates.max(initial=0) < _DENSE else _many(generator, rates)
        else:
            here = np.zeros((_BLOCK, rates.shape[1]))
            low, high = max(first, 0), min(first + _BLOCK, steps)
            here[low - first : high - first] = rates[low:high]
            when, who = _many(generator, here)
        inside = (when >= -first) & (when < steps - first)
        found.append((when[inside] + first, who[inside]))
    when, who = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return when, who


def _many(generator: np.random.Generator, rates: NDArray[np.float64]) -> Events:
    """A block of steps by one draw each."""
    when, who = np.nonzero(generator.random((_BLOCK, rates.shape[-1])) < rates)
    return when, who


def _few(generator: np.random.Generator, rates: NDArray[np.float64]) -> Events:
    """The same distribution by the gaps between spikes: at the highest rate, and thinned to each one's."""
    cells, top = _BLOCK * rates.size, rates.max(initial=0)
    if top == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    expected = cells * top
    batch = int(expected + 4 * np.sqrt(expected)) + 4
    parts = [np.zeros(0, np.int64)]
    last = -1
    while last < cells:
        gaps = np.floor(np.log1p(-generator.random(batch)) / np.log1p(-top))
        parts.append(last + np.cumsum(np.minimum(gaps, cells).astype(np.int64) + 1))
        last = int(parts[-1][-1])
    places = np.concatenate(parts)
    when, who = np.divmod(places[places < cells], rates.size)
    kept = generator.random(when.size) * top < rates[who]
    return when[kept], who[kept]
