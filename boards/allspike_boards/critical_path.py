"""The path that limits a clock, in words: where in the core it runs, and what would shorten it."""

import re
from dataclasses import dataclass
from typing import Any

_CELL = re.compile(
    r"_(TRELLIS_|SB_|LUT[1-6]|PFUMX|L6MUX21|CCU2C|DFF|ALU|MUX2_|DP16KD|MULT|DP_|SDP|pROM).*"
    r"|(\.\d+\.\d+)+(_RAM)?$|\$.*"
)
"""What synthesis appends to the name of a signal to name a cell, and numbers of block RAMs and instances."""
_DESIGN = ("device", "core")
"""Levels of the hierarchy that say nothing."""
_PARTS = {
    "walker": "the walks over the synapses",
    "population": "the sweep over the neurons",
    "link": "the serial link",
    "scheduler": "the order of a step",
    "registers": "the host's registers",
    "adapter": "the bus",
    "inputs": "the inputs and their Poisson generator",
    "events": "the ring of input events",
    "spikes": "the ring of spikes",
    "clocking": "the clock",
}
_ADVICE = {"walker": "fewer --lanes", "population": "fewer --neuron-lanes"}


@dataclass(frozen=True)
class CriticalPath:
    """The slowest way from one register to another."""

    start: str
    end: str
    """Names in the hierarchy of the core, such as `walker.traces.value`."""
    logic_ns: float
    """In look-up tables, memories and multipliers, the registers' own times included."""
    wires_ns: float
    levels: int
    """Pieces of logic on the way."""

    @property
    def part(self) -> str:
        """The part of the core in which it ends."""
        return self.end.partition(".")[0]

    def text(self) -> str:
        """A sentence."""
        ends = " to ".join(f"{name} ({_what(name)})" for name in (self.start, self.end))
        return (
            f"the slowest path takes {self.logic_ns + self.wires_ns:.1f} ns, from {ends}: "
            f"{self.logic_ns:.1f} ns in {self.levels} levels of logic, {self.wires_ns:.1f} ns on wires"
        )

    def advice(self) -> str:
        """What in the configuration shortens it; empty if nothing does."""
        return _ADVICE.get(self.part, "")


def _what(name: str) -> str:
    return _PARTS.get(name.partition(".")[0], "the rest")


def worst_path(paths: list[dict[str, Any]], clock: str) -> CriticalPath | None:
    """The path within a clock, from the report of place and route."""
    within = [path for path in paths if path["from"].endswith(clock) and path["to"].endswith(clock)]
    if not within:
        return None
    pieces = max((path["path"] for path in within), key=lambda path: sum(piece["delay"] for piece in path))
    wires = sum(piece["delay"] for piece in pieces if piece["type"] == "routing")
    return CriticalPath(
        start=readable(pieces[0]["from"]["cell"]),
        end=readable(pieces[-1]["to"]["cell"]),
        logic_ns=round(sum(piece["delay"] for piece in pieces) - wires, 2),
        wires_ns=round(wires, 2),
        levels=sum(piece["type"] == "logic" for piece in pieces),
    )


def readable(cell: str) -> str:
    """A cell's name without what synthesis appended, as a place in the core."""
    levels = [_CELL.sub("", level) for level in re.sub(r"(\.\d+)+(_RAM)?$", "", cell).split(".")]
    named = [level for level in levels if level]
    while len(named) > 1 and named[0] in _DESIGN:
        named.pop(0)
    return ".".join(named)
