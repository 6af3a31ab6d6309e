"""What a user may call: the names of the package, and the functions of its public modules."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import allspike as asp


def public_callables() -> dict[str, Callable[..., Any]]:
    """Classes and functions by their names after `allspike.`."""
    found: dict[str, Callable[..., Any]] = {}
    for name in asp.__all__:
        thing = getattr(asp, name)
        if isinstance(thing, ModuleType):
            found |= {f"{name}.{key}": value for key, value in parts_of(thing).items()}
        elif callable(thing) and getattr(thing, "__module__", "").startswith("allspike"):
            found[name] = thing
    return found


def parts_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Public functions and classes that a module, or a package's parts, define."""
    return {
        name: value
        for name, value in vars(module).items()
        if (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__.startswith(module.__name__)
        and name[0] != "_"
    }
