"""Where data lies that the repository does not hold."""

import os
from pathlib import Path

import pytest

from .needs import needs_files

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("ALLSPIKE_DATA", ROOT.parent / "shared" / "data"))
"""The folder of data sets: ALLSPIKE_DATA, or one beside the repository."""


def needs_data(*names: str) -> pytest.MarkDecorator:
    """The mark of a test that needs these of the data sets."""
    return needs_files(DATA, *names, how="set ALLSPIKE_DATA to the folder that holds it")
