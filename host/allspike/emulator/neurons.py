"""Phase 3: the sweep over all neurons."""

from .arithmetic import clip, decayed, set_bytes
from .core import I32, N_FIRINGS, REFRACTORY_INTEGRATE, RESET_SUBTRACT, STEP, inlined


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
def after_firing(core, settings, count):
    """Reset, refractoriness, adaptation and the delayed spike of each neuron that fired."""
    step = core.reg[STEP]
    slots = core.delayed.shape[0]
    state_max = I32(settings.state_max)
    for k in range(count):
        j = core.active[k]
        if core.flags[j] & RESET_SUBTRACT:
            core.v[j] = clip(I32(core.v[j] - core.reset[j]), I32(-state_max), state_max)
        else:
            core.v[j] = core.reset[j]
        core.resting[j] = core.refractory[j]
        core.a[j] = I32(min(core.a[j] + core.adapt_increment[j], state_max))
        core.delayed[(step + core.delay[j]) & (slots - 1), j] = 1


@inlined
def neurons(core, settings):
    """Phase 3: the sweep; the neurons that fired, ascending in `core.active`; their number."""
    state_max = I32(settings.state_max)
    decay_currents(core.i, core.alpha, core.acc, I32(settings.weight_shift), state_max)
    integrate(core.v, core.beta, core.leak, core.i, core.bias, core.resting, core.flags, state_max)
    total = fire(core.v, core.threshold, core.a, core.resting, core.fired)
    if settings.adapting:
        adapt(core.a, core.adapt_decay, core.adapt_mask, I32(core.reg[STEP] & 0x7FFFFFFF))
    if total:
        set_bytes(core.fired_words, 0, core.active, 0)
        after_firing(core, settings, total)
    core.reg[N_FIRINGS] += total
    return total
