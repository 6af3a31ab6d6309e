"""`allspike convert` writes each form, and asks for the package that it needs."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import neo
import pytest

import allspike as asp
from allspike.errors import MissingExtraError
from allspike.results.export import neo as neo_export
from tests.command import command

from .exported import LATE, SIZES, read_nwb


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result, a network and an image."""
    LATE.save(tmp_path / "r.npz")
    net = asp.Network()
    net.neurons(2, asp.LIF(), "cells")
    net.save(tmp_path / "net.npz")
    asp.compile_network(net).save(tmp_path / "image.npz")
    return tmp_path


def test_convert_writes_each_form(folder: Path, capsys: pytest.CaptureFixture) -> None:
    for ending in ("csv", "nix", "nwb", "NWB"):
        assert command("convert", folder / "r.npz", "--out", folder / f"r.{ending}", "--json") == 0
        answer = json.loads(capsys.readouterr().out)
        assert answer["wrote"] == [str(folder / f"r.{ending}")]
    assert len(read_nwb(folder / "r.nwb")["units"]) == len(read_nwb(folder / "r.NWB")["units"]) == 10
    with neo.NixIO(str(folder / "r.nix"), "ro") as file:
        assert len(file.read_block().segments[0].spiketrains) == 10
    with (folder / "r.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected = [
        (name, who, step - LATE.start) for name in SIZES for step, who in zip(*LATE.spikes[name], strict=True)
    ]
    assert [(row["population"], int(row["neuron"]), int(row["step"])) for row in rows] == expected


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("r.npz --out r.npz", 3, "use one of .csv, .nix, .nwb"),
        ("r.npz --out new.npz", 3, "use one of .csv, .nix, .nwb"),
        ("r.npz --out r.nbw", 3, "did you mean .nwb?"),
        ("r.npz --out r", 3, "use one of"),
        ("r.npz --out absent/r.nwb", 5, "there is no folder"),
        ("noise.npz --out absent/r.nwb", 5, "there is no folder"),  # said before anything is read
        ("rr.npz --out r.nwb", 5, "did you mean"),
        ("net.npz --out r.nwb", 3, "is a network"),
        ("image.npz --out r.nix", 3, "is an image"),
        ("noise.npz --out r.nwb", 5, "damaged"),
        ("r.npz", 2, "--out"),
    ],
)
def test_convert_refuses(
    arguments: str, code: int, said: str, folder: Path, capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(folder)
    (folder / "noise.npz").write_bytes(bytes(range(256)))
    before = sorted(folder.iterdir())
    assert command("convert", *arguments.split()) == code
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("package", "extra", "what"),
    [
        ("neo", "neo", lambda folder: LATE.to_neo()),
        ("pandas", "pandas", lambda folder: LATE.to_pandas()),
        ("pynwb", "nwb", lambda folder: LATE.to_nwb(folder / "new.nwb")),
        ("nixio", "neo", lambda folder: neo_export.save_nix(LATE, folder / "new.nix")),
    ],
)
def test_a_missing_package_is_asked_for(
    package: str, extra: str, what: Callable[[Path], object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent(package, monkeypatch)
    with pytest.raises(MissingExtraError, match=rf'"allspike\[{extra}\]"'):
        what(folder)


def absent(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a package not be installed."""
    from importlib import import_module  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    def importing(name: str, *rest: Any) -> Any:
        if name == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return import_module(name, *rest)

    monkeypatch.setattr("allspike.optional.import_module", importing)
    monkeypatch.setattr(
        "allspike.cli.convert.find_spec", lambda name: None if name == package else find_spec(name)
    )


def test_the_command_asks_for_it_before_anything_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    absent("nixio", monkeypatch)
    assert command("convert", folder / "r.npz", "--out", folder / "r.nix") == 7
    assert 'pip install "allspike[neo]"' in capsys.readouterr().err
    assert not (folder / "r.nix").exists()
