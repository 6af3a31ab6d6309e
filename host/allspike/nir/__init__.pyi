# What the package shows, and where it is. `translate` is its module's, whose name it has.
from .flattening import flatten
from .front import restored
from .origins import ORIGINS, Origin
from .settings import Settings
from .translation import NirTranslation
from .writing import write

__all__ = ["ORIGINS", "NirTranslation", "Origin", "Settings", "flatten", "restored", "write"]
