"""Where data lies that the repository does not hold."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("ALLSPIKE_DATA", ROOT.parent / "shared" / "data"))
"""The folder of data sets: ALLSPIKE_DATA, or one beside the repository."""
