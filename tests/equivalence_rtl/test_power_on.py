"""After power-on, before any write, every region reads as the emulator's, whatever is not defined then."""

import os

import pytest

from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.presets import PRESETS
from allspike_sim.gateware import BUILD
from allspike_sim.rtl import RtlBus
from tests.evidence.counted import Count

from .builds import BUILDS

CONFIGS = BUILDS | {"up5k": PRESETS["up5k"]}
"""And one that fills its chip."""
SEEDS = range(40 if os.environ.get("ALLSPIKE_SOAK") else 4)
"""Of garbage; 0 has none."""


@pytest.mark.parametrize("build", CONFIGS)
def test_every_region_is_the_emulators(build: str, evidence: Count) -> None:
    config = CONFIGS[build]
    regions = {region: region.size(config) for region in dm.REGIONS if region.size(config)}
    emulator = EmulatorBus(config)
    expected = {region: emulator.read(region.base, size) for region, size in regions.items()}
    expected[dm.IDENTITY] = dm.encode_identity(config, BUILD).tobytes()
    for seed in SEEDS:
        bus = RtlBus(config, seed=seed)
        for region, size in regions.items():
            found = bus.read(region.base, size)
            apart = [k for k in range(size) if found[k] != expected[region][k]]
            assert not apart, f"{region.name}: byte {apart[0]} and {len(apart) - 1} more, with seed {seed}"
        bus.close()
        evidence("power-on")
