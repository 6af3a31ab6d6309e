"""Arrays of any library."""

import sys
from typing import Any


def is_array(value: Any) -> bool:
    """Whether it is an array of some library."""
    return hasattr(value, "shape") and hasattr(value, "dtype")


def namespace(array: Any) -> Any:
    """The module with the functions of an array's library: of the array API standard, or PyTorch's own."""
    find = getattr(array, "__array_namespace__", None)
    if find is not None:
        return find()
    return sys.modules[type(array).__module__.partition(".")[0]]
