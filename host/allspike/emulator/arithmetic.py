"""Integer arithmetic that several phases share: docs/model.md, "Notation" and "Rounding"."""

import numpy as np

from ..map.constants import CHANGE_MAX, DECAY_BITS, DECAY_ONE, DITHER_BITS
from .core import I16, I32, U8, U32, WINDOW, inlined


@inlined
def xorshift32(state):
    """Marsaglia's 32-bit generator (J. Stat. Softw. 8(14), 2003), shifts 13, 17, 5."""
    state ^= U32(state << U32(13))
    state ^= U32(state >> U32(17))
    state ^= U32(state << U32(5))
    return state


@inlined
def clip(value, low, high):
    """`value` held within [low, high]."""
    value = value if value > low else low
    return value if value < high else high


@inlined
def decayed(magnitude, factor):
    """`magnitude * factor / DECAY_ONE` to the nearest, but less than before unless the factor is 1.

    In 32 bits, for magnitude <= 2**23 and factor <= DECAY_ONE: the product is taken in two parts, and the
    lowest 8 bits of the lower one cannot matter for a half that ends above them.
    """
    high = I32(I32(magnitude >> 8) * factor)
    low = I32(I32(magnitude & 255) * factor)
    kept = I32(I32(I32(high + I32(low >> 8)) + I32(DECAY_ONE >> 9)) >> (DECAY_BITS - 8))
    return I32(kept - 1 if (kept == magnitude) & (factor < DECAY_ONE) & (magnitude > 0) else kept)


@inlined
def set_bytes(words, start, index, offset):
    """Append the places of the set bytes of `words`, plus `start`, to `index` from `offset`; the new end."""
    for k in range(words.size):
        word = words[k]
        if word:
            for b in range(8):
                if (word >> np.uint64(8 * b)) & np.uint64(1):
                    index[offset] = start + 8 * k + b
                    offset += 1
    return offset


@inlined
def weight_changes(trace, kind, increment, target, gain, shift, change):
    """q = round(((e - target) * gain) / 2**shift), saturated, in 2**-DITHER_BITS weight units; e is what the
    trace contributes."""
    half = I32((1 << shift) >> 1)
    if kind == WINDOW:
        for k in range(trace.size):
            e = I32(increment if trace[k] > 0 else 0)
            q = I32(I32(I32(I32(e - target) * gain) + half) >> shift)
            change[k] = I16(clip(q, I32(-CHANGE_MAX), I32(CHANGE_MAX)))
    else:
        for k in range(trace.size):
            q = I32(I32(I32(I32(trace[k] - target) * gain) + half) >> shift)
            change[k] = I16(clip(q, I32(-CHANGE_MAX), I32(CHANGE_MAX)))


@inlined
def rounded(change, dither):
    """R: whole weight units of a change."""
    return I16(I16(change + I16(dither)) >> DITHER_BITS)


@inlined
def draw_walk(core, settings):
    """The dither's draw for a walk; for rounding to the nearest, half a unit (and `core.stride` is 0)."""
    if settings.nearest_rounding:
        return U8(1 << (DITHER_BITS - 1))
    core.rng[0] = xorshift32(core.rng[0])
    return U8(core.rng[0] >> U32(32 - DITHER_BITS))
