"""A network's description as plain data, to compare two."""

from dataclasses import asdict

from allspike import Network


def contents(net: Network) -> tuple[object, ...]:
    """All that a description holds, as plain data and arrays."""
    return (
        net.dt,
        [asdict(p) for p in net.populations.values()],
        [asdict(p) for p in net.projections.values()],
    )
