"""IDX files, in which MNIST is published: an array of bytes after its sizes."""

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import files
from ..errors import FileError

_BYTES = 8
"""Type code of unsigned bytes."""


def read(folder: Path, name: str, dimensions: int) -> NDArray[np.uint8]:
    """The array in the file `name` of a folder, or in `name.gz`.

    Raises
    ------
    FileError
        If neither is there, or it is damaged or of another kind.
    """
    plain, packed = folder / name, folder / f"{name}.gz"
    path = plain if plain.is_file() else packed
    if not path.is_file():
        raise FileError(f"there is neither {name} nor {name}.gz in {folder}: give the folder that has it.")
    with files.reading(path):
        data = path.read_bytes() if path is plain else gzip.decompress(path.read_bytes())
        if data[:4] != bytes((0, 0, _BYTES, dimensions)):
            raise ValueError(f"it does not begin as an IDX file of bytes in {dimensions} dimensions")
        start = 4 + 4 * dimensions
        shape = np.frombuffer(data[4:start], ">u4").tolist()
        if len(shape) != dimensions or len(data) != start + np.prod(shape, dtype=object):
            raise ValueError(f"it holds {len(data):,} bytes, which is not what its sizes {shape} say")
        return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
