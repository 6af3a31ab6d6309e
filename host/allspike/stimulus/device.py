"""What the stimuli of a run come to on a device: events, and rates of its Poisson generator."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError, QuantisationWarning, TimingWarning
from ..map import device_map as dm
from ..notices import warn
from ..quantities import FELT, share
from .base import Events, Stimulus
from .given import Share
from .poisson import Poisson


def events(shares: Sequence[Share]) -> Events:
    """The spikes of all stimuli, none twice: steps of the run, and inputs of the device.

    Raises
    ------
    ParameterError
        If a stimulus does not fit, or spikes coincide that must not.
    """
    spiking: dict[str, list[Share]] = {}
    for one in shares:
        if isinstance(one.stimulus, Stimulus):
            spiking.setdefault(one.population.name, []).append(one)
    found: list[Events] = [(np.zeros(0, np.int64),) * 2]
    found += [_of_population(name, given) for name, given in spiking.items()]
    when, who = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return when, who


def _of_population(name: str, shares: list[Share]) -> Events:
    found = []
    for one in shares:
        assert isinstance(one.stimulus, Stimulus)
        when, who = one.stimulus.events(one.run, one.size)
        found.append((when, one.places[who]))
    when, who = (np.concatenate(parts) for parts in zip(*found, strict=True))
    span = int(who.max(initial=0)) + 1
    each, index = np.unique(when * span + who, return_index=True)
    if each.size < when.size:
        _tell_coincidence(name, shares, when, who - shares[0].population.start, index)
    return each // span, each % span


def _tell_coincidence(
    name: str, shares: list[Share], when: NDArray[np.int64], who: NDArray[np.int64], kept: NDArray[np.int64]
) -> None:
    """Say that spikes of one input in one step become one, as the stimuli ask for it."""
    choices = [one.stimulus.merge for one in shares if isinstance(one.stimulus, Stimulus)]
    for choice in choices:
        if choice not in (None, True, False):
            raise ParameterError(
                f"merge = {choice!r:.40} is True (merge them), False (refuse) or None (warn)."
            )
    if True in choices and False not in choices:
        return
    twice = np.ones(when.size, bool)
    twice[kept] = False
    first = np.flatnonzero(twice)[0]
    text = (
        f"{np.count_nonzero(twice):,} of {when.size:,} spikes of {name!r} fall into a step in which their "
        f"input spikes already, and an input spikes once a step (the first: input {who[first]} in step "
        f"{when[first]})"
    )
    if False in choices:
        raise ParameterError(f"{text}: use a shorter dt, or more inputs.")
    warn(
        f"{text}: they become one; use a shorter dt or more inputs, or say merge=True if it is meant, "
        "merge=False to have it refused.",
        TimingWarning,
    )


@dataclass(frozen=True)
class Rates:
    """What the Poisson generator of a device is to draw."""

    words: NDArray[np.int64]
    """[M], in 1 / RATE_ONE spikes a step."""
    notes: tuple[str, ...]
    """Which rates they are, one sentence a population."""


def rates(shares: Sequence[Share], inputs: int, dt: float) -> Rates:
    """The rates of `inputs` inputs; those of several stimuli of one input add up.

    Raises
    ------
    ParameterError
        If a rate is out of range, or rounds to zero.
    """
    asked = np.zeros(inputs)
    drawing = {}
    for one in shares:
        if isinstance(one.stimulus, Poisson) and one.stimulus.seed is None:
            asked[one.places] += one.stimulus.rates(one.size, dt)
            drawing[one.population.name] = one.population
    words = np.minimum(np.rint(asked * dm.RATE_ONE), dm.RATE_ONE - 1).astype(np.int64)
    notes: list[str] = []
    for name, symbol in drawing.items():
        part = slice(symbol.start, symbol.start + symbol.size)
        notes += _realised(name, asked[part] / dt, words[part] / dm.RATE_ONE / dt, 1 / dt)
    return Rates(words, tuple(notes))


def _realised(
    name: str, asked: NDArray[np.float64], drawn: NDArray[np.float64], most: float
) -> tuple[str, ...]:
    """What is drawn of the rates that were asked for, Hz, as a sentence; warned of where it is far off."""
    if asked.max() > most * (1 + 1e-9):
        raise ParameterError(
            f"the Poisson rates of {name!r} add up to {asked.max():g} Hz, and an input spikes once a step, "
            f"{most:g} Hz: use a shorter dt, or more inputs."
        )
    finest = most / dm.RATE_ONE
    lost = asked[(asked > 0) & (drawn == 0)]
    if lost.size:
        raise ParameterError(
            f"a Poisson rate of {lost.min():g} Hz rounds to zero; the device draws in steps of "
            f"{finest:.3g} Hz: give Poisson(rate, seed=...), which is drawn on the host at any rate, or "
            "use a longer dt."
        )
    asked, drawn = asked[asked > 0], drawn[asked > 0]
    if not asked.size:
        return ()
    off = np.abs(drawn / asked - 1)
    worst = int(np.argmax(off))
    text = (
        f"a Poisson rate of {asked[worst]:g} Hz of {name!r} is drawn as {drawn[worst]:.6g} Hz, "
        f"{share(off[worst])} off: the device draws in steps of {finest:.3g} Hz"
    )
    if off[worst] > FELT:
        warn(f"{text}; Poisson(rate, seed=...) is drawn on the host, exactly.", QuantisationWarning)
    return (text[0].upper() + text[1:] + (", and no other is further off." if np.ptp(asked) else "."),)
