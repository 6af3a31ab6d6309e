"""How many examples a property is tried on: few in `make test`, many in `make soak`."""

import os

_SOAK = 20


def examples(count: int) -> int:
    """`count`, or many times that when ALLSPIKE_SOAK is set."""
    return count * _SOAK if os.environ.get("ALLSPIKE_SOAK") else count
