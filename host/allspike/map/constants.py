"""Numbers of the memory map and of the model: what host, gateware and documentation agree on."""

from typing import Final

MAGIC: Final = 0x4B505341
"""The bytes "ASPK"."""
MAP_VERSION: Final = 2
"""Version of this map."""

DECAY_BITS: Final = 15
"""A decay factor f stands for f / 2**DECAY_BITS; 2**DECAY_BITS and above stand for 1."""
DECAY_ONE: Final = 1 << DECAY_BITS
"""The decay factor 1."""
DITHER_BITS: Final = 8
"""The dither of stochastic rounding takes 2**DITHER_BITS values."""
CHANGE_MAX: Final = (1 << 15) - (1 << DITHER_BITS)
"""Bound of a weight change before rounding, in 2**-DITHER_BITS: with any dither it stays within 16 bits."""
DITHER_STRIDE: Final = 159
"""Step of the dither along a walk: 2**DITHER_BITS over the golden ratio, made odd, so that it visits all."""
GAIN_ONE: Final = 64
"""The `gain` that leaves the weight changes as the rule gives them."""
SEED_LEARNING: Final = 0x9E3779B9
"""XORed with `seed` to start the generator of the dither."""
SEED_POISSON: Final = 0x7F4A7C15
"""XORed with `seed` to start the generator of the Poisson inputs."""
STEP_BITS: Final = 40
"""Emulated time is counted modulo 2**STEP_BITS steps; a run ends before it wraps."""
RATE_ONE: Final = 1 << 16
"""A Poisson rate r stands for r / RATE_ONE spikes a step."""

RING_MARKER: Final = 0x8000
"""Set in a ring word that opens a step; clear in one that names an axon (events) or a neuron (spikes)."""
RING_STEP_MASK: Final = 0x7FFF
"""The part of a marker that holds the low bits of the step; markers lie at most this plus 1 steps apart."""
RING_WORD: Final = 2
"""Bytes of a ring word."""

REGION_BITS: Final = 8
"""The highest bits of an address, which name a region."""
OFFSET_BITS: Final = 32 - REGION_BITS
"""The bits below them: a region spans at most 2**OFFSET_BITS bytes."""
