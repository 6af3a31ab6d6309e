"""Networks of the Neuromorphic Intermediate Representation (NIR): docs/nir.md."""

import lazy_loader

# As of the package itself: the command line completes words of its options without NumPy.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
