"""Allspike: describe a spiking network, compile it, run it bit-exactly, read it back."""

import lazy_loader

__version__ = "0.2.0"

# The stub beside this file says what there is; a name is imported when it is first used, so that the command
# line starts without NumPy and Numba.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
