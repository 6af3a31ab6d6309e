"""Where what owes nothing to a clock comes into a netlist, and what it meets there."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from amaranth.back import rtlil
from amaranth.hdl import _ir, _nir

SYNCHRONOUS = {"SB_SPRAM256KA", "FDPE"}
"""Cells of a chip whose outputs follow the clock."""


def netlist_of(convert: Callable[[], object]) -> _nir.Netlist:
    """The netlist that a conversion makes on its way."""
    found: list[_nir.Netlist] = []
    build = _ir.build_netlist

    def kept(*args: Any, **kwargs: Any) -> _nir.Netlist:
        found.append(build(*args, **kwargs))
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rtlil._ir, "build_netlist", kept)
        convert()
    (netlist,) = found
    return netlist


def unsynchronised(netlist: _nir.Netlist, synchronous: frozenset[str] = frozenset()) -> list[str]:
    """Every place where a net from outside meets anything but the data of two registers in series.

    A net that is nothing but a clock, or goes on to another cell of the chip, meets no logic. What comes back
    names the net and the cell, in the order of the netlist. `synchronous` are ports that follow the clock.
    """
    readers = _readers(netlist)
    found = []
    for net, name in _from_outside(netlist, synchronous):
        for first, place in readers.get(net, ()):
            if place in {"clk", "instance"}:
                continue
            if not isinstance(first, _nir.FlipFlop) or place != "data":
                found.append(f"{name} meets {_called(first)} ({place})")
                continue
            index = netlist.cells.index(first)
            for bit, data in enumerate(first.data):
                if data != net:
                    continue
                for second, where in readers.get(_nir.Net.from_cell(index, bit), ()):
                    if not isinstance(second, _nir.FlipFlop) or where != "data":
                        found.append(f"{name} meets {_called(second)} ({where}) after one register")
    return found


def crossings(netlist: _nir.Netlist, synchronous: frozenset[str] = frozenset()) -> int:
    """How many nets from outside there are that registers take."""
    readers = _readers(netlist)
    return sum(
        any(place not in {"clk", "instance"} for _, place in readers.get(net, ()))
        for net, _ in _from_outside(netlist, synchronous)
    )


def _from_outside(netlist: _nir.Netlist, synchronous: frozenset[str]) -> Iterator[tuple[_nir.Net, str]]:
    for name, (start, width) in netlist.top.ports_i.items():
        if name not in synchronous:
            yield from ((_nir.Net.from_cell(0, start + k), name) for k in range(width))
    for index, cell in enumerate(netlist.cells):
        if isinstance(cell, _nir.IOBuffer) and cell.dir is not _nir.IODirection.Output:
            yield from ((_nir.Net.from_cell(index, k), "a pin") for k in range(len(cell.port)))
        elif isinstance(cell, _nir.Instance) and cell.type not in SYNCHRONOUS:
            for name, (start, width) in cell.ports_o.items():
                yield from (
                    (_nir.Net.from_cell(index, start + k), f"{cell.type}.{name}") for k in range(width)
                )


def _readers(netlist: _nir.Netlist) -> dict[_nir.Net, list[tuple[_nir.Cell, str]]]:
    """For each net the cells that read it, and as what."""
    readers: dict[_nir.Net, list[tuple[_nir.Cell, str]]] = {}
    wires = dict(_inverters(netlist))
    for index, cell in enumerate(netlist.cells):
        if index and _nir.Net.from_cell(index, 0) in wires:
            continue
        if isinstance(cell, _nir.FlipFlop):
            parts = [("data", cell.data), ("clk", [cell.clk]), ("arst", [cell.arst])]
        elif isinstance(cell, _nir.Instance):
            parts = [("instance", cell.input_nets())]
        elif isinstance(cell, _nir.Top):
            parts = [("output", cell.input_nets())]
        else:
            clocks = {net for net in [getattr(cell, "clk", None)] if net is not None}
            parts = [("clk", clocks), ("logic", cell.input_nets() - clocks)]
        for place, nets in parts:
            for net in {wires.get(net, net) for net in nets}:
                readers.setdefault(net, []).append((cell, place))
    return readers


def _inverters(netlist: _nir.Netlist) -> Iterator[tuple[_nir.Net, _nir.Net]]:
    """What comes out of inverters, and what goes in: they cannot glitch, and so are as good as wires.

    Amaranth puts one behind every pin, an exclusive or with a constant.
    """
    for index, cell in enumerate(netlist.cells):
        if isinstance(cell, _nir.Operator) and cell.operator in {"~", "^"}:
            varying = [value for value in cell.inputs if not all(net.is_const for net in value)]
            if len(varying) == 1:
                yield from ((_nir.Net.from_cell(index, k), net) for k, net in enumerate(varying[0]))


def _called(cell: _nir.Cell) -> str:
    kind, source = type(cell).__name__, cell.src_loc
    return f"{kind} at {source[0].rsplit('/', 1)[-1]}:{source[1]}" if source else kind
