"""The memory map is sound, and its page shows it as it is."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.presets import PRESETS
from tests.docs import map_tables

from .networks import configs

LARGEST = (
    Config(neurons=4095, inputs=1, lanes=1),
    Config(neurons=512, inputs=32256, event_ring=1 << 17),
    Config(neurons=1, inputs=32766, lanes=1, event_ring=1 << 24, spike_ring=1 << 24),
)


@pytest.mark.parametrize("config", [*PRESETS.values(), *LARGEST])
def test_regions_do_not_overlap_in_the_largest_builds(config: Config) -> None:
    ends = [(region.base, region.base + region.size(config)) for region in dm.REGIONS]
    assert ends == sorted(ends)
    assert all(end <= base for (_, end), (base, _) in pairwise(ends))
    assert ends[-1][1] <= 1 << 32


@pytest.mark.parametrize("region", dm.REGIONS, ids=lambda region: region.name)
def test_every_field_lies_at_a_multiple_of_its_size(region: dm.Region) -> None:
    """In the device too: the base and the record are multiples of the widest field."""
    widest = 8
    assert region.base % widest == 0
    record = region.layout(Config())
    if record is None:
        return
    sizes = [np.dtype(field.type).itemsize for field in record.fields if field.type[0] != "S"]
    assert record.size % max(sizes) == 0
    assert record.size == sum(np.dtype(field.type).itemsize for field in record.fields)
    if record is region.item:
        assert region.address(record.names[-1]) < region.base + record.size


def test_a_field_off_its_boundary_is_refused() -> None:
    skewed = dm.Record((dm.Field("a", "u1", ""), dm.Field("b", "u2", "")))
    with pytest.raises(ValueError, match="field b lies at 1"):
        _ = skewed.dtype


@given(configs())
def test_the_identity_tells_the_whole_configuration(config: Config) -> None:
    assert dm.decode_identity(dm.encode_identity(config, "some build")) == config


@pytest.mark.parametrize("name", PRESETS)
def test_the_identity_tells_every_preset(name: str) -> None:
    record = dm.encode_identity(PRESETS[name])
    assert dm.decode_identity(record) == PRESETS[name]
    assert record.tobytes()[:4] == b"ASPK"


@pytest.mark.parametrize("page", map_tables.SOURCES, ids=lambda page: page.stem)
def test_the_pages_have_the_tables_of_the_map(page: Path) -> None:
    """Otherwise run `python -m tests.docs.map_tables`."""
    assert map_tables.render(page) == page.read_text("utf-8")


def test_the_page_has_a_table_for_everything() -> None:
    page = next(iter(map_tables.SOURCES)).read_text("utf-8")
    flags = (dm.Feature, dm.NeuronFlag, dm.InputFlag, dm.TraceKind, dm.LearnFlag, dm.ControlFlag, dm.State)
    records = [region.name for region in dm.REGIONS if region.layout(Config()) is not None]
    for name in ("regions", "constants", *records, *(kind.__name__ for kind in flags)):
        assert f"<!-- {name} -->" in page
