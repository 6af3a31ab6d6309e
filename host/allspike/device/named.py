"""Values by name: which of the map they are, and where they lie."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..errors import ParameterError
from ..map import device_map as dm
from ..map.config import Config


@dataclass(frozen=True)
class Named:
    """What a name means in a build: a region, or one field of its records."""

    name: str
    region: dm.Region
    field: str | None
    shape: tuple[int, ...]
    dtype: np.dtype
    """Of a value."""
    address: int
    """Of the first value."""
    stride: int
    """Bytes from one value to the next."""

    @classmethod
    def of(cls, name: str, config: Config) -> Self:
        """What `name` means: a region, one of its fields, or a field that only one region has.

        Raises
        ------
        ParameterError
            If nothing, or more than one thing, has that name.
        """
        region, field = _named(name, config)
        item = region.dtype(config)
        dtype, offset = (item, 0) if field is None else item.fields[field][:2]  # type: ignore[index]
        return cls(name, region, field, region.shape(config), dtype, region.base + offset, item.itemsize)

    def items(self, index: Any) -> NDArray[np.int64]:
        """Numbers of the values at `index`, in its shape; row-major.

        Raises
        ------
        ParameterError
            If there are no such values.
        """
        every = np.arange(int(np.prod(self.shape)), dtype=np.int64).reshape(self.shape)
        try:
            return np.asarray(every[index])
        except (IndexError, ValueError, TypeError) as error:
            raise self._misfit(error) from None

    def addresses(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the values of these numbers lie."""
        return self.address + items * self.stride

    def values(self, given: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
        """What is given, as so many values of the map.

        Raises
        ------
        ParameterError
            If a value does not fit, or there are more or fewer.
        """
        array = np.asarray(given)
        if self.dtype.kind in "iu":
            _check_whole(self.name, array, self.dtype)
        values = np.empty(shape, self.dtype)
        try:
            values[...] = array
        except (ValueError, TypeError, OverflowError) as error:
            raise self._misfit(error) from None
        return values

    def _misfit(self, error: Exception) -> ParameterError:
        return ParameterError(f"{self.name} has shape {self.shape}: {error}.")


def _named(name: str, config: Config) -> tuple[dm.Region, str | None]:
    head, _, tail = name.partition(".")
    for region in dm.REGIONS:
        if region.name == head:
            if not tail:
                return region, None
            if tail in region.names(config):
                return region, tail
            raise ParameterError(
                f"region {head} has no field {tail!r}; it has {', '.join(region.names(config)) or 'none'}."
            )
    owners = [region for region in dm.REGIONS if name in region.names(config)]
    if len(owners) == 1:
        return owners[0], name
    if owners:
        options = ", ".join(f"{region.name}.{name}" for region in owners)
        raise ParameterError(f"{name!r} is ambiguous: say one of {options}.")
    raise ParameterError(
        f"a device has nothing named {name!r}; its regions are "
        f"{', '.join(region.name for region in dm.REGIONS)}."
    )


def _check_whole(name: str, values: NDArray, dtype: np.dtype) -> None:
    """Refuse what is not whole numbers in the range of `dtype`."""
    limits = np.iinfo(dtype)
    try:
        whole = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} takes whole numbers, not {values.ravel()[:4]}.") from None
    if not np.isfinite(whole).all() or (whole != np.rint(whole)).any():
        raise ParameterError(f"{name} takes whole numbers, not {whole.ravel()[:4]}.")
    if whole.size and (whole.min() < limits.min or whole.max() > limits.max):
        raise ParameterError(
            f"{name} takes {limits.min} to {limits.max}, not {whole.min():g} to {whole.max():g}."
        )
