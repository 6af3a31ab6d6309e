"""Where a graph comes from: a NIR file, a graph of the package `nir`, or the dictionary of one.

All come to the same tree of dictionaries, which is what a file holds and what `to_dict` of a NIR node gives.
Of a file only numbers and text are read, through h5py: nothing in it is run, and no other file is opened for
it. Arrays stay where they are until their values are asked for, so a network that is too large costs nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileError, ParameterError
from ..optional import optional

MAGIC = b"\x89HDF\r\n\x1a\n"
"""How an HDF5 file begins."""
DEEPEST = 64
"""Groups within groups: far more than any graph nests, and an end to those that hold themselves."""

_BROKEN = (OSError, RuntimeError, LookupError, TypeError, ValueError, MemoryError)
"""What h5py raises for bytes that are none of HDF5's."""

Tree = Mapping[str, Any]


@contextmanager
def opened(source: Any) -> Iterator[Tree]:
    """The tree of a graph; arrays of a file can be read inside the block.

    Raises
    ------
    FileError
        If the file is missing, damaged, or no NIR file.
    ParameterError
        If `source` is nothing that holds a graph.
    """
    if isinstance(source, str | Path):
        with _file(Path(source)) as tree:
            yield tree
        return
    tree = source if isinstance(source, Mapping) else _of_object(source)
    if "type" not in tree:
        raise ParameterError(
            f"{type(source).__name__} is no NIR graph: give a nir.NIRGraph or the path of a .nir file."
        )
    yield tree


def _of_object(node: Any, depth: int = 0) -> Tree:
    """The tree of a node of the package `nir`, by the names of its attributes; empty if it is none."""
    if depth > DEEPEST:
        raise ParameterError(f"graphs are nested more than {DEEPEST} deep: write them flatter.")
    if not hasattr(node, "input_type"):
        return {}
    kind = type(node).__name__
    tree = {key: value for key, value in vars(node).items() if key not in ("input_type", "output_type")}
    if kind in ("Input", "Output"):
        tree["shape"] = (getattr(node, f"{kind.lower()}_type") or {}).get(kind.lower())
    elif "nodes" in tree:
        tree["nodes"] = {name: _of_object(one, depth + 1) for name, one in node.nodes.items()}
    return tree | {"type": kind}


def metadata_of(tree: Tree) -> Tree:
    """What programs have noted beside a node; empty where there is nothing that has names."""
    held = tree.get("metadata")
    return held if isinstance(held, Mapping) else {}


def is_nir(path: Path) -> bool:
    """Whether a file is meant as NIR: by its ending, or because it is HDF5."""
    if path.suffix.lower() == ".nir":
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


@contextmanager
def _file(path: Path) -> Iterator[Tree]:
    try:
        with path.open("rb") as stream:
            start = stream.read(len(MAGIC))
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        raise FileError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None
    if start != MAGIC:
        found = "is empty" if not start else "does not begin as HDF5"
        raise FileError(f"{path} {found}, and a NIR file is HDF5: write it again with nir.write.")
    h5py = optional("h5py", "nir", "reading a NIR file")
    try:
        file = h5py.File(path, "r")
    except _BROKEN as error:
        raise FileError(f"{path} is damaged: {_reason(error)}.") from None
    with file:
        yield _root(file, path, h5py)


def _root(file: Any, path: Path, h5py: Any) -> Tree:
    """What a file says of its outermost node."""
    found = _Walk(path, h5py).group(file)
    root = found.get("node")
    if not isinstance(root, dict) or not isinstance(root.get("type"), str):
        held = ", ".join(map(str, list(found)[:5])) or "nothing"
        raise FileError(
            f"{path} is HDF5 but no whole NIR file: there is no node with a type in it; it holds {held}."
        )
    return root


class _Walk:
    """From groups to dictionaries; text is read at once, numbers when they are needed."""

    def __init__(self, path: Path, h5py: Any) -> None:
        self.path = path
        self.h5py = h5py

    def group(self, group: Any, depth: int = 0) -> dict[str, Any]:
        if depth > DEEPEST:
            raise FileError(f"{self.path} nests groups more than {DEEPEST} deep: write it again.")
        try:
            return {str(name): self._item(group, name, depth) for name in group}
        except _BROKEN as error:
            raise FileError(f"{self.path} is damaged in {group.name}: {_reason(error)}.") from None

    def _item(self, group: Any, name: str, depth: int) -> Any:
        link = group.get(name, getlink=True)
        if not isinstance(link, self.h5py.HardLink):
            raise FileError(
                f"{self.path}: {group.name}/{name} is a link to elsewhere, which is not followed: write the "
                "graph again with nir.write."
            )
        item = group[name]
        if isinstance(item, self.h5py.Group):
            return self.group(item, depth + 1)
        if not isinstance(item, self.h5py.Dataset):
            return None
        if item.external or item.is_virtual:
            raise FileError(f"{self.path}: {item.name} lies in another file, which is not opened.")
        if self.h5py.check_string_dtype(item.dtype) is None:
            return Stored(item, self.path)
        text = item.asstr()[()]
        return text if isinstance(text, str) else np.asarray(text, object)


class Stored:
    """An array that is still in its file."""

    def __init__(self, dataset: Any, path: Path) -> None:
        self._dataset = dataset
        self._path = path
        self.shape: tuple[int, ...] = tuple(dataset.shape or ())

    def read(self) -> NDArray:
        """Its values."""
        try:
            return np.asarray(self._dataset[()])
        except _BROKEN as error:
            name = self._dataset.name
            raise FileError(f"{self._path} is damaged in {name}: {_reason(error)}.") from None


def _reason(error: BaseException) -> str:
    """What a library says, as the end of a sentence."""
    text = str(error).strip("'\"").splitlines()
    return text[0].rstrip(".") if text else type(error).__name__
