"""Regions of the memory map: where something lies, and of what form it is."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from .config import Config
from .record import Field, Record


@dataclass(frozen=True)
class Region:
    """A range of addresses: `shape(config)` items, row-major, from `base`.

    Parameters
    ----------
    name : str
    base : int
        Address of the first byte.
    item : Field, Record or callable of Config
        Plain numbers, records, or records that differ between builds: those of the neurons.
    shape : callable of Config
    writable : bool
    doc : str
    """

    name: str
    base: int
    item: Field | Record | Callable[[Config], Record]
    shape: Callable[[Config], tuple[int, ...]]
    writable: bool
    doc: str

    @property
    def record(self) -> Record:
        """Its record, which is the same in every build.

        Raises
        ------
        TypeError
            If it is not: then `layout` tells that of a build.
        """
        if not isinstance(self.item, Record):
            raise TypeError(f"region {self.name} has no record that is the same in every build")
        return self.item

    @property
    def field(self) -> Field:
        """Its numbers.

        Raises
        ------
        TypeError
            If it is made of records.
        """
        if not isinstance(self.item, Field):
            raise TypeError(f"region {self.name} is made of records")
        return self.item

    def layout(self, config: Config) -> Record | None:
        """The record of a build; None where the items are plain numbers."""
        if isinstance(self.item, Field):
            return None
        return self.item if isinstance(self.item, Record) else self.item(config)

    def names(self, config: Config) -> tuple[str, ...]:
        """Names of the fields; none where the items are plain numbers."""
        record = self.layout(config)
        return record.names if record else ()

    def dtype(self, config: Config) -> np.dtype:
        """Type of an item in a build."""
        record = self.layout(config)
        return record.dtype if record else self.field.dtype

    def size(self, config: Config) -> int:
        """Bytes of the region in a build."""
        return prod(self.shape(config)) * self.dtype(config).itemsize

    def address(self, field: str) -> int:
        """Absolute address of a field of a region that is one record."""
        return self.base + self.record.offset(field)
