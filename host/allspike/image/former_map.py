"""What was saved with memory map 1, as map 2 says it.

Map 1 had the same records. There `RESET_SUBTRACT` took the threshold from V, and the field `reset` of such a
neuron had no effect; here it holds what is taken.
"""

from typing import Final

import numpy as np

from ..map import device_map as dm
from ..map.lif import LIF

FORMER_MAP: Final = 1
"""The version of the map that is read, too."""


def neuron_params(records: np.ndarray) -> np.ndarray:
    """The records of neurons, of which those that subtract now say what."""
    params = records.copy()
    subtracts = (params["flags"] & dm.NeuronFlag.RESET_SUBTRACT) != 0
    params["reset"] = np.where(subtracts, params["threshold"], params["reset"])
    return params


def written(address: int, data: bytes) -> bytes:
    """What a write to the map at this address has to write.

    Raises
    ------
    ValueError
        If it wrote parts of a neuron's parameters: then what it made of the neuron is not known.
    """
    start, size = address - dm.NEURON_PARAMS.base, dm.PARAMS_BYTES
    if not 0 <= start < 1 << dm.OFFSET_BITS:
        return data
    if start % size or len(data) % size:
        raise ValueError(
            f"it was saved with memory map {FORMER_MAP}, and its history writes {len(data)} bytes at "
            f"0x{address:08X}, part of a neuron's parameters, which map {dm.MAP_VERSION} cannot repeat"
        )
    return neuron_params(np.frombuffer(data, LIF.params_record.dtype)).tobytes()
