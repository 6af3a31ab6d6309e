"""What `icebox_vlog` leaves out of a UP5K: single-port memories and multipliers, as the vendor's cells.

Where their wires and bits of configuration lie is IceStorm's knowledge, in the module `icebox`; here they
become instances. Both stand in the columns of tiles at the left and right edge.
"""

import re
import sys
from typing import Any

Wire = tuple[int, int, str]
"""Column and row of a tile, and a name in it."""
Nets = dict[Wire, str]
"""Of each wire that is used the net, as `icebox_vlog` names it."""
_TRACES = re.compile(r"^/\* DSP\d .*\n", re.MULTILINE)
"""Inputs of multipliers, that `icebox_vlog` lists without more."""
_END = "\nendmodule"
_FREE = {"CE": "1'b1"}
"""Inputs that are not 0 where nothing drives them."""
_WIDTHS = {
    "SB_SPRAM256KA": {"ADDRESS": 14, "DATAIN": 16, "MASKWREN": 4, "DATAOUT": 16},
    "SB_MAC16": {"A": 16, "B": 16, "C": 16, "D": 16, "O": 32},
}
"""Ports of more than a bit."""
_OUTPUTS = {"DATAOUT", "O", "CO"}
_FROM_BELOW = 2
"""Choice of a carry: that of the multiplier below, by a wire of its own."""


def completed(text: str, chip: Any, nets: Nets) -> str:
    """The Verilog of a chip, with its memories and multipliers.

    Parameters
    ----------
    text : str
        What `icebox_vlog` made.
    chip : icebox.iceconfig
        What it read.
    nets : dict
        What it named.
    """
    made = [*_memories(chip, nets), *_multipliers(chip, nets)]
    body, _, rest = _TRACES.sub("", text).rpartition(_END)
    return "\n".join([body, *made]) + _END + rest


def _memories(chip: Any, nets: Nets) -> list[str]:
    made = []
    for (x, y, number), places in sys.modules["icebox"].spram_db["5k"].items():
        wires = dict(places)
        if _bit(chip, wires.pop("SPRAM_EN")):
            assert wires["CLOCK"] in nets
            made.append(_instance("SB_SPRAM256KA", f"memory_{x}_{y}_{number}", {}, wires, nets))
    return made


def _multipliers(chip: Any, nets: Nets) -> list[str]:
    made = []
    for x, y in chip.dsp_tiles[0]:
        bits = {name: _bit(chip, place) for name, place in chip.get_dsp_config_db(x, y).items()}
        if any(bits.values()):
            words = _words(bits)
            assert _FROM_BELOW not in (words["BOTADDSUB_CARRYSELECT"], words["TOPADDSUB_CARRYSELECT"])
            wires = chip.get_dsp_nets_db(x, y)
            made.append(_instance("SB_MAC16", f"multiplier_{x}_{y}", words, wires, nets))
    return made


def _bit(chip: Any, place: Wire) -> int:
    """A bit of configuration."""
    x, y, name = place
    (bits,) = (entry[0] for entry in chip.tile_db(x, y) if entry[1:] == ["IpConfig", name])
    return int(sys.modules["icebox"].tileconfig(chip.tile(x, y)).match(bits))


def _words(bits: dict[str, int]) -> dict[str, int]:
    """Parameters of a multiplier; `NAME_0` and `NAME_1` are bits of one."""
    words: dict[str, int] = {}
    for name, value in bits.items():
        word, _, place = name.rpartition("_")
        if place in ("0", "1"):
            words[word] = words.get(word, 0) | value << int(place)
        else:
            words[name] = value
    return words


def _instance(cell: str, name: str, words: dict[str, int], wires: dict[str, Wire], nets: Nets) -> str:
    """An instance of a cell, its ports on the nets of their wires."""
    ports: dict[str, list[str]] = {port: [""] * width for port, width in _WIDTHS[cell].items()}
    for wire, place in wires.items():
        port, _, bit = wire.rpartition("_")
        if port in ports:
            ports[port][int(bit)] = nets.get(place, "")
        else:
            ports[wire] = [nets.get(place, "")]
    lines, given = [], []
    for port, ends in ports.items():
        if port in _OUTPUTS:
            lines.append(f"wire [{len(ends) - 1}:0] {name}_{port};")
            lines += [f"assign {net} = {name}_{port}[{k}];" for k, net in enumerate(ends) if net]
            given.append(f".{port}({name}_{port})")
        else:
            free = _FREE.get(port, "1'b0")
            given.append(f".{port}({{{', '.join(net or free for net in reversed(ends))}}})")
    parameters = ", ".join(f".{word}({value})" for word, value in words.items())
    head = f"{cell} #({parameters})" if words else cell
    return "\n".join([*lines, f"{head} {name} ({', '.join(given)});"])
