"""All proofs."""

from . import arithmetic, buffering, event_ring, receiving, skew, spike_ring

PROOFS = (
    *skew.PROOFS,
    *arithmetic.PROOFS,
    *spike_ring.PROOFS,
    *event_ring.PROOFS,
    *receiving.PROOFS,
    *buffering.PROOFS,
)
