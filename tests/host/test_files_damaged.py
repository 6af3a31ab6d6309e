"""Files that are damaged or cut short are refused, whichever byte it is."""

import zipfile

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from allspike.errors import FileError
from tests.examples import examples

from .kinds_of_files import Kind, every_kind


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
