"""Which memories of a design are made of block RAM, where look-up tables can be memories, too.

The gateware asks for block RAM throughout, as suits iCE40, which has nothing else. A memory of a few words
would waste a block of thousands: there it is made of look-up tables, or left to synthesis.
"""

import re

from .chips import Family

_SHALLOW = {Family.ECP5: 64, Family.GOWIN: 0}
"""Words of a memory up to which it is made of look-up tables. Gowin's small chips have few that can be."""
_BLOCK = re.compile(
    r"^(?P<indent> *)attribute \\ram_style \"block\"\n"
    r"(?P<rest>(?: *attribute .*\n)* *memory width \d+ size (?P<words>\d+) )",
    re.MULTILINE,
)
"""A memory in Yosys's intermediate language that asks for block RAM."""


def fitted(family: Family, design: str) -> str:
    """A design in Yosys's intermediate language, its memories as suits a family."""
    shallow = _SHALLOW.get(family)
    if shallow is None:
        return design

    def asked(memory: re.Match[str]) -> str:
        few = int(memory["words"]) <= shallow
        style = f'{memory["indent"]}attribute \\ram_style "distributed"\n' if few else ""
        return style + memory["rest"]

    return _BLOCK.sub(asked, design)
