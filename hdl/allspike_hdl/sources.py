"""Which files make the gateware: those of this package, and what it takes from the host."""

from pathlib import Path

from allspike import errors
from allspike import map as memory_map


def sources() -> list[Path]:
    """Their paths, in an order that does not change: what a build is named by.

    Examples
    --------
    >>> {"top.py", "device_map.py", "errors.py"} <= {path.name for path in sources()}
    True
    """
    shared = Path(memory_map.__file__).parent
    return [
        *sorted(Path(__file__).parent.rglob("*.py")),
        *sorted(shared.rglob("*.py")),
        Path(errors.__file__),
    ]
