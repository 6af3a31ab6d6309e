"""Which memories of a design are made of block RAM, where look-up tables can be memories, too.

The gateware asks for block RAM throughout, as suits iCE40, which has nothing else. A small memory
would waste a block of thousands of words: there it is made of look-up tables, or left to synthesis.
"""

import re

from .chips import Family

_SHALLOW = 64
"""Words of a memory up to which it is made of look-up tables in ECP5; others are left to synthesis."""
_SMALL = 1024
"""Bits of a memory up to which it is left to synthesis in Gowin's chips. 16 words of 4 bits take the place of
8 tables there, so that a few wide memories fill a chip whose blocks stand empty."""
_FLAT_WORDS, _FLAT = 16, 2048
"""The same of a memory that is no deeper than those of tables, and so needs nothing beside them."""
_BLOCK = re.compile(
    r"^(?P<indent> *)attribute \\ram_style \"block\"\n"
    r"(?P<rest>(?: *attribute .*\n)* *memory width (?P<width>\d+) size (?P<words>\d+) )",
    re.MULTILINE,
)
"""A memory in Yosys's intermediate language that asks for block RAM."""


def fitted(family: Family, design: str) -> str:
    """A design in Yosys's intermediate language, its memories as suits a family."""

    def asked(memory: re.Match[str]) -> str:
        words, width = int(memory["words"]), int(memory["width"])
        if family is Family.ECP5 and words <= _SHALLOW:
            return f'{memory["indent"]}attribute \\ram_style "distributed"\n{memory["rest"]}'
        small = _FLAT if words <= _FLAT_WORDS else _SMALL
        if family is Family.ECP5 or words * width <= small:
            return memory["rest"]
        return memory[0]

    return _BLOCK.sub(asked, design) if family in (Family.ECP5, Family.GOWIN) else design
