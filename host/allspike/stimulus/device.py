"""What the stimuli of a run come to on a device: events, rates of its Poisson generator, and biases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .. import device_map as dm
from ..aliases import NDArray
from ..errors import ParameterError, QuantisationWarning, TimingWarning
from ..image import Image
from ..notices import warn
from ..quantities import quantity, share
from .base import Events, Stimulus
from .currents import Current
from .given import Share
from .poisson import Poisson

Drive = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Steps, ascending, neurons, and the bias that each has from then on, [changes]."""
_FELT = 0.02
"""A quantity that is realised further off than this is warned of."""


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
    if off[worst] > _FELT:
        warn(f"{text}; Poisson(rate, seed=...) is drawn on the host, exactly.", QuantisationWarning)
    return (text[0].upper() + text[1:] + (", and no other is further off." if np.ptp(asked) else "."),)


def drive(shares: Sequence[Share], image: Image, biases: NDArray[np.int64]) -> Drive:
    """The biases that all currents make, where they change.

    A current acts as the bias does, in units of `image.current_unit`, and is rounded here and nowhere else.

    Parameters
    ----------
    shares : sequence of Share
    image : Image
    biases : int [N]
        What the device holds, to which the currents are added.

    Raises
    ------
    ParameterError
        If a current does not fit, or is more than V can hold.
    """
    flowing: dict[str, list[Share]] = {}
    for one in shares:
        if isinstance(one.stimulus, Current):
            flowing.setdefault(one.population.name, []).append(one)
    found: list[Drive] = [(np.zeros(0, np.int64),) * 3]
    found += [_changes(given, image, biases) for given in flowing.values()]
    steps, neurons, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(steps, kind="stable")
    return steps[order], neurons[order], values[order]


def _changes(shares: list[Share], image: Image, biases: NDArray[np.int64]) -> Drive:
    """The changes of bias in one population."""
    symbol, run = shares[0].population, shares[0].run
    levels = []
    for one in shares:
        assert isinstance(one.stimulus, Current)
        levels.append(one.stimulus.levels(one.run, one.size))
    edges = np.unique(np.concatenate([steps for steps, _ in levels]))
    amperes = np.zeros((edges.size, symbol.size))
    graded = np.zeros(symbol.size, bool)
    for one, (steps, values) in zip(shares, levels, strict=True):
        since = np.searchsorted(steps, edges, side="right")
        rows = np.concatenate((np.zeros((1, values.shape[1])), values))
        amperes[:, one.members] += rows[since]
        assert isinstance(one.stimulus, Current)
        graded[one.members] |= one.stimulus.graded
    part = slice(symbol.start, symbol.start + symbol.size)
    unit, base = image.current_unit[part], biases[part]
    whole = np.rint(base + amperes / unit)
    _check_saturation(symbol.name, amperes, whole, unit, base, image.config.state_max)
    _tell_rounding(
        symbol.name, amperes, (whole - base) * unit, unit, graded, np.diff(edges, append=run.steps)
    )
    before = np.concatenate((base[None], whole[:-1]))
    row, neuron = np.nonzero(whole != before)
    return edges[row], symbol.start + neuron, whole[row, neuron].astype(np.int64)


def _check_saturation(
    name: str,
    amperes: NDArray[np.float64],
    whole: NDArray[np.float64],
    unit: NDArray[np.float64],
    base: NDArray[np.int64],
    top: int,
) -> None:
    over = (np.abs(whole) > top) & (amperes != 0)
    if over.any():
        row, neuron = np.unravel_index(np.argmax(np.where(over, np.abs(whole), 0)), whole.shape)
        asked, whole_bias = amperes[row, neuron], whole[row, neuron]
        most = (np.sign(asked) * top - base[neuron]) * unit[neuron]
        raise ParameterError(
            f"a current of {quantity(asked, 'A')} into neuron {neuron} of {name!r} is, with its bias, "
            f"{whole_bias:.0f} units of V a step, and V holds {top}: this neuron takes "
            f"{quantity(most, 'A')} at most; a larger weight_unit or a smaller weight_shift gives room."
        )


def _tell_rounding(
    name: str,
    asked: NDArray[np.float64],
    realised: NDArray[np.float64],
    unit: NDArray[np.float64],
    graded: NDArray[np.bool_],
    lengths: NDArray[np.int64],
) -> None:
    """Warn of a current that is realised far off: each value of a step, the mean of a graded one."""
    error, size = np.abs(realised - asked), np.abs(asked)
    for one_by_one in (True, False):
        chosen = graded != one_by_one
        wrong, right = error[:, chosen], size[:, chosen]
        if not one_by_one:
            wrong, right = lengths @ wrong, lengths @ right
        off = np.divide(wrong, right, out=np.zeros_like(wrong), where=right > 0)
        if not off.size or off.max() <= _FELT:
            continue
        place = np.unravel_index(np.argmax(off), off.shape)
        neuron = int(np.flatnonzero(chosen)[place[-1]])
        what = (
            f"a current of {quantity(asked[place[0], neuron], 'A')} into neuron {neuron} of {name!r} is "
            f"realised as {quantity(realised[place[0], neuron], 'A')}, {share(float(off[place]))} off"
            if one_by_one
            else f"the current into neuron {neuron} of {name!r} is {share(float(off[place]))} off in the mean"
        )
        warn(
            f"{what}: one unit of its bias is {quantity(unit[neuron], 'A', 3)}; a build with more "
            "state_bits, or a larger weight_shift, has finer ones.",
            QuantisationWarning,
        )
