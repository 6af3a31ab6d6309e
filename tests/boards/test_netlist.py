"""What is flashed is what was tested: the netlist after synthesis computes the emulator's integers, too."""

import os
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.emulator.bus import EmulatorBus
from allspike.map.config import Config, Memory
from allspike_sim import rtl
from tests.evidence.counted import Count

from ..equivalence_rtl.compare import disagreement
from ..equivalence_rtl.story import Story, forced, stories
from .netlist import netlist

CONFIG = Config(
    neurons=16, inputs=8, weight_bits=7, state_bits=24, lanes=4, memory=Memory.SINGLE_PORT, event_ring=32,
    spike_ring=32,
)  # fmt: skip
"""The widths and the memory of the UP5K boards, and few enough neurons for a story to take seconds."""
DRAWS = 20 if os.environ.get("ALLSPIKE_SOAK") else 4
"""Others each time. The first is always the simplest, in which nothing happens."""


def test_the_netlist_is_made_of_the_chips_cells() -> None:
    found = set(re.findall(r"^  (SB_\w+) ", netlist(CONFIG), re.MULTILINE))
    assert {"SB_LUT4", "SB_RAM40_4K", "SB_MAC16", "SB_SPRAM256KA"} <= found


few = settings(deadline=None, max_examples=DRAWS, suppress_health_check=list(HealthCheck))


def disagreement_of_the_netlist(story: Story) -> str | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rtl, "core_verilog", netlist)
        device = rtl.RtlBus(CONFIG)
    return disagreement(EmulatorBus(CONFIG), device, story)


@few
@given(data=st.data())
def test_the_netlist_equals_the_emulator(data: st.DataObject, evidence: Count) -> None:
    assert disagreement_of_the_netlist(data.draw(stories(CONFIG))) is None
    evidence("netlist")


@few
@given(data=st.data())
def test_the_netlist_subtracts_amounts_that_are_not_the_threshold(
    data: st.DataObject, evidence: Count
) -> None:
    story = data.draw(stories(CONFIG))
    story = replace(story, network=forced(story.network, "subtract"))
    assert disagreement_of_the_netlist(story) is None
    evidence("netlist")
