"""The gateware as a device: bytes to words and back, options, the watchdog and Ctrl-C."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike.errors import DeviceError, MissingExtraError, ParameterError
from allspike.map import device_map as dm
from allspike.map.config import SINGLE_PORT_LANES, Config, Memory
from allspike.map.presets import preset
from allspike_hdl.compact.layout import StoreLayout
from allspike_hdl.generate import to_verilog
from allspike_sim import gateware, rtl
from allspike_sim.rtl import RtlBus, masked_words, open_rtl

from .standin import Memoryful, Mute

CONFIG = Config(neurons=8, inputs=8, lanes=1, event_ring=32, spike_ring=16)
SIZE = dm.WEIGHTS.size(CONFIG)


@pytest.fixture(scope="module")
def standin() -> str:
    return to_verilog(Memoryful(), reset=False)


@pytest.fixture
def bus(standin: str, monkeypatch: pytest.MonkeyPatch) -> RtlBus:
    """A bus whose regions all lie in the same 256 bytes."""
    monkeypatch.setattr(rtl, "core_verilog", lambda config: standin)
    return RtlBus(CONFIG)


def ranges() -> st.SearchStrategy[tuple[int, bytes]]:
    return st.binary(max_size=20).flatmap(
        lambda data: st.tuples(st.integers(0, SIZE - len(data)), st.just(data))
    )


@given(address=st.integers(0, 2**32 - 32), data=st.binary(max_size=20))
def test_a_range_of_bytes_becomes_words_and_masks(address: int, data: bytes) -> None:
    word, words, masks = masked_words(address, data)
    assert words.dtype == np.uint32
    named = {}
    for k, (value, mask) in enumerate(zip(words.tolist(), masks.tolist(), strict=True)):
        assert mask, "no word is written in vain"
        for byte in range(4):
            if mask >> byte & 1:
                named[4 * (word + k) + byte] = value >> 8 * byte & 0xFF
    assert named == {address + k: value for k, value in enumerate(data)}


@given(writes=st.lists(ranges(), max_size=8), reads=st.lists(ranges(), max_size=8))
@settings(deadline=None)
def test_bytes_written_are_read_and_their_neighbours_stay(
    standin: str, writes: list[tuple[int, bytes]], reads: list[tuple[int, bytes]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rtl, "core_verilog", lambda config: standin)
        bus = RtlBus(CONFIG)
    held = bytearray(SIZE)
    for address, data in writes:
        bus.write(dm.WEIGHTS.base + address, data)
        held[address : address + len(data)] = data
    for address, data in reads:
        assert bus.read(dm.WEIGHTS.base + address, len(data)) == held[address : address + len(data)]
    assert bus.read(dm.WEIGHTS.base, SIZE) == held


@pytest.mark.parametrize("region", dm.REGIONS)
def test_a_command_stays_within_its_region(bus: RtlBus, region: dm.Region) -> None:
    end = region.base + region.size(CONFIG)
    for address, size in ((end, 1), (end - 1, 2), (region.base - 1, 2)):
        with pytest.raises(DeviceError, match="outside the regions"):
            bus.read(address, size)
        with pytest.raises(DeviceError, match="outside the regions"):
            bus.write(address, bytes(size))
    if not region.writable:
        with pytest.raises(DeviceError, match=f"{region.name} .* is read only"):
            bus.write(region.base, b"\1")


def test_a_core_that_gets_nowhere_is_an_error(bus: RtlBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtl, "longest_step", lambda config: 1000)
    status = dm.STATUS.address("state") - dm.STATUS.base
    with pytest.raises(DeviceError, match="stands still at step 0 for 8,000 clocks: a fault of the gateware"):
        bus.write(dm.CONTROL.base + status, bytes([dm.State.RUNNING]))


def test_a_core_that_waits_for_the_host_stands_still(bus: RtlBus) -> None:
    status = dm.STATUS.address("state") - dm.STATUS.base
    for state in (dm.State.RUNNING | dm.State.STALLED, dm.State(0)):
        bus.write(dm.CONTROL.base + status, bytes([state]))


def test_a_core_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtl, "core_verilog", lambda config: to_verilog(Mute(), reset=False))
    with pytest.raises(DeviceError, match="did not answer a request"):
        RtlBus(CONFIG).read(dm.IDENTITY.base, 4)


def test_interrupted_it_tells_the_core_to_stop(bus: RtlBus) -> None:
    """The stand-in never stops by itself, so the second wait is interrupted as well."""
    run_until = dm.CONTROL.address("run_until")
    state = dm.STATUS.address("state") - dm.STATUS.base
    bus.write(run_until, b"\xff" * 8)
    waits = iter((KeyboardInterrupt(), None))

    def run_while(*arguments: int) -> bool:
        if error := next(waits):
            raise error
        return True

    bus._simulation.run_while = run_while  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        bus.write(dm.CONTROL.base + state, bytes([dm.State.RUNNING]))
    assert bus.read(run_until, 8) == bytes(8)


@pytest.mark.parametrize(
    ("argument", "config", "expected"),
    [
        ("", None, (preset("core256"), None)),
        ("core96", None, (preset("core96"), None)),
        ("core96", CONFIG, (preset("core96"), None)),
        ("", CONFIG, (CONFIG, None)),
        ("waves=a b.vcd", CONFIG, (CONFIG, Path("a b.vcd"))),
        ("up5k,waves=/x/y=z.vcd", None, (preset("up5k"), Path("/x/y=z.vcd"))),
    ],
)
def test_the_argument_names_a_preset_and_options(
    argument: str, config: Config | None, expected: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rtl, "RtlBus", lambda config, waves: (config, waves))
    assert open_rtl(argument, config) == expected


@pytest.mark.parametrize("argument", ["speed=3", "waves=", "core96,waves", "no-such"])
def test_an_unknown_option_or_preset_is_refused(argument: str) -> None:
    with pytest.raises(ParameterError, match=r"no option|no configuration named"):
        open_rtl(argument, None)


def test_without_amaranth_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateware, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"'amaranth'.*pip install \"allspike\[rtl\]\""):
        open_rtl("core96", None)


@pytest.mark.parametrize("plasticity", [True, False])
@pytest.mark.parametrize("neurons", [8, 16, 64, 256])
@pytest.mark.parametrize("inputs", [0, 1, 16])
def test_patience_is_enough_for_the_first_wipe(neurons: int, inputs: int, plasticity: bool) -> None:
    """Rows of a compact core until all of its store is covered, and then what every restart clears."""
    config = Config(
        neurons=neurons, inputs=inputs * neurons // 2, weight_bits=7, plasticity=plasticity,
        lanes=SINGLE_PORT_LANES[plasticity], memory=Memory.SINGLE_PORT, event_ring=1 << 13,
    )  # fmt: skip
    rows = 1 << StoreLayout(config).index_bits
    wipe = rows * (neurons // config.lanes + 2) + config.inputs + 3 * neurons
    assert 2 * wipe < rtl.longest_step(config)
