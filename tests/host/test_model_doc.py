"""docs/model.md quotes the constants, flags, fields and widths that the software has."""

import re
from pathlib import Path

import numpy as np
import pytest

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config

DOCUMENT = (Path(__file__).parents[2] / "docs" / "model.md").read_text("utf-8")
CONFIG = Config(neurons=8, inputs=8, weight_bits=6, state_bits=19, trace_bits=13, max_delay=16)
WIDTHS = {"b_w": CONFIG.weight_bits, "b_s": CONFIG.state_bits, "b_x": CONFIG.trace_bits}
OTHERWISE = {"delay", "flags", "x_kind", "y_kind", "plastic"}
"""Fields whose store is not a plain number of low bits."""


def table(head: str) -> list[list[str]]:
    """The cells of the rows of the tables whose first column is `head`, without code marks."""
    found = []
    for block in re.findall(rf"^\| {head} \|.*\n\| ---.*\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE):
        found += [
            [cell.strip().replace("`", "") for cell in row.split("|")[1:-1]] for row in block.splitlines()
        ]
    assert found, f"no table {head}"
    return found


@pytest.mark.parametrize(("name", "value"), [row[:2] for row in table("constant")])
def test_constants_have_the_values_that_are_quoted(name: str, value: str) -> None:
    assert int(value, 0) == getattr(dm, name)


def test_every_constant_of_the_map_is_quoted() -> None:
    """But those of the map itself."""
    of_the_map = {
        "MAGIC", "MAP_VERSION", "RING_WORD", "REGION_BITS", "OFFSET_BITS", "PARAMS_BYTES", "STATE_BYTES",
        "TRACE_AT",
    }  # fmt: skip
    constants = {name for name, value in vars(dm).items() if name.isupper() and isinstance(value, int)}
    assert constants - of_the_map <= {row[0] for row in table("constant")}


def test_flags_have_the_values_that_are_quoted() -> None:
    quoted = {row[0]: int(row[1]) for row in table("flag")}
    kinds = (dm.NeuronFlag, dm.InputFlag, dm.LearnFlag, dm.ControlFlag, dm.TraceKind)
    assert quoted == {f"{kind.__name__}.{flag.name}": int(flag) for kind in kinds for flag in kind}


def test_counters_are_all_explained() -> None:
    quoted = [name for row in table("counter") for name in row[0].split(", ")]
    assert sorted(quoted) == sorted(dm.COUNTERS.record.dtype.names or ())


def stores() -> list[tuple[str, str, bool]]:
    """Name, width and sign of every store in the tables of what is held."""
    found = []
    for row in table("field"):
        region = "neuron_state" if row[0] in {"v", "i", "a", "y", "refractory (state)"} else "neuron_params"
        found.append((f"{region}.{row[0].split()[0]}", row[2], row[3]))
    for row in table("elsewhere"):
        region = row[0].partition(".")[0]
        names = [name.removeprefix(f"{region}.") for name in row[0].split(", ")]
        found += [(region if name == region else f"{region}.{name}", row[2], row[3]) for name in names]
    return [(name, width, sign == "signed") for name, width, sign in found]


def force(device: Device, name: str, value: int) -> None:
    """Write all the values of a name as they are, without the checks of `Device.write`."""
    region, _, field = name.rpartition(".")
    owner = next(
        r for r in dm.REGIONS if r.name == (region or name) or (not region and name in r.names(Config()))
    )
    contents = device.read_region(owner)
    (contents if name == owner.name else contents[field])[...] = value
    device.write_region(owner, contents)


def test_every_field_is_in_the_tables() -> None:
    named = {name for name, _, _ in stores()} | {"neuron_params.reserved", "neuron_state.reserved"}
    regions = (dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.LEARNING)
    assert {f"{region.name}.{field}" for region in regions for field in region.names(Config())} <= named
    assert {"traces", "weights", "plastic", "control.weight_shift"} <= named


@pytest.mark.parametrize(
    ("name", "width", "signed"), [store for store in stores() if store[0].rpartition(".")[2] not in OTHERWISE]
)
def test_a_store_keeps_the_bits_that_the_document_says(name: str, width: str, signed: bool) -> None:
    """All bits set read back as -1 or the largest value; the one above the width is dropped."""
    first, _, less = width.partition(" - ")
    bits = WIDTHS.get(first) or int(first)
    bits -= int(less or 0)
    device = Device(EmulatorBus(CONFIG))
    limits = np.iinfo(device.read(name).dtype)
    force(device, name, -1 if signed else limits.max)
    assert (device.read(name) == (-1 if signed else 2**bits - 1)).all()
    if bits < limits.bits - signed:
        force(device, name, 1 << bits)
        assert not device.read(name).any()
    if signed:
        force(device, name, (1 << bits - 1) - 1)
        assert (device.read(name) == (1 << bits - 1) - 1).all()


def test_the_stores_that_are_no_plain_bits_keep_what_the_document_says() -> None:
    device = Device(EmulatorBus(CONFIG))
    for delay, kept in ((0, 16), (1, 1), (16, 16), (17, 1), (255, 15)):
        force(device, "delay", delay)
        assert (device.read("delay") == kept).all()
    for name, kept in (("neuron_params.flags", 0x1F), ("input_params.flags", 8), ("learning.flags", 7)):
        force(device, name, 255)
        assert (device.read(name) == kept).all()
    for kind, kept in ((0, 0), (1, 1), (2, 2), (3, 2), (4, 0), (7, 2)):
        force(device, "x_kind", kind)
        assert device.read("x_kind")[0] == kept
