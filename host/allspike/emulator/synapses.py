"""Phases 2 and 4: rows of arriving axons, columns of neurons that fired."""

from .arithmetic import clip, draw_walk, rounded, weight_changes
from .core import (
    I8,
    I16,
    I32,
    N_COLUMNS,
    N_ROWS,
    N_UPDATES,
    PLASTIC_IN,
    PLASTIC_OUT,
    ROW_BY_ROW,
    U8,
    inlined,
)
from .traces import incremented


@inlined
def add_rows(acc, weights, index, count):
    """acc_j += w_ij for the first `count` axons of `index`."""
    for k in range(count):
        axon = index[k]
        for j in range(acc.size):
            acc[j] = I32(acc[j] + weights[axon, j])


@inlined
def depress_rows(weights, plastic, index, draws, stride, count, change, w_min, w_max):
    """w -= R(change) on the plastic synapses of the first `count` axons of `index`."""
    for k in range(count):
        axon = index[k]
        draw = draws[k]
        for j in range(change.size):
            w = I16(weights[axon, j])
            r = rounded(change[j], U8(stride[j] + draw))
            new = clip(I16(w - r), w_min, w_max)
            weights[axon, j] = I8(new if (plastic[axon, j] != 0) & (r != 0) else w)


@inlined
def rows(core, count):
    """Phase 2: accumulate each arriving row.

    A row arrives once a step, so that adding all before any learns changes nothing.
    """
    core.reg[N_ROWS] += count
    add_rows(core.acc, core.weights, core.active, count)


@inlined
def learn_rows(core, settings, count):
    """Phase 2: depress each arriving row where it is plastic, then increment its pre trace."""
    reg = core.reg
    if settings.gain != 0:
        walks = 0
        for k in range(count):
            axon = core.active[k]
            if core.axon_flags[axon] & PLASTIC_OUT:
                core.walk[walks] = axon
                core.draws[walks] = draw_walk(core, settings)
                walks += 1
                reg[N_UPDATES] += core.row_plastic[axon]
        if walks:
            change = core.change[: core.y.size]
            weight_changes(
                core.y, settings.y_kind, I32(settings.y_increment), I32(0),
                I32(settings.gain * settings.minus_sign), I32(settings.minus_shift), change,
            )  # fmt: skip
            depress_rows(
                core.weights, core.plastic, core.walk, core.draws, core.stride, walks, change,
                I16(settings.w_min), I16(settings.w_max),
            )  # fmt: skip
    if settings.tracing:
        for k in range(count):
            axon = core.active[k]
            core.x[axon] = incremented(
                core.x[axon], settings.x_kind, settings.x_increment, settings.x_window, settings.trace_max
            )


@inlined
def potentiate_column(weights, plastic, column, j, change, stride, draw, w_min, w_max):
    """w += R(change) on the plastic synapses of column j; `column` is scratch, so that all but the gathering
    and the scattering are vector code."""
    for i in range(change.size):
        column[i] = weights[i, j]
    for i in range(change.size):
        w = I16(column[i])
        r = rounded(change[i], U8(stride[i] + draw))
        new = clip(I16(w + r), w_min, w_max)
        column[i] = I8(new if (plastic[j, i] != 0) & (r != 0) else w)
    for i in range(change.size):
        weights[i, j] = column[i]


@inlined
def potentiate_columns(weights, plastic, walking, change, stride, draws, w_min, w_max):
    """The same for all columns that are `walking`, row by row: many times faster for many columns."""
    for i in range(weights.shape[0]):
        q = change[i]
        offset = stride[i]
        for j in range(walking.size):
            w = I16(weights[i, j])
            r = rounded(q, U8(draws[j] + offset))
            new = clip(I16(w + r), w_min, w_max)
            weights[i, j] = I8(new if (plastic[i, j] & walking[j] != 0) & (r != 0) else w)


@inlined
def columns(core, settings, count):
    """Phase 4: potentiate the column of each neuron that fired."""
    reg = core.reg
    w_min = I16(settings.w_min)
    w_max = I16(settings.w_max)
    walks = 0
    for k in range(count):
        j = core.active[k]
        if core.flags[j] & PLASTIC_IN:
            core.walk[walks] = j
            core.draws[j] = draw_walk(core, settings)
            walks += 1
            reg[N_UPDATES] += core.column_plastic[j]
    reg[N_COLUMNS] += walks
    if walks:
        weight_changes(
            core.x, settings.x_kind, I32(settings.x_increment), I32(settings.x_target),
            I32(settings.gain * settings.plus_sign), I32(settings.plus_shift), core.change,
        )  # fmt: skip
    if walks * ROW_BY_ROW > core.walking.size:
        for k in range(walks):
            core.walking[core.walk[k]] = 1
        potentiate_columns(
            core.weights, core.plastic, core.walking, core.change, core.stride, core.draws, w_min, w_max
        )
        for k in range(walks):
            core.walking[core.walk[k]] = 0
    else:
        for k in range(walks):
            j = core.walk[k]
            potentiate_column(
                core.weights, core.plastic_columns, core.column, j, core.change, core.stride, core.draws[j],
                w_min, w_max,
            )  # fmt: skip
