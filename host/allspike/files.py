"""Files of arrays with a JSON header: NumPy's .npz without pickle, written whole or not at all."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .errors import FileError
from .writing import writing

_HEADER = "header"
_VERSION = 1


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Turn what a damaged file causes inside the block into one `FileError`."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}.") from None
    except Exception as error:  # whatever a reader of zip, JSON or arrays makes of damaged bytes
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise FileError(f"{path} is damaged or not a file of this kind: {reason}.") from None


@contextmanager
def _opened(path: str | Path) -> Iterator[Any]:
    """The archive at `path`."""
    with reading(path):
        with Path(path).open("rb") as stream:
            if not zipfile.is_zipfile(stream):
                raise ValueError("it is no archive of arrays")
        with np.load(path, allow_pickle=False) as archive:
            yield archive


def save(path: str | Path, kind: str, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Write `header` and `arrays` as a file of this kind.

    Raises
    ------
    FileError
        If the place cannot be written.
    """
    text = json.dumps({"format": kind, "version": _VERSION, "arrays": sorted(arrays)} | dict(header))
    with writing(path) as temporary, temporary.open("wb") as stream:
        contents: dict[str, Any] = {_HEADER: np.array(text), **arrays}
        np.savez_compressed(stream, **contents)


def load(path: str | Path, kind: str) -> tuple[dict, dict[str, np.ndarray]]:
    """The header and the arrays of a file of this kind.

    Raises
    ------
    FileError
        If the file is missing, damaged, of another kind or of a later version.
    """
    with _opened(path) as archive:
        header = json.loads(str(archive[_HEADER]))
        arrays = {name: archive[name] for name in archive.files if name != _HEADER}
        found, version = header["format"], int(header["version"])
        if found == kind and version <= _VERSION and sorted(arrays) != header["arrays"]:
            # A damaged directory of a zip file hides members without a word.
            raise ValueError("it has lost some of its arrays")
    if found != kind:
        raise FileError(f"{path} is a file of kind {found!r}; here a file of kind {kind!r} is needed.")
    if version > _VERSION:
        raise FileError(
            f"{path} has file version {version}, this software reads up to {_VERSION}: update it."
        )
    return header, arrays


def kind_of(path: str | Path) -> str:
    """The kind of a file written by `save`.

    Raises
    ------
    FileError
        If it is missing or damaged.
    """
    with _opened(path) as archive:
        return str(json.loads(str(archive[_HEADER]))["format"])
