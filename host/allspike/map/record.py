"""Fields, each with its width, and the records that they make."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from .config import Config

_Flags = type[IntFlag]


@dataclass(frozen=True)
class Field:
    """One field of a record: name, NumPy scalar type, meaning, and how many of its bits a device keeps.

    Whoever stores the field, or limits what goes into it, takes the width from here.

    Parameters
    ----------
    name, type, doc : str
    bits : int or callable of Config, optional
        Low bits that are kept, sign-extended where `type` is signed; all of `type` if there is none.
    flags : type of IntFlag, optional
        What its bits mean; without `bits` the highest flag tells the width.

    Examples
    --------
    >>> from allspike.map.config import Config
    >>> leak = Field("leak", "u4", "linear leak", lambda config: config.state_bits - 1)
    >>> leak.width(Config(state_bits=16)), leak.limits(Config(state_bits=16))
    (15, (0, 32767))
    """

    name: str
    type: str
    doc: str
    bits: "int | Callable[[Config], int] | None" = None
    flags: _Flags | None = None

    @property
    def signed(self) -> bool:
        """Its highest bit is a sign."""
        return self.type[0] == "i"

    @cached_property
    def dtype(self) -> "np.dtype":
        """Its type in memory."""
        import numpy as np  # noqa: PLC0415  (the command line, which names builds, starts without it)

        return np.dtype(f"<{self.type}")

    def width(self, config: "Config") -> int:
        """Bits that a build keeps of it."""
        if self.bits is not None:
            return self.bits(config) if callable(self.bits) else self.bits
        return max(self.flags).bit_length() if self.flags else 8 * self.dtype.itemsize

    def mask(self, config: "Config") -> int:
        """The bits that a build keeps of it; of flags those that mean something."""
        kept = (1 << self.width(config)) - 1
        return kept & int(reduce(or_, self.flags)) if self.flags else kept

    def limits(self, config: "Config") -> tuple[int, int]:
        """The least and the largest value that a build can hold in it."""
        width = self.width(config)
        return (-(1 << width - 1), (1 << width - 1) - 1) if self.signed else (0, (1 << width) - 1)


@dataclass(frozen=True)
class Record:
    """Fields at their natural alignment, without gaps."""

    fields: tuple[Field, ...]

    @cached_property
    def dtype(self) -> "np.dtype":
        """The record as a NumPy structured type.

        Raises
        ------
        ValueError
            If a field would not lie at a multiple of its size.
        """
        import numpy as np  # noqa: PLC0415  (as in Field.dtype)

        dtype = np.dtype([(field.name, f"<{field.type}") for field in self.fields])
        for field in self.fields:
            item, offset = dtype.fields[field.name][:2]  # type: ignore[index]
            if offset % item.base.itemsize:
                raise ValueError(f"field {field.name} lies at {offset}, not at a multiple of its size")
        return dtype

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its fields."""
        return tuple(field.name for field in self.fields)

    @property
    def size(self) -> int:
        """Bytes of one record."""
        return self.dtype.itemsize

    def offset(self, name: str) -> int:
        """Bytes from the start of a record to the field `name`."""
        return self.dtype.fields[name][1]  # type: ignore[index]

    def __getitem__(self, name: str) -> Field:
        return self.fields[self.names.index(name)]
