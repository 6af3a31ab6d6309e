"""SI units as plain factors: `20 * ms` is 0.02. Everything in the package takes and gives SI numbers."""

from typing import Final

s: Final = 1.0
ms: Final = 1e-3
us: Final = 1e-6
V: Final = 1.0
mV: Final = 1e-3
uV: Final = 1e-6
nA: Final = 1e-9
pA: Final = 1e-12
nF: Final = 1e-9
pF: Final = 1e-12
Hz: Final = 1.0
kHz: Final = 1e3
