"""What the rooms give to users as a network is what users call one, with its ways to files and programs."""

from collections.abc import Callable
from pathlib import Path

import pytest
import superneuromat

import allspike as asp
import allspike.modules
import allspike.nir
import allspike.superneuromat


def of_nir(path: Path) -> object:
    net = asp.Network(1e-3)
    net.connect(net.inputs(2, "in"), net.neurons(1, asp.LIF(tau_m=5e-3), "cell"), weight=0.5e-9)
    net.to_nir(path / "net.nir")
    return allspike.nir.restored(path / "net.nir")


def of_superneuromat(_path: Path) -> object:
    model = superneuromat.SNN()
    model.create_neuron(threshold=1.0)
    return allspike.superneuromat.translate(model)


def of_modules(_path: Path) -> object:
    def module(package: str, name: str, **attributes: object) -> object:
        return type(name, (), {"__module__": package, "_modules": {}, **attributes})()

    fc = module("torch.nn", "Linear", weight=[[0.7, 0.4]], bias=[0.0])
    leaky = {"beta": 0.5, "threshold": 1.0, "reset_mechanism": "zero", "reset_delay": True}
    return allspike.modules.translate({"fc": fc, "lif": module("snntorch", "Leaky", **leaky)}, 2)


@pytest.mark.parametrize("make", [of_nir, of_superneuromat, of_modules])
def test_it_has_its_doors(make: Callable[[Path], object], tmp_path: Path) -> None:
    net = make(tmp_path)
    assert isinstance(net, asp.Network)
    assert net.translation is not None
    with pytest.raises(asp.errors.ParameterError, match="translated from"):
        net.save(tmp_path / "net.npz")


def test_what_nir_restored_is_written_again(tmp_path: Path) -> None:
    net = of_nir(tmp_path)
    assert isinstance(net, asp.Network)
    net.to_nir(tmp_path / "again.nir")
    again = allspike.nir.restored(tmp_path / "again.nir")
    assert again is not None
    assert repr(again) == repr(net)
