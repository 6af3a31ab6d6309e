"""Files: written whole or not at all, read equal or refused with a `FileError`, and never run as code."""

import errno
import json
import os
import pickle
import re
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from allspike import (
    LIF,
    STDP,
    FixedProbability,
    Image,
    Network,
    Poisson,
    Result,
    Simulation,
    compile_network,
    files,
)
from allspike.errors import FileError
from allspike.writing import check_writable
from tests.examples import examples

from .contents import contents
from .former_files import with_map_1


@dataclass(frozen=True)
class Kind:
    """A kind of file, an example of it, and how to compare two."""

    name: str
    load: Callable[[Path], Any]
    thing: Any
    plain: Callable[[Any], object]
    path: Path
    """A sound file, and beside it room for unsound ones."""

    def refused(self, path: Path, words: str = "") -> None:
        """Loading fails with one sentence that names the file and the words."""
        pattern = f"^[^\n]*{re.escape(str(path))}[^\n]*{'.*'.join(map(re.escape, words.split()))}[^\n]*\\.$"
        with pytest.raises(FileError, match=pattern):
            self.load(path)


def network() -> Network:
    net = Network()
    rule = STDP(a_plus=2e-11, a_minus=2e-11, w_max=1e-9)
    pre, cells = net.inputs(5, "pre"), net.neurons(6, LIF(tau_m=np.linspace(0.01, 0.03, 6)), "cells")
    net.connect(pre, cells, weight=np.random.default_rng(0).uniform(0, 1e-9, (5, 6)), stdp=rule)
    net.connect(cells, cells, FixedProbability(0.4), weight=-1e-10)
    return net


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kind]:
    net = network()
    sim = Simulation(net, seed=1)
    result = sim.run(0.2, {"pre": Poisson(900.0)}, record_v={"cells": [0, 3]})
    assert sum(when.size for when, _ in result.spikes.values())
    made = {}
    for name, thing, plain in (
        ("network", net, contents),
        ("image", compile_network(net, seed=2), asdict),
        ("result", result, asdict),
    ):
        path = tmp_path_factory.mktemp(name) / "sound.npz"
        thing.save(path)
        made[name] = Kind(name, type(thing).load, thing, plain, path)
    return made


every_kind = pytest.mark.parametrize("name", ["network", "image", "result"])


@every_kind
def test_what_is_loaded_equals_what_was_saved(kinds: dict[str, Kind], name: str) -> None:
    kind = kinds[name]
    loaded = kind.load(kind.path)
    np.testing.assert_equal(kind.plain(loaded), kind.plain(kind.thing))
    assert type(loaded) is type(kind.thing)
    assert files.kind_of(kind.path) == f"allspike-{name}"


# Reading what is no such file


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


def rewritten(kind: Kind, change: Callable[[dict], dict]) -> Path:
    """The sound file with another header."""
    with np.load(kind.path) as archive:
        arrays = dict(archive)
    header = change(json.loads(str(arrays.pop("header"))))
    path = kind.path.parent / "rewritten.npz"
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    return path


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


# Damage


