"""What a build keeps of what is written: the low bits of each field, sign-extended where it is signed."""

import numpy as np
from numpy.typing import NDArray

from ..map.config import Config
from ..map.record import Field, Record


def kept(field: Field, values: NDArray, config: Config) -> NDArray:
    """What a build keeps of the values of a field."""
    if not field.signed:
        return values & field.mask(config)
    return _extended(values, 32 - field.width(config))


class Cut:
    """Cuts records to what a build keeps of them."""

    def __init__(self, record: Record, config: Config) -> None:
        whole = {field.name: (1 << 8 * field.dtype.itemsize) - 1 for field in record.fields}
        fields = [field for field in record.fields if field.mask(config) != whole[field.name]]
        self._masks = [(field.name, field.mask(config)) for field in fields if not field.signed]
        self._spare = [(field.name, 32 - field.width(config)) for field in fields if field.signed]

    def __call__(self, records: np.ndarray) -> None:
        """In place."""
        for name, mask in self._masks:
            records[name] &= mask
        for name, spare in self._spare:
            records[name] = _extended(records[name], spare)


def _extended(values: NDArray, spare: int) -> NDArray[np.int32]:
    """The values without their highest bits, of which 32 bits would have so many."""
    return (values.astype(np.int32) << spare) >> spare
