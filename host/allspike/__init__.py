"""Allspike: describe a spiking network, compile it, run it bit-exactly, read it back."""

from typing import Any

import lazy_loader

from .version import __version__ as __version__

# The stub beside this file says what there is; a name is imported when it is first used, so that the command
# line starts without NumPy and Numba.
_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return _load(name)
    from .names import did_you_mean  # noqa: PLC0415  (most names are right)

    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{did_you_mean(name, __all__)}")
