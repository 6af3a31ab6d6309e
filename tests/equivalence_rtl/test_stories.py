"""The gateware computes the emulator's integers: every spike, state, trace, weight and counter.

Each build plays random stories of a host; a failure says which quantity parted first, where and when.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike_sim.rtl import RtlBus
from tests.evidence.counted import Count

from .builds import BUILDS, BY_LANES
from .compare import difference, disagreement, first_spike_apart, played
from .story import stories

DRAWS = 85 if os.environ.get("ALLSPIKE_SOAK") else 5
"""For each of the builds: together 1,000 and more in a soak, 60 and more otherwise."""
UNKIND = BUILDS if os.environ.get("ALLSPIKE_SOAK") else ("static", "single port, static")
"""Builds with garbage in place of what hardware does not define: in a soak all, else one of each core."""
relaxed = settings(deadline=None, max_examples=DRAWS, suppress_health_check=list(HealthCheck))


def garbage_seeds(build: str) -> st.SearchStrategy[int]:
    """Of the garbage of a build; 0 is none."""
    return st.integers(1, 2**31 - 1) if build in UNKIND else st.just(0)


@pytest.mark.parametrize("build", BUILDS)
@relaxed
@given(data=st.data())
def test_the_gateware_equals_the_emulator(build: str, data: st.DataObject, evidence: Count) -> None:
    config = BUILDS[build]
    story = data.draw(stories(config))
    seed = data.draw(garbage_seeds(build))
    apart = disagreement(EmulatorBus(config), RtlBus(config, seed=seed), story)
    if apart:
        # Step by step it is known when; where single steps agree, the pieces matter.
        finer = disagreement(EmulatorBus(config), RtlBus(config, seed=seed), story, longest=1)
        pytest.fail(f"{config}: {finer or f'(only in long runs) {apart}'}")
    evidence("stories")
    evidence("steps", sum(len(act.events) for act in story.acts))


@relaxed
@given(data=st.data())
def test_results_do_not_depend_on_lanes(data: st.DataObject, evidence: Count) -> None:
    """Builds against each other, without the emulator."""
    story = data.draw(stories(BY_LANES[1]))
    first, *others = [list(played(Device(RtlBus(config)), story, 1 << 30)) for config in BY_LANES.values()]
    for lanes, other in zip(list(BY_LANES)[1:], others, strict=True):
        for (where, spikes, expected), (_, theirs, found) in zip(first, other, strict=True):
            apart = first_spike_apart(spikes, theirs) or difference(expected, found)
            assert apart is None, f"{lanes} lanes against 1: {where} {apart}"
    evidence("lanes")
