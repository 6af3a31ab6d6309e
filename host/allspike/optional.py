"""Optional packages: imported when they are needed, and asked for in one sentence where they are missing."""

from importlib import import_module
from typing import Any

from .errors import MissingExtraError


def optional(package: str, extra: str, purpose: str, *modules: str) -> Any:
    """A package that an extra of this one brings.

    Parameters
    ----------
    package : str
        What is imported and given back.
    extra : str
        The extra that brings it.
    purpose : str
        What it is for: the beginning of the sentence if it is missing.
    *modules : str
        Modules that must be there besides.

    Raises
    ------
    MissingExtraError
        If one is not installed.
    """
    for name in (*modules, package):
        try:
            found = import_module(name)
        except ModuleNotFoundError:
            raise MissingExtraError(name.partition(".")[0], extra, purpose) from None
    return found
