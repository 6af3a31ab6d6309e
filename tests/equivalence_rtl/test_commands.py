"""Commands of a host that is slow, careless or repeats itself: the gateware answers as the emulator does.

Any words lie in the event ring, spikes are acknowledged late, offsets are wrong, and a run is cut short by a
reset in one command with the next one.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike.device.bus import Bus
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike_sim.rtl import RtlBus
from tests.evidence.counted import Count

from .builds import BUILDS
from .compare import contents, difference
from .story import networks_of
from .test_stories import garbage_seeds, relaxed

_OFFSET = 0xFFFFFFFF


@dataclass(frozen=True)
class Command:
    """Event words, then one write to the control record."""

    words: tuple[int, ...]
    steps: int
    ack: str
    reset: bool
    stray: int

    def give(self, bus: Bus) -> None:
        """Write the words as far as there is room, and the record."""
        config = bus.config  # type: ignore[attr-defined]
        control, status = record(bus, dm.CONTROL), record(bus, dm.STATUS)
        head, tail = int(control["event_head"]), int(status["event_tail"])
        if self.reset:
            control["epoch"] += 1
            control["seed"] = self.stray
            head = tail = 0
        room = (config.event_ring - ((head - tail) & _OFFSET)) // dm.RING_WORD
        for word in self.words[:room]:
            bus.write(dm.EVENT_RING.base + head % config.event_ring, word.to_bytes(2, "little"))
            head = (head + dm.RING_WORD) & _OFFSET
        control["event_head"] = head
        made, taken = int(status["spike_head"]), int(control["spike_ack"])
        control["spike_ack"] = {
            "none": taken,
            "all": made,
            "some": taken + ((made - taken) // 4 * dm.RING_WORD),
            "stray": self.stray,
        }[self.ack]
        if self.ack == "stray":
            control["event_head"] = self.stray ^ head
        if self.reset:
            control["spike_ack"] = 0
        control["run_until"] = (0 if self.reset else int(status["step"])) + self.steps
        bus.write(dm.CONTROL.base, control.tobytes())


def record(bus: Bus, region: dm.Region) -> np.ndarray:
    """A region of one record."""
    return np.frombuffer(bus.read(region.base, region.record.size), region.record.dtype)[0].copy()


def commands() -> st.SearchStrategy[Command]:
    """Mostly what makes sense."""
    words = st.one_of(
        st.integers(0, 8), st.integers(0, 12).map(lambda t: dm.RING_MARKER | t), st.integers(0, 0xFFFF)
    )
    return st.builds(
        Command,
        words=st.lists(words, max_size=12).map(tuple),
        steps=st.integers(0, 12),
        ack=st.sampled_from(("all", "all", "some", "none", "stray")),
        reset=st.integers(0, 7).map(lambda k: k == 7),
        stray=st.integers(0, _OFFSET),
    )


@pytest.mark.parametrize("build", ["1 lanes", "8 lanes", "many inputs", "no inputs", "single port"])
@relaxed
@given(data=st.data())
def test_the_gateware_answers_commands_as_the_emulator_does(
    build: str, data: st.DataObject, evidence: Count
) -> None:
    config = BUILDS[build]
    network = data.draw(networks_of(config))
    buses = EmulatorBus(config), RtlBus(config, seed=data.draw(garbage_seeds(build)))
    devices = [Device(bus) for bus in buses]
    for device in devices:
        network.write_to(device)
    for command in data.draw(st.lists(commands(), max_size=12)):
        for bus in buses:
            command.give(bus)
        statuses = [record(bus, dm.STATUS) for bus in buses]
        rings = [bus.read(dm.SPIKE_RING.base, config.spike_ring) for bus in buses]
        assert [str(status) for status in statuses[1:]] == [str(statuses[0])]
        assert rings[1] == rings[0]
        if not statuses[0]["state"]:  # what it works on is defined while it stands still
            assert difference(*(contents(device) for device in devices)) is None
    evidence("commands")


@pytest.mark.parametrize("build", ["8 lanes", "single port"])
def test_a_reset_waits_for_the_step_that_runs_however_long_it_is(build: str) -> None:
    """Counters are not visited meanwhile; they begin again."""
    bus = RtlBus(BUILDS[build])
    for _ in range(3):
        Command((), steps=6, ack="all", reset=False, stray=0).give(bus)
        Command((), steps=0, ack="all", reset=True, stray=0).give(bus)
        assert not any(record(bus, dm.STATUS)[name] for name in ("step", "state"))
        counted = record(bus, dm.COUNTERS)
        assert counted["clocks"] < 1000
        assert not any(counted[name] for name in counted.dtype.names if name != "clocks")
