"""Numbers out of modules and tensors, by what they can do and not by what they are: torch is not imported."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..showing import brief


def children(module: Any) -> dict[str, Any]:
    """The modules within one, by name, in the order of their definition; one that is there twice, twice."""
    held = getattr(module, "_modules", None)
    return {str(name): child for name, child in held.items() if child is not None} if held else {}


def is_module(thing: Any) -> bool:
    """Whether it looks like a torch.nn.Module."""
    return isinstance(getattr(thing, "_modules", None), dict)


def numbers(where: str, name: str, value: Any) -> NDArray[np.float64]:
    """The finite numbers of a tensor, an array or a number; `where` and `name` say whose, for errors.

    Raises
    ------
    ParameterError
        If it holds none, or some are not finite.
    """
    held = value
    try:
        for step in ("detach", "cpu", "double", "numpy"):
            held = getattr(held, step)() if hasattr(held, step) else held
        found = np.array(held, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError, NotImplementedError) as error:
        raise ParameterError(f"{where}: {name} = {brief(value)} holds no numbers ({error}).") from None
    if not np.isfinite(found).all():
        bad = found[~np.isfinite(found)].ravel()[0]
        raise ParameterError(f"{where}: {name} has a value {bad}: training has diverged, or was not loaded.")
    return found


def attribute(where: str, module: Any, name: str) -> Any:
    """An attribute of a module that its class is known to have.

    Raises
    ------
    ParameterError
        If it is missing: another release of the framework.
    """
    try:
        return getattr(module, name)
    except AttributeError:
        raise ParameterError(
            f"{where}: {type(module).__name__} has no attribute {name!r}, so it is of a release of its "
            "framework that is not known here; export the network to NIR."
        ) from None


def per_neuron(where: str, name: str, value: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A parameter of neurons of that shape, for each of them, [neurons] in C order.

    Raises
    ------
    ParameterError
        If it has other numbers than one, or one a neuron.
    """
    found = numbers(where, name, value)
    while found.ndim > len(shape) and found.shape[0] == 1:  # a batch of one
        found = found[0]
    try:
        return np.broadcast_to(found, shape).ravel().copy()
    except ValueError:
        raise ParameterError(
            f"{where}: {name} has shape {found.shape}, which does not fit neurons of shape {shape}."
        ) from None
