"""A width stands once, in the map's field: what stores the field, and what limits it, follows."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map import models
from allspike.map.config import Config
from allspike.map.lif import LIF
from allspike_hdl.map.words import shape_of

BITS = 6


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A build whose refractory count has fewer bits, and nothing else is different."""
    params, state = (
        tuple(replace(field, bits=BITS) if field.name == "refractory" else field for field in fields)
        for fields in (LIF.params, LIF.state)
    )
    monkeypatch.setattr(models, "_models", dict(models._models))
    models.register(replace(LIF, name="narrow", number=202, params=params, state=state))
    yield Config(neurons=8, inputs=1, neuron="narrow")


def test_a_width_is_changed_in_the_field_and_followed_everywhere(narrow: Config) -> None:
    device = Device(EmulatorBus(narrow))
    for region in (dm.NEURON_PARAMS, dm.NEURON_STATE):
        record = region.layout(narrow)
        assert record is not None
        values = np.frombuffer(b"\xff" * region.size(narrow), record.dtype)
        device.bus.write(region.base, values.tobytes())
        assert (device.read_region(region)["refractory"] == 2**BITS - 1).all()
        assert record["refractory"].limits(narrow) == (0, 2**BITS - 1)
        assert shape_of(record["refractory"], narrow).width == BITS
