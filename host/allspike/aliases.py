"""The types of arrays in signatures, under names that `help` and the documentation print as they are.

NumPy's own aliases are spelt out there, `ArrayLike` in 270 characters.
"""

from typing import TypeVar

import numpy as np
from numpy import typing as npt
from typing_extensions import TypeAliasType

Scalar = TypeVar("Scalar", bound=np.generic)

ArrayLike = TypeAliasType("ArrayLike", npt.ArrayLike)
"""A number, an array, or nested lists of numbers."""
NDArray = TypeAliasType("NDArray", npt.NDArray[Scalar], type_params=(Scalar,))
"""An array of one type of numbers."""
Spikes = TypeAliasType("Spikes", tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]])
"""Spikes (steps [spikes], neurons [spikes])."""
