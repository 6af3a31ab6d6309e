"""Networks of the Neuromorphic Intermediate Representation (NIR): docs/nir.md."""

from .flat import flatten
from .origins import ORIGINS, Origin
from .settings import Settings
from .translate import translate
from .translation import NirTranslation

__all__ = ["ORIGINS", "NirTranslation", "Origin", "Settings", "flatten", "translate"]
