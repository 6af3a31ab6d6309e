"""What is built on each chip by default: sizes that were measured to fit, with the link, at their clock."""

from dataclasses import replace
from typing import Final

from allspike.map.config import Config, Memory
from allspike.map.presets import PRESETS


def _static(config: Config) -> Config:
    """A build with a compact core that cannot learn, as large as one that can."""
    return replace(config.static(), weight_bits=8)


UP5K_PLASTIC: Final = PRESETS["up5k"]
UP5K_STATIC: Final = replace(PRESETS["up5k-static"], clock_hz=21_000_000)
HX8K_PLASTIC: Final = Config(
    neurons=32, inputs=128, weight_bits=7, lanes=4, memory=Memory.SINGLE_PORT, event_ring=512, spike_ring=512,
    clock_hz=24_000_000,
)  # fmt: skip
"""The compact core, which has few products: here they are of logic. Its store of 1,024 lines takes half of
the block RAM, and one of twice as many would take all."""
HX8K_STATIC: Final = _static(HX8K_PLASTIC)
ECP5_25F_PLASTIC: Final = Config(
    neurons=192, inputs=128, lanes=4, event_ring=2048, spike_ring=2048, clock_hz=60_000_000
)
"""All of its block RAM; more lanes would need more of it for traces and accumulators."""
ECP5_45F_PLASTIC: Final = Config(neurons=256, inputs=256, lanes=8, clock_hz=60_000_000)
ECP5_85F_PLASTIC: Final = replace(PRESETS["ecp5-85f"], clock_hz=60_000_000)
GW1NR_9C_PLASTIC: Final = Config(
    neurons=64, inputs=256, weight_bits=7, lanes=4, memory=Memory.SINGLE_PORT, event_ring=1024,
    spike_ring=1024, clock_hz=40_500_000,
)  # fmt: skip
"""The compact core, in all of the block RAM: its store of 4,096 lines takes 16. The wide core, in 79 % of the
look-up tables, was never placed by nextpnr."""
GW1NR_9C_STATIC: Final = _static(GW1NR_9C_PLASTIC)
GW2A_18C_PLASTIC: Final = Config(
    neurons=128, inputs=128, lanes=4, event_ring=2048, spike_ring=2048, clock_hz=40_500_000
)
XC7A35T_PLASTIC: Final = Config(neurons=256, inputs=192, lanes=8, clock_hz=80_000_000)
