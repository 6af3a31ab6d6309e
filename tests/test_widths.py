"""A width stands once, in the map's field: what stores the field, and what limits it, follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

import allspike as asp
from allspike.compiler.lif.physics import most_refractory
from allspike.compiler.scaling import most_shift
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map import models
from allspike.map.config import Config
from allspike.map.lif import LIF
from allspike.map.record import Field
from allspike_hdl.map.words import shape_of

from .docs import map_tables

BITS = 6
RECORDS = [region for region in dm.REGIONS if region.writable and region.layout(Config()) is not None]


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


@contextmanager
def width(field: Field, bits: int) -> Iterator[None]:
    """Another width of a field, as if it stood there."""
    before = field.bits
    object.__setattr__(field, "bits", bits)
    try:
        yield
    finally:
        object.__setattr__(field, "bits", before)


def network(tau: float = 20e-3, **model: float) -> asp.Network:
    net = asp.Network(dt=1e-3)
    cells = net.neurons(1, asp.LIF(**model), "cells")
    rule = asp.STDP(a_plus=1e-11, a_minus=1e-11, tau_plus=tau, tau_minus=tau, w_max=2e-9, pairing="window")
    net.connect(net.inputs(1, "in"), cells, weight=1e-9, stdp=rule)
    return net


@pytest.mark.parametrize("bits", [3, 5])
def test_what_the_compiler_refuses_follows(bits: int) -> None:
    most = 2**bits - 1
    with width(LIF.params_record["refractory"], bits):
        assert most_refractory() == most
        asp.compile_network(network(t_ref=most * 1e-3))
        with pytest.raises(asp.ParameterError, match=rf"is {most + 1} steps; at most {most} steps fit"):
            asp.compile_network(network(t_ref=(most + 1) * 1e-3))
    for name in ("x_window", "y_window"):
        with width(dm.LEARNING.record[name], bits):
            asp.compile_network(network(tau=most * 1e-3))
            with pytest.raises(asp.ParameterError, match=rf"{most + 1} steps; it must be 1 to {most} steps"):
                asp.compile_network(network(tau=(most + 1) * 1e-3))


@pytest.mark.filterwarnings("ignore::allspike.errors.QuantisationWarning")
def test_what_the_compiler_chooses_follows() -> None:
    for name in ("plus_shift", "minus_shift"):
        shift = int(asp.compile_network(network()).learning[name][0])
        assert shift > 3
        with width(dm.LEARNING.record[name], 2):
            assert asp.compile_network(network()).learning[name][0] == 3
    with width(dm.CONTROL.record["weight_shift"], 2):
        assert most_shift() == 3
        assert asp.compile_network(network()).weight_shift == 3
        with pytest.raises(asp.ParameterError, match="weight_shift = 4"):
            asp.compile_network(network(), weight_shift=4)
    slow = network(theta_plus=1e-3, tau_theta=1e3)
    period = LIF.params_record["adapt_period"]
    assert asp.compile_network(slow).neuron_params["adapt_period"][0] > 3
    with width(period, 2):
        assert asp.compile_network(slow).neuron_params["adapt_period"][0] == 3


def test_limits_that_are_asked_without_a_build_are_those_of_every_build() -> None:
    for config in (Config(), Config(state_bits=12, trace_bits=8, weight_bits=2, plasticity=False)):
        assert (most_refractory(config), most_shift(config)) == (most_refractory(), most_shift())


@pytest.mark.parametrize("region", RECORDS, ids=lambda one: one.name)
def test_the_tables_of_the_map_follow(region: dm.Region) -> None:
    page = next(iter(map_tables.SOURCES))
    record = region.layout(Config())
    assert record is not None
    for field in record.fields:
        said = f"| {record.offset(field.name)} | `{field.name}` | {field.type} |"
        assert f"{said} {map_tables.bits(field)} |" in map_tables.render(page)
        if not field.flags:
            with width(field, 1):
                assert f"{said} 1 |" in map_tables.render(page)


def test_a_width_is_a_number_or_what_in_a_build_tells_it() -> None:
    told = {
        "threshold": "`state_bits`",
        "leak": "`state_bits` - 1",
        "delay": "log2(`max_delay`)",
        "beta": "16",
    }
    assert {name: map_tables.bits(LIF.params_record[name]) for name in told} == told
    assert map_tables.bits(dm.INPUT_PARAMS.record["flags"]) == "`0x8` alone"