@every_kind
def test_sound_arrays_that_do_not_belong_together_are_refused(kinds: dict[str, Kind], name: str) -> None:
    """Each array in turn left out, and cut by half."""
    kind = kinds[name]
    path = kind.path.parent / "unfit.npz"
    with np.load(kind.path) as archive:
        arrays = dict(archive)
    optional = {"network": {"population1_tau_m"}, "image": set(), "result": set()}[name]
    for victim in arrays.keys() - {"header"} - optional:
        np.savez(path, **{key: values for key, values in arrays.items() if key != victim})
        if name != "result":
            kind.refused(path)
        np.savez(path, **arrays | {victim: arrays[victim][..., : arrays[victim].shape[-1] // 2]})
        if name == "network" or (name == "image" and not victim.startswith("pairs")):
            kind.refused(path)


def loads_equal_or_not_at_all(kind: Kind, raw: bytes) -> bool:
    """Whether damaged bytes load; if they do, as what was saved."""
    path = kind.path.parent / "damaged.npz"
    path.write_bytes(raw)
    try:
        loaded = kind.load(path)
    except FileError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)
        return False
    np.testing.assert_equal(kind.plain(loaded), kind.plain(kind.thing))
    return True


@settings(deadline=None, max_examples=examples(150))
@given(
    name=st.sampled_from(["network", "image", "result"]),
    hits=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=3),
)  # fmt: skip
def test_flipped_bits_are_noticed(kinds: dict[str, Kind], name: str, hits: list[tuple[float, int]]) -> None:
    raw = bytearray(kinds[name].path.read_bytes())
    for place, bits in hits:
        raw[round(place * (len(raw) - 1))] ^= bits
    loads_equal_or_not_at_all(kinds[name], bytes(raw))


@every_kind
def test_no_single_byte_of_the_directory_gets_by(kinds: dict[str, Kind], name: str) -> None:
    """The end of the archive is where its reader is most easily led astray: each byte, several ways."""
    raw = kinds[name].path.read_bytes()
    loaded = 0
    with zipfile.ZipFile(kinds[name].path) as archive:
        start = archive.start_dir
    places = range(start, len(raw), 3)
    for place in places:
        damaged = bytearray(raw)
        damaged[place] ^= 1 << (place % 8)
        loaded += loads_equal_or_not_at_all(kinds[name], bytes(damaged))
    assert loaded < len(places)


@settings(deadline=None, max_examples=examples(60))
@given(name=st.sampled_from(["network", "image", "result"]), share=st.floats(0, 0.9999))
@example(name="network", share=0.0)
@example(name="image", share=0.9999)
def test_a_file_cut_short_is_refused(kinds: dict[str, Kind], name: str, share: float) -> None:
    raw = kinds[name].path.read_bytes()
    assert not loads_equal_or_not_at_all(kinds[name], raw[: int(share * len(raw))])


# Writing


@every_kind
def test_a_place_that_cannot_be_written_is_named_and_left_alone(
    kinds: dict[str, Kind], name: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder.npz").mkdir()
    places = ["absent/x.npz", "file/x.npz", "folder.npz", "x" * 300, "nul\0.npz"]
    for place in places:
        with pytest.raises(FileError, match=rf"^cannot write {re.escape(str(tmp_path / place))}: [^\n]*\.$"):
            kinds[name].thing.save(tmp_path / place)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.npz"]
    assert (tmp_path / "file").read_text() == "mine"
    assert not list((tmp_path / "folder.npz").iterdir())


@every_kind
@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr
)
def test_what_fails_half_way_leaves_the_old_file(
    kinds: dict[str, Kind], name: str, failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.npz"
    kinds[name].thing.save(path)
    before = path.read_bytes()

    def half(stream: Any, **_: object) -> None:
        stream.write(before[: len(before) // 2])
        raise failure

    monkeypatch.setattr(np, "savez_compressed", half)
    expected = FileError if isinstance(failure, OSError) else KeyboardInterrupt
    for target in (path, tmp_path / "new.npz"):
        with pytest.raises(expected) as error:
            kinds[name].thing.save(target)
        if expected is FileError:
            assert re.match(
                rf"^cannot write {re.escape(str(target))}: No space left on device.*\.$", str(error.value)
            )
    assert [p.name for p in tmp_path.iterdir()] == ["kept.npz"]
    assert path.read_bytes() == before


def test_a_file_has_the_permissions_of_any_other_and_the_name_given(tmp_path: Path) -> None:
    """Not those of a temporary file, and no ending that nobody asked for."""
    old = os.umask(0o027)
    try:
        network().save(tmp_path / "network")
        network().save(str(tmp_path / "by name"))
    finally:
        os.umask(old)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["by name", "network"]
    assert (tmp_path / "network").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "network").read_bytes()[:2] == b"PK"


def test_check_writable_says_no_where_saving_would(tmp_path: Path) -> None:
    check_writable(tmp_path / "fine.npz")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    for place in ("absent/x.npz", "file/x.npz", "."):
        with pytest.raises(FileError, match=rf"^cannot write {re.escape(str(tmp_path / place))}: [^\n]*\.$"):
            check_writable(tmp_path / place)


def test_results_are_found_by_their_class(kinds: dict[str, Kind]) -> None:
    assert isinstance(Result.load(kinds["result"].path), Result)
    assert isinstance(Image.load(kinds["image"].path), Image)
