"""Compiled kernels kept from process to process, where they cannot hurt.

Numba's own cache fails where no folder can be written, and crashes on a damaged file. Here a file is used if
it is what was written, by the same Numba for the same processor from the same sources; otherwise the kernel
is compiled again. Where nothing can be written it is compiled in every process.
"""

import hashlib
import os
import pickle
import sys
import tempfile
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from .. import cache
from ..errors import FileError

_DIGEST = hashlib.sha256


def _folder() -> Path:
    """Where Numba's user wants it, or else in the user's cache."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    return Path(chosen) / "allspike" if chosen else cache.root("emulator")


def sources(*parts: Path) -> bytes:
    """What changes with the source of anything that is compiled into a kernel, of which these are parts."""
    folder = Path(__file__).parent
    map_ = folder.parent / "map"
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.py")), map_ / "constants.py", map_ / "flags.py", *parts):
        digest.update(path.read_bytes())
    return digest.digest()


class KernelCache(NullCache):
    """What Numba asks for one compiled function.

    Parameters
    ----------
    name : str
    announcement : str
        Printed when the function has to be compiled, before that begins.
    parts : Path
        Sources of what is compiled into it, beside the emulator's own.
    """

    def __init__(self, name: str, announcement: str, *parts: Path) -> None:
        self._name = name
        self._announcement = announcement
        self._parts = parts
        self._trouble = False

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The function, if it is there and whole; None if it is to be compiled."""
        target_context.refresh()
        if (kept := self._read(sig, target_context.codegen())) is not None:
            return CompileResult._rebuild(target_context, *pickle.loads(kept))
        print(self._announcement, file=sys.stderr, flush=True)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the function, if that can be; whole or not at all."""
        kept = dumps(data._reduce())
        try:
            path = self._path(sig, data.codegen)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
            fresh = Path(name)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(_DIGEST(kept).digest() + kept)
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)
        except (OSError, FileError):
            self._trouble = True

    def warn_of_trouble(self) -> None:
        """Say, once, if the function could not be kept."""
        if self._trouble:
            cache.warn_unkept()

    def _read(self, sig: Any, codegen: Any) -> bytes | None:
        try:
            data = self._path(sig, codegen).read_bytes()
        except (OSError, FileError):
            return None
        size = _DIGEST().digest_size
        return data[size:] if _DIGEST(data[size:]).digest() == data[:size] else None

    def _path(self, sig: Any, codegen: Any) -> Path:
        made_by = (numba.__version__, sys.version, codegen.magic_tuple(), sig)
        return _folder() / f"{self._name}-{cache.key_of(sources(*self._parts), repr(made_by))}.bin"
