"""All proofs."""

from . import (
    arithmetic,
    buffering,
    change,
    decay,
    event_ring,
    neuron,
    receiving,
    repeating,
    skew,
    spike_ring,
    step,
)

PROOFS = (
    *skew.PROOFS,
    *arithmetic.PROOFS,
    *decay.PROOFS,
    *change.PROOFS,
    *neuron.PROOFS,
    *spike_ring.PROOFS,
    *event_ring.PROOFS,
    *receiving.PROOFS,
    *buffering.PROOFS,
    *repeating.PROOFS,
    *step.PROOFS,
)
