"""Networks of SuperNeuroMAT 3.5, from its objects or its JSON files: docs/superneuromat.md."""

from .front import translate
from .translation import Translation

__all__ = ["Translation", "translate"]
