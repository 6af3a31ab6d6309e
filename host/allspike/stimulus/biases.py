"""What currents come to on a device: biases that change during a run."""

from collections.abc import Callable, Sequence

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError, QuantisationWarning
from ..image.image import Image
from ..notices import warn
from ..quantities import FELT, quantity, share
from .currents import Current
from .given import Share

Changes = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Steps, ascending, neurons, and the bias that each has from then on, [changes]."""


def drive(shares: Sequence[Share], image: Image, biases: NDArray[np.int64]) -> Changes:
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
    found = [_changes(given, image, biases) for given in flowing.values()]
    if len(found) == 1:
        return found[0]
    found.append((np.zeros(0, np.int64),) * 3)
    steps, neurons, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(steps, kind="stable")
    return steps[order], neurons[order], values[order]


def _changes(shares: list[Share], image: Image, biases: NDArray[np.int64]) -> Changes:
    """The changes of bias in one population."""
    edges, members, amperes, graded = _sum(shares)
    neurons = shares[0].population.start + members
    unit, base = image.current_unit[neurons], biases[neurons]
    whole = np.rint(amperes / unit + base)

    def name(column: np.intp) -> str:
        return f"neuron {members[column]} of {shares[0].population.name!r}"

    _check_saturation(name, amperes, whole, unit, base, image.config.state_max)
    lengths = np.diff(edges, append=shares[0].run.steps)
    _tell_rounding(name, amperes, (whole - base) * unit, unit, graded, lengths)
    changed = np.empty(whole.shape, bool)
    np.not_equal(whole[:1], base, out=changed[:1])
    np.not_equal(whole[1:], whole[:-1], out=changed[1:])
    row, column = np.nonzero(changed)
    return edges[row], neurons[column], whole[changed].astype(np.int64)


def _sum(
    shares: list[Share],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """What flows in all: steps [K], members, amperes from each step on [K, members], and who takes graded
    currents [members]."""
    levels = []
    for one in shares:
        assert isinstance(one.stimulus, Current)
        levels.append(one.stimulus.levels(one.run, one.size))
    edges = np.unique(np.concatenate([steps for steps, _ in levels]))
    members = np.unique(np.concatenate([one.members for one in shares]))
    amperes, graded = np.zeros((edges.size, members.size)), np.zeros(members.size, bool)
    for one, (steps, values) in zip(shares, levels, strict=True):
        rows: NDArray[np.float64] = values
        if steps.size < edges.size:
            rows = np.concatenate((np.zeros((1, values.shape[1])), values))
            rows = rows[np.searchsorted(steps, edges, side="right")]
        if np.array_equal(one.members, members):
            amperes += rows
        else:
            amperes[:, np.searchsorted(members, one.members)] += rows
        graded[np.isin(members, one.members)] |= one.stimulus.graded  # type: ignore[attr-defined]
    return edges, members, amperes, graded


def _check_saturation(
    name: Callable[[np.intp], str],
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
            f"a current of {quantity(asked, 'A')} into {name(neuron)} is, with its bias, "
            f"{whole_bias:.0f} units of V a step, and V holds {top}: this neuron takes "
            f"{quantity(most, 'A')} at most; a larger weight_unit or a smaller weight_shift gives room."
        )


def _tell_rounding(
    name: Callable[[np.intp], str],
    asked: NDArray[np.float64],
    realised: NDArray[np.float64],
    unit: NDArray[np.float64],
    graded: NDArray[np.bool_],
    lengths: NDArray[np.int64],
) -> None:
    """Warn of a current that is realised far off: each value of a step, the mean of a graded one."""
    error, size = np.abs(realised - asked), np.abs(asked)
    for one_by_one in (True, False):
        columns = np.flatnonzero(graded != one_by_one)
        if not columns.size:
            continue
        everyone = columns.size == graded.size
        wrong, right = (error, size) if everyone else (error[:, columns], size[:, columns])
        if not one_by_one:
            wrong, right = (lengths @ wrong)[None], (lengths @ right)[None]
        off = np.divide(wrong, right, out=np.zeros_like(wrong), where=right > 0)
        if off.max(initial=0) <= FELT:
            continue
        row, column = np.unravel_index(np.argmax(off), off.shape)
        neuron, far = columns[column], share(float(off[row, column]))
        what = (
            f"a current of {quantity(asked[row, neuron], 'A')} into {name(neuron)} is realised as "
            f"{quantity(realised[row, neuron], 'A')}, {far} off"
            if one_by_one
            else f"the current into {name(neuron)} is {far} off in the mean"
        )
        warn(
            f"{what}: one unit of its bias is {quantity(unit[neuron], 'A', 3)}; a build with more "
            "state_bits, or a larger weight_shift, has finer ones.",
            QuantisationWarning,
        )
