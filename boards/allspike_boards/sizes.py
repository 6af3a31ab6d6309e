"""What is built on each chip by default: sizes that were measured to fit, with the link, at their clock."""

from dataclasses import replace
from typing import Final

from allspike.config import PRESETS, Config

UP5K_PLASTIC: Final = PRESETS["up5k"]
UP5K_STATIC: Final = PRESETS["up5k-static"]
HX8K_PLASTIC: Final = Config(
    neurons=32, inputs=32, weight_bits=7, state_bits=16, trace_bits=10, lanes=1, max_delay=1, poisson=False,
    event_ring=128, spike_ring=128, clock_hz=18_000_000,
)  # fmt: skip
"""Every multiplier is of logic, and each field of a neuron takes a block RAM: so one lane, narrow fields, no
delays, no draws. Memories are 8 bits wide, so a weight of 7 bits and its plastic bit fill them."""
ECP5_25F_PLASTIC: Final = Config(
    neurons=192, inputs=128, lanes=4, event_ring=2048, spike_ring=2048, clock_hz=60_000_000
)
"""All of its block RAM; more lanes would need more of it for traces and accumulators."""
ECP5_45F_PLASTIC: Final = Config(neurons=256, inputs=256, lanes=8, clock_hz=60_000_000)
ECP5_85F_PLASTIC: Final = replace(PRESETS["ecp5-85f"], clock_hz=60_000_000)
GW1NR_9C_PLASTIC: Final = Config(
    neurons=64, inputs=192, lanes=2, trace_bits=12, max_delay=8, event_ring=1024, spike_ring=1024,
    clock_hz=27_000_000,
)  # fmt: skip
"""All of its block RAM. The clock is that of its oscillator, so there is no PLL."""
GW2A_18C_PLASTIC: Final = Config(
    neurons=128, inputs=128, lanes=4, event_ring=2048, spike_ring=2048, clock_hz=40_500_000
)
XC7A35T_PLASTIC: Final = Config(neurons=256, inputs=192, lanes=8, clock_hz=80_000_000)
