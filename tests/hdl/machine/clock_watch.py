"""A second, simple count of the clocks of a core: what a watcher sees of it, a clock at a time."""

from collections import Counter
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from amaranth import Value

from allspike.map.config import Config, Memory
from allspike.map.constants import RING_WORD
from allspike_hdl.cores import core_of
from allspike_hdl.machine.machine import Machine
from allspike_hdl.wide.interfaces import WalkKind

_DEPTH = {Memory.SINGLE_PORT: 3, Memory.DUAL_PORT: 9}
"""Clocks from the first of an element or a block to its last."""
_WATCHED = {
    Memory.SINGLE_PORT: ("compact.datapath.Sweep", "compact.datapath.Walk"),
    Memory.DUAL_PORT: ("wide.datapath.Population", "wide.walker.Sequencer"),
}

_KINDS = {WalkKind.ROW: "rows", WalkKind.COLUMN: "columns"}


def _kept(patch: pytest.MonkeyPatch, where: str, found: dict[str, Any]) -> None:
    """Remember the one component of a class that is made in a module."""
    module, name = f"allspike_hdl.{where}".rsplit(".", 1)
    made = getattr(import_module(module), name)

    def make(*args: Any, **options: Any) -> Any:
        assert name not in found, "there are two"
        found[name] = made(*args, **options)
        return found[name]

    patch.setattr(f"{module}.{name}", make)


class Watch:
    """A core, and how many clocks it spends with what, as is told by what goes to and fro in it.

    Parameters
    ----------
    config : Config
        Of a build that learns.
    patch : MonkeyPatch
        Until the core is elaborated.

    Attributes
    ----------
    core : Machine
    counts : Counter
        As in the region `counters`.
    begins : list of int
        The clocks in which steps began.
    """

    def __init__(self, config: Config, patch: pytest.MonkeyPatch) -> None:
        self._parts: dict[str, Any] = {}
        for where in ("machine.machine.SpikeRing", *_WATCHED[config.memory]):
            _kept(patch, where, self._parts)
        self.core: Machine = core_of(config)
        self.counts: Counter[str] = Counter()
        self.begins: list[int] = []
        self._clock = 0
        self._room = config.spike_ring // RING_WORD
        self._depth = _DEPTH[config.memory]
        self._written = self._read = 0  # words of the spike ring
        self._steps = self._sweeps = self._marked = False
        self._walk, self._entered, self._waits = "", -self._depth - 1, False

    async def run(self, ctx: Any) -> None:
        """Watch, in a simulation."""
        signals = self._signals()
        async for _, _, *values in ctx.tick().sample(*signals.values()):
            self._pass(SimpleNamespace(**dict(zip(signals, values, strict=True))))

    def _signals(self) -> dict[str, Value]:
        datapath, ring = self.core._datapath, self._parts["SpikeRing"]
        word = datapath.words
        common = {
            "begin": datapath.begin, "offered": word.valid, "taken": word.ready, "end": word.p.end,
            "acks": ring.take, "ack": ring.offset,
        }  # fmt: skip
        if "Walk" in self._parts:
            walk, neuron = self._parts["Walk"], self._parts["Sweep"].order
            return common | {
                "row": walk.order.row, "column": walk.order.column, "walk": walk.order.start,
                "enters": walk.asks.as_value()[0], "sweep": neuron.start, "swept": neuron.last,
            }  # fmt: skip
        sequencer, sweep = self._parts["Sequencer"], self._parts["Population"].sweep
        return common | {
            "enters": sequencer.valid, "clears": sequencer.slot.clear, "kind": sequencer.slot.kind,
            "first": sequencer.slot.first, "asked": sequencer.commands.valid,
            "heard": sequencer.commands.ready, "sweep": sweep.start, "swept": sweep.done,
        }  # fmt: skip

    def _pass(self, now: SimpleNamespace) -> None:
        """A clock has passed."""
        self._clock += 1
        self._of_walks(now)
        self.counts["clocks"] += self._steps
        self.counts["clocks_sweep"] += self._sweeps
        self._sweeps = bool(now.sweep) or (self._sweeps and not now.swept)
        if now.offered and not now.end:  # a neuron, and ahead of the first of a step a marker
            if self._written - self._read == self._room:
                self.counts["clocks_stalled"] += 1
                assert not now.taken
            else:
                self._written += 1
                assert now.taken == self._marked
                self._marked = True
        if now.offered and now.end and now.taken:
            self._steps = self._marked = False
        if now.begin:
            self.begins.append(self._clock)
            self._steps = True
        if now.acks:
            self._read = now.ack // RING_WORD

    def _of_walks(self, now: SimpleNamespace) -> None:
        """A clock is of the walk whose block was the last to enter, until that is through.

        In a wide datapath so is the clock in which the next command waits at the entry.
        """
        compact = "Walk" in self._parts
        if now.enters:
            self._entered = self._clock
            if not compact:
                self._walk = "" if now.clears else _KINDS.get(now.kind, "")
                self._waits = self._waits and not now.first
        if self._walk and (self._waits or self._clock - self._entered <= self._depth):
            self.counts[f"clocks_{self._walk}"] += 1
        if compact and now.walk:
            self._walk = "rows" if now.row else "columns" if now.column else ""
        if not compact and now.asked and now.heard:
            self._waits = True
