"""Leaky integrate-and-fire with current-based synapses and an adaptive threshold, in the emulator."""

from typing import NamedTuple

import numpy as np

from ..map.constants import DECAY_ONE
from ..map.flags import NeuronFlag
from .arithmetic import clip, decayed
from .core import I32, STEP, inlined
from .sweep import Sweep

RESET_SUBTRACT = int(NeuronFlag.RESET_SUBTRACT)
REFRACTORY_INTEGRATE = int(NeuronFlag.REFRACTORY_INTEGRATE)


class Prepared(NamedTuple):
    """Parameters as the sweep takes them, int32 [N] each."""

    alpha: np.ndarray
    beta: np.ndarray
    adapt_decay: np.ndarray
    adapt_mask: np.ndarray  # 2**adapt_period - 1


def prepare(params):
    """Decay factors, of which all above 1 stand for 1, and the steps at which a decays."""
    return Prepared(
        alpha=np.minimum(params.alpha, DECAY_ONE),
        beta=np.minimum(params.beta, DECAY_ONE),
        adapt_decay=np.minimum(params.adapt_decay, DECAY_ONE),
        adapt_mask=((np.int64(1) << params.adapt_period) - 1).astype(np.int32),
    )


@inlined
def decay_currents(i, alpha, acc, shift, state_max):
    """I = sat(decay(I) + (acc << shift)), and acc = 0."""
    # Beyond this the sum saturates whatever I is; within it the shift stays inside 32 bits.
    bound = I32(((state_max + 1) * 2 >> shift) + 1)
    for j in range(i.size):
        now = i[j]
        magnitude = decayed(I32(-now if now < 0 else now), alpha[j])
        kept = I32(-magnitude if now < 0 else magnitude)
        i[j] = clip(I32(kept + I32(clip(acc[j], I32(-bound), bound) << shift)), I32(-state_max), state_max)
        acc[j] = 0


@inlined
def integrate(v, beta, leak, i, bias, count, flags, state_max):
    """V = sat(leak(V) + I + bias), except where a refractory neuron holds."""
    for j in range(v.size):
        now = v[j]
        magnitude = I32(decayed(I32(-now if now < 0 else now), beta[j]) - leak[j])
        magnitude = I32(magnitude if magnitude > 0 else 0)
        kept = I32(-magnitude if now < 0 else magnitude)
        new = clip(I32(I32(kept + i[j]) + bias[j]), I32(-state_max), state_max)
        hold = (count[j] != 0) & (I32(flags[j] & REFRACTORY_INTEGRATE) == 0)
        v[j] = now if hold else new


@inlined
def fire(v, threshold, a, count, fired):
    """Which neurons fire; refractory ones cannot, and count down. Returns how many fire."""
    total = 0
    for j in range(v.size):
        spike = (count[j] == 0) & (v[j] >= I32(threshold[j] + a[j]))
        fired[j] = spike
        total += spike
    for j in range(v.size):
        count[j] = I32(count[j] - 1 if count[j] > 0 else 0)
    return total


@inlined
def adapt(a, decay, mask, step):
    """Decay of the adaptive thresholds whose period divides the step."""
    for j in range(a.size):
        a[j] = decayed(a[j], decay[j]) if I32(step & mask[j]) == 0 else a[j]


@inlined
def begin(core):
    """Whether any threshold adapts."""
    adapting = False
    for j in range(core.state.a.size):
        adapting |= (core.state.a[j] | core.params.adapt_increment[j]) != 0
    return adapting


@inlined
def update(core, settings, adapting):
    """I, V, who fires, and the decay of the adaptive thresholds."""
    params, prepared, state = core.params, core.prepared, core.state
    state_max = I32(settings.state_max)
    decay_currents(state.i, prepared.alpha, core.acc, I32(settings.weight_shift), state_max)
    integrate(
        state.v, prepared.beta, params.leak, state.i, params.bias, state.refractory, core.flags, state_max
    )
    total = fire(state.v, params.threshold, state.a, state.refractory, core.fired)
    if adapting:
        adapt(state.a, prepared.adapt_decay, prepared.adapt_mask, I32(core.reg[STEP] & 0x7FFFFFFF))
    return total


@inlined
def after(core, settings, j):
    """Reset, refractoriness and adaptation."""
    state_max = I32(settings.state_max)
    if core.flags[j] & RESET_SUBTRACT:
        core.state.v[j] = clip(I32(core.state.v[j] - core.params.reset[j]), I32(-state_max), state_max)
    else:
        core.state.v[j] = core.params.reset[j]
    core.state.refractory[j] = core.params.refractory[j]
    core.state.a[j] = I32(min(core.state.a[j] + core.params.adapt_increment[j], state_max))


SWEEP = Sweep(begin, update, after, prepare)
