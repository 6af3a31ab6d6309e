"""How a network shows itself: a line a part, or tables for notebooks."""

from typing import TYPE_CHECKING

from ..showing import html_table, shortened, some
from .population import Neurons

if TYPE_CHECKING:
    from .network import Network

_SHOWN = 9
"""Lines of a network, at most."""


def text(network: "Network") -> str:
    """One line for the network, and one for each population and projection, as far as there is room."""
    populations, projections = network.populations, network.projections
    heads = [f"<Network dt={network.dt:g} s>"]
    if len(populations) + len(projections) > _SHOWN:
        counted = (some(len(populations), "population"), some(len(projections), "projection"))
        heads = [f"<Network dt={network.dt:g} s: {' and '.join(counted)}>"]
    room = min(_SHOWN - 1, max(_SHOWN // 2, _SHOWN - len(projections)))
    lines = [f"  {' '.join(repr(p).split())}" for p in populations.values()]
    parts = shortened(lines, room, "population")
    lines = [f"  {projection!r}" for projection in projections.values()]
    return "\n".join(heads + parts + shortened(lines, _SHOWN - len(parts), "projection"))


def html(network: "Network") -> str:
    """Small tables; what users named is escaped."""
    populations = [
        (p.name, f"{p.size:,}", repr(p.model) if isinstance(p, Neurons) else "inputs")
        for p in network.populations.values()
    ]
    projections = [
        (p.name, p.pre.name, p.post.name, f"{len(p):,}", "static" if p.stdp is None else "plastic")
        for p in network.projections.values()
    ]
    titles = ("projection", "from", "to", "synapses", "kind")
    tables = html_table(("population", "size", "model"), populations, "population")
    tables += html_table(titles, projections, "projection") if projections else ""
    return f"<p><b>Network</b>, a step of {network.dt:g} s</p>{tables}"
