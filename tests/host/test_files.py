"""Files are read equal to what was saved, or refused with a `FileError`, and never run as code."""

import errno
import json
import os
import pickle
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allspike import LIF, Image, Network, Poisson, Result, Simulation, compile_network, files
from allspike.errors import FileError

from .former_files import with_map_1
from .kinds_of_files import Kind, every_kind, rewritten


@every_kind
def test_what_is_loaded_equals_what_was_saved(kinds: dict[str, Kind], name: str) -> None:
    kind = kinds[name]
    loaded = kind.load(kind.path)
    np.testing.assert_equal(kind.plain(loaded), kind.plain(kind.thing))
    assert type(loaded) is type(kind.thing)
    assert files.kind_of(kind.path) == f"allspike-{name}"


@every_kind
def test_absent_empty_and_foreign_files_are_refused(kinds: dict[str, Kind], name: str) -> None:
    kind = kinds[name]
    folder = kind.path.parent
    kind.refused(folder / "absent.npz")
    kind.refused(folder)
    kind.refused(kind.path / "below.npz")
    loop = folder / "loop.npz"
    loop.symlink_to(loop)
    kind.refused(loop)

    foreign = folder / "foreign"
    contents: dict[str, bytes | Callable[[Any], None]] = {
        "empty": b"",
        "text": b"spikes: none\n",
        "zip magic alone": b"PK\x03\x04",
        "an empty archive": b"PK\x05\x06" + bytes(18),
        "one array": lambda stream: np.save(stream, np.ones(3)),
        "arrays of somebody else": lambda stream: np.savez(stream, weights=np.ones(3)),
        "a header that is no text": lambda stream: np.savez(stream, header=np.ones(3)),
        "a header that is no JSON": lambda stream: np.savez(stream, header=np.array("{")),
        "a header that is a list": lambda stream: np.savez(stream, header=np.array("[1, 2]")),
        "a bottomless header": lambda stream: np.savez(stream, header=np.array("[" * 100_000)),
    }
    for content in contents.values():
        with foreign.open("wb") as stream:
            stream.write(content) if isinstance(content, bytes) else content(stream)
        kind.refused(foreign)
        with pytest.raises(FileError):
            files.kind_of(foreign)


@every_kind
def test_an_unreadable_file_is_refused(
    kinds: dict[str, Kind], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening is made to fail, because permissions do not stop root."""
    path = tmp_path / "secret.npz"
    path.write_bytes(kinds[name].path.read_bytes())

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    kinds[name].refused(path, "Permission denied")


@every_kind
def test_a_file_of_another_kind_is_told_which(kinds: dict[str, Kind], name: str) -> None:
    for other in kinds.values():
        if other.name != name:
            words = f"kind 'allspike-{other.name}' 'allspike-{name}' is needed"
            kinds[name].refused(other.path, words)


@every_kind
def test_a_file_of_a_later_version_asks_for_an_update(kinds: dict[str, Kind], name: str) -> None:
    assert rewritten(kinds[name], lambda header: header).exists()
    kinds[name].load(kinds[name].path.parent / "rewritten.npz")  # so it is the version that is refused
    kinds[name].refused(rewritten(kinds[name], lambda header: header | {"version": 2}), "version 2 1 update")


def test_an_image_of_another_memory_map_is_to_be_compiled_again(kinds: dict[str, Kind]) -> None:
    path = rewritten(kinds["image"], lambda header: header | {"map_version": 77})
    kinds["image"].refused(path, "version 77 compile")


def test_an_image_of_memory_map_1_subtracts_thresholds_as_it_did(tmp_path: Path) -> None:
    net = Network()
    some = net.neurons(4, LIF(reset="subtract", v_thresh=[-0.05, -0.052, -0.054, -0.056]), "some")
    other = net.neurons(4, LIF(v_reset=-0.06), "other")
    pre = net.inputs(5, "pre")
    for post in (some, other):
        net.connect(pre, post, weight=np.random.default_rng(0).uniform(0, 8e-9, (5, 4)))
    image = compile_network(net)
    image.save(tmp_path / "former.npz")
    with_map_1(tmp_path / "former.npz")
    with np.load(tmp_path / "former.npz") as archive:
        assert (archive["neuron_params"]["reset"] != image.neuron_params["reset"])[:4].all()
    loaded = Image.load(tmp_path / "former.npz")
    np.testing.assert_equal(asdict(loaded), asdict(image))
    drive = {"pre": Poisson(300.0, seed=1)}
    results = [Simulation(one).run_steps(200, drive) for one in (image, loaded)]
    assert results[0].counts("some").any()
    np.testing.assert_equal(results[1].spikes, results[0].spikes)


def test_an_image_of_an_older_release_is_to_be_compiled_again(kinds: dict[str, Kind]) -> None:
    """One from before images said what a unit of bias stands for."""
    path = kinds["image"].path.parent / "older.npz"
    with np.load(kinds["image"].path) as archive:
        arrays = {key: values for key, values in archive.items() if key != "current_unit"}
    header = json.loads(str(arrays.pop("header")))
    header["arrays"].remove("current_unit")
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    kinds["image"].refused(path, "older release compile")


@every_kind
@pytest.mark.parametrize("value", [None, "2", [], {}, -1, 1e99, True], ids=repr)
def test_headers_with_nonsense_are_refused(kinds: dict[str, Kind], name: str, value: object) -> None:
    """Every entry in turn, or left out; a few take a few of these values, but none fails in another way."""
    kind = kinds[name]
    with np.load(kind.path) as archive:
        keys = list(json.loads(str(archive["header"])))
    refused = 0
    for key in keys:
        for path in (
            rewritten(kind, lambda header, key=key: header | {key: value}),
            rewritten(kind, lambda header, key=key: {k: v for k, v in header.items() if k != key}),
        ):
            try:
                kind.load(path)
            except FileError as error:
                refused += 1
                assert str(path) in str(error)
    assert refused > len(keys)


@every_kind
def test_files_cannot_carry_code(kinds: dict[str, Kind], name: str) -> None:
    """A pickle that would leave a mark when loaded: as the file itself, as the header, as one more array."""
    kind = kinds[name]
    mark = kind.path.parent / "mark"

    class Trap:
        def __reduce__(self) -> tuple:
            return os.mkdir, (str(mark),)

    trap = np.array([Trap()], dtype=object)
    path = kind.path.parent / "trap.npz"
    path.write_bytes(pickle.dumps(Trap()))
    kind.refused(path)
    np.savez(path, header=trap)
    kind.refused(path)
    with np.load(kind.path) as archive:
        np.savez(path, **dict(archive), extra=trap)
    kind.refused(path)
    assert not mark.exists()
    pickle.loads(pickle.dumps(Trap()))
    assert mark.exists()  # the trap is one
    mark.rmdir()


def test_results_are_found_by_their_class(kinds: dict[str, Kind]) -> None:
    assert isinstance(Result.load(kinds["result"].path), Result)
    assert isinstance(Image.load(kinds["image"].path), Image)
