"""Networks of the Neuromorphic Intermediate Representation (NIR): docs/nir.md."""

from .flat import flatten
from .origins import ORIGINS, Origin
from .restoring import restored
from .settings import Settings
from .translate import translate
from .translation import NirTranslation
from .writing import write

__all__ = ["ORIGINS", "NirTranslation", "Origin", "Settings", "flatten", "restored", "translate", "write"]
