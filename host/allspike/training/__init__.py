"""Training that survives quantisation: float64 beside the device's integers, and what to choose.

`float_run` is what the device would compute with infinitely many bits, `Dynamics` one step of it in NumPy,
JAX or PyTorch. `fit` trains a described network, `quantise` puts the rounding of weights into any training,
and `calibrate` chooses weight units, clipping and rounding for a network that is trained.
"""

from .answering import answers, readout
from .calibration import Calibration, calibrate
from .coding import population_code
from .comparing import Loss
from .dynamics import Dynamics
from .fitting import fit, surrogate
from .floating import FloatRun, float_run
from .quantising import quantise, weight_unit
from .telling import Kept

__all__ = [
    "Calibration",
    "Dynamics",
    "FloatRun",
    "Kept",
    "Loss",
    "answers",
    "calibrate",
    "fit",
    "float_run",
    "population_code",
    "quantise",
    "readout",
    "surrogate",
    "weight_unit",
]
