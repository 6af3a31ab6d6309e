"""Where something enters a design that owes nothing to its clock, and through how many registers it goes."""

from typing import Any

from amaranth.hdl import Elaboratable, Fragment
from amaranth.hdl._ir import build_netlist
from amaranth.hdl._nir import FlipFlop, Instance, Net

from .makers import CELLS

_LOCKS = {(kind, cell.lock) for kind, cell in CELLS.items()}
_PIN = ("SB_IO", "D_IN_0")


def registers_behind(system: Elaboratable, platform: Any) -> dict[str, int]:
    """Of the lock of each PLL, and of each pin of iCE40 that is read: registers in series.

    What is counted goes to one register and nothing else, ahead of any logic, and so does that.
    """
    netlist = build_netlist(Fragment.get(system, platform), ports=())
    users: dict[Net, list[int]] = {}
    for place, cell in enumerate(netlist.cells):
        for net in cell.input_nets():
            users.setdefault(net, []).append(place)
    found = {}
    for place, cell in enumerate(netlist.cells):
        if isinstance(cell, Instance):
            for port, (start, _) in cell.ports_o.items():
                if (cell.type, port) in (*_LOCKS, _PIN):
                    found[f"{cell.type}.{port}"] = _series(netlist.cells, users, Net.from_cell(place, start))
    return found


def _series(cells: list[Any], users: dict[Net, list[int]], net: Net) -> int:
    count = 0
    while len(places := users.get(net, [])) == 1:
        cell = cells[places[0]]
        if not isinstance(cell, FlipFlop) or tuple(cell.data) != (net,) or net in (cell.clk, cell.arst):
            break
        count, net = count + 1, Net.from_cell(places[0], 0)
    return count
