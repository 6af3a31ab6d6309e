"""A second neuron model: a small description and its lowering, in one file, and the compiler asks no more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from allspike import (
    LIF,
    CapacityError,
    Config,
    FileError,
    Network,
    ParameterError,
    compile_network,
    files,
    format_report,
)
from allspike.aliases import ArrayLike
from allspike.compiler import lowering
from allspike.compiler.lowering import Lowering
from allspike.compiler.quantised import Quantity, of_delays
from allspike.compiler.scale import Units
from allspike.describe import lif, neuron
from allspike.describe.neuron import NeuronDescription, about, parameter_table
from allspike.map import models
from allspike.map.neuron_model import NeuronModel
from allspike.map.record import Field

# A weight in amperes is a small number; here they are not.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.DescriptionWarning")

ADDER = NeuronModel(
    name="adder",
    number=201,
    params=(Field("level", "i4", "fires at V >= level, and loses it"), Field("gain", "u2", "unused")),
    state=(Field("v", "i4", "the sum"),),
    potential="v",
    drive="level",
    sweep=None,
    gateware=None,
)


@pytest.fixture
def adder(monkeypatch: pytest.MonkeyPatch) -> Iterator[type]:
    """The description of a neuron that adds what comes to it, known while a test runs."""
    monkeypatch.setattr(models, "_models", dict(models._models))
    monkeypatch.setattr(lowering, "_LOWERINGS", dict(lowering._LOWERINGS))
    for_tests = dict(neuron.MODELS)
    models.register(ADDER)

    @dataclass(frozen=True, kw_only=True, eq=False, repr=False)
    class Adder(lif.Axon, NeuronDescription, neuron="adder"):
        level: ArrayLike = field(default=1.0, metadata=about("Fires there.", "V", low=0.0, takes="0 or more"))

    class AdderLowering(Lowering, neuron="adder"):
        def _array(self, name: str) -> NDArray[np.float64]:
            return np.concatenate([p.model.array(name, p.size) for p in self.network.neuron_populations])

        v_rest = property(lambda self: np.zeros(self.placement.neurons))
        charge = property(lambda self: np.ones(self.placement.neurons))
        swing = threshold = property(lambda self: self._array("level"))
        rounding = property(lambda self: np.zeros(self.placement.neurons))

        def currents(self, volts: NDArray[np.float64]) -> NDArray[np.float64]:
            return volts

        def params(self, config: Config, scale: Units) -> Mapping[str, NDArray[np.float64]]:
            return {"level": np.rint(self._array("level") / scale.volts)}

        def idle(self, config: Config) -> Mapping[str, int]:
            return {"level": config.state_max}

        def fires_at(self, params: np.ndarray) -> NDArray[np.int64]:
            return params["level"]

        def quantities(self, config: Config, params: np.ndarray, scale: Units) -> list[Quantity]:
            level = Quantity("level", self._array("level"), params["level"] * scale.volts, "nothing")
            return [level, of_delays(self.network, params)]

    yield Adder
    neuron.MODELS.clear()
    neuron.MODELS.update(for_tests)


def described(adder: type, **parameters: object) -> Network:
    net = Network()
    net.connect(net.inputs(2, "in"), net.neurons(3, adder(**parameters), "sums"), weight=0.5)
    return net


def test_its_parameters_are_checked_shown_and_compared_as_those_of_any_model(adder: type) -> None:
    assert [one.name for one in parameter_table(adder)] == ["delay", "level"]
    assert repr(adder(level=2.0)) == "Adder(level=2.0)"
    assert adder(level=[1, 2]) == adder(level=(1.0, 2.0)) != adder()
    assert adder() != LIF()
    with pytest.raises(ParameterError, match=r"^level = -1 is out of range: it takes 0 or more\.$"):
        adder(level=-1)


def test_it_is_compiled_into_the_fields_of_its_own_record(adder: type) -> None:
    image = compile_network(
        described(adder, level=[1, 2, 4], delay=2e-3),
        Config(neurons=8, inputs=2, neuron="adder"), weight_unit=0.125, weight_shift=1,
    )  # fmt: skip
    params = image.neuron_params
    assert params.dtype == ADDER.params_record.dtype
    assert params["level"].tolist() == [16, 32, 64] + [image.config.state_max] * 5
    assert params["delay"].tolist() == [2] * 3 + [1] * 5
    assert (image.weights[:2, :3] == 4).all()
    assert image.report["populations"]["sums"]["level"] == {"asked": [1.0, 4.0], "realised": [1.0, 4.0]}
    assert "    level 1 to 4 V\n    delay 2 ms\n" in format_report(image.report) + "\n"


@pytest.mark.parametrize("left_out", sorted(name for name in vars(Lowering) if not name.startswith("_")))
def test_a_lowering_that_leaves_something_out_cannot_be_made(
    left_out: str, adder: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = lowering._LOWERINGS["adder"]
    parts = {name: part for name, part in vars(whole).items() if not name.startswith("__")}
    del parts[left_out]
    type("Less", (Lowering,), parts, neuron="adder")
    with pytest.raises(TypeError, match=f"abstract method '?{left_out}"):
        compile_network(described(adder), Config(neurons=8, inputs=2, neuron="adder"))


def test_a_build_of_another_model_is_refused_in_a_sentence(adder: type) -> None:
    with pytest.raises(CapacityError, match=r"^the network needs neurons of the model 'adder'; .* has 'lif'"):
        compile_network(described(adder), Config(neurons=8, inputs=2))
    with pytest.raises(CapacityError, match=r"Config\(neuron='adder'"):
        compile_network(described(adder))
    with pytest.raises(
        CapacityError, match=r"needs neurons of the model 'lif'; .* has 'adder'; it fits core96"
    ):
        compile_network(described(LIF), Config(neurons=8, inputs=2, neuron="adder"))


def test_a_network_has_neurons_of_one_model(adder: type) -> None:
    net = described(adder)
    net.neurons(2, LIF(), "cells")
    with pytest.raises(ParameterError, match=r"several models, 'sums' of adder and 'cells' of lif: a core"):
        compile_network(net)


def test_its_networks_survive_a_file_which_names_the_model(adder: type, tmp_path: Path) -> None:
    net = described(adder, level=[1.0, 2.0, 3.0])
    net.save(tmp_path / "network")
    assert Network.load(tmp_path / "network")["sums"].model == net["sums"].model
    del neuron.MODELS["adder"]
    with pytest.raises(FileError):
        Network.load(tmp_path / "network")


def test_a_network_of_lif_is_a_file_of_former_versions(tmp_path: Path) -> None:
    """Which did not name a model: the name is left out where it would tell nothing."""
    described(LIF).save(tmp_path / "network")
    header, _ = files.load(tmp_path / "network", "allspike-network")
    assert header["populations"][1] == {"name": "sums", "size": 3, "model": {}}


def test_a_part_of_lif_has_its_own_parameters_and_all_parts_are_lif() -> None:
    parts = [part for part in LIF.__mro__ if part.__module__ == lif.__name__ and part is not LIF]
    names = [field.name for part in reversed(parts) for field in fields(part)]
    assert names == [field.name for field in fields(LIF)]
    assert len(parts) == 7 and len(set(names)) == 16
    assert all("`" in (part.__doc__ or "") or ".. math::" in (part.__doc__ or "") for part in parts)
