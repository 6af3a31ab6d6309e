"""Verilog of a component, so that every tool reads the same out of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from amaranth._toolchain.yosys import find_yosys
from amaranth.back import rtlil
from amaranth.hdl import Elaboratable, Fragment
from amaranth.lib import wiring

from .fabric.target import ANY, Target
from .fabric.undefined import UNSET_WORDS, unset

_YOSYS = 0, 40
"""The oldest that Amaranth takes."""
_INTERNAL = " ".join(
    f"-remove {name}" for name in ("generator", "top", "src", "amaranth.hierarchy", "amaranth.decoding")
)
_SCRIPT = f"""\
read_rtlil <<design
{{design}}
design
attrmap -remove init=""
opt_expr -keepdc
memory_collect
attrmap {_INTERNAL}
attrmap -modattr {_INTERNAL}
write_verilog -norename
"""
"""`amaranth.back.verilog.convert` is not this: its `proc` makes of a constant part of a signal an `always @*`
that waits for nothing, and so never runs; Amaranth's processes need none. Nor does it let an empty `init`
(`fabric.undefined.UNSET`) be a register without a value at power-on. Without `opt_expr`, `&` of no bits,
which is 1, would come out as 0."""

_BEGIN, _END = "  initial begin\n", "  end\n"
_SET = " = "
_UNDEFINED = re.compile(
    rf"(  \(\* {next(iter(UNSET_WORDS))} = [^\n]*\n  reg [^\n]*\n){_BEGIN}.*?{_END}", re.DOTALL
)
"""The contents of a memory that has none, and its declaration, which stays."""
_LOOP = 1024
"""Words of a loop: Yosys, which writes every turn of one out, takes time by the square of that."""
_ARGUMENT = "$value$plusargs"


class _Unset(Elaboratable):
    """A component of which all that hardware does not define begins with anything."""

    def __init__(self, component: wiring.Component) -> None:
        self._component = component

    def __getattr__(self, member: str) -> Any:
        return getattr(self._component, member)

    def elaborate(self, platform: Target) -> Fragment:
        fragment = Fragment.get(self._component, platform)
        unset(fragment)
        return fragment


def converted(
    component: wiring.Component, name: str, target: Target = ANY, plusargs: Mapping[str, int] | None = None
) -> str:
    """A component as the module `name`, made for `target`.

    Parameters
    ----------
    plusargs : dict, optional
        Arguments of a simulation: `{"x": 1234}` lets `+x=5` replace the one 32-bit word of 1234 among the
        first contents of memories.
    """
    made = _Unset(component) if target.simulated else component
    design = rtlil.convert(made, name=name, platform=target, emit_src=False)
    # Yosys writes nothing of what is in it.
    assert "switch {  }" not in design, f"{name} has a switch on a signal of no bits"
    yosys = find_yosys(lambda version: version >= _YOSYS)
    text = yosys.run(["-q", "-"], _SCRIPT.format(design=design), ignore_warnings=True)
    # Yosys writes a line for each word of a memory, whatever it is asked for; `-extmem` writes further files.
    before, *memories = _UNDEFINED.sub(r"\1", text).split(_BEGIN)
    asked = {f"32'd{value};": f"{name}=%d" for name, value in (plusargs or {}).items()}
    text = before + "".join(
        _contents(number, *memory.split(_END, maxsplit=1), asked) for number, memory in enumerate(memories)
    )
    assert text.count(_ARGUMENT) == len(asked), "an argument is one word"
    return text


def _contents(number: int, lines: str, after: str, asked: Mapping[str, str]) -> str:
    """The first contents of a memory, and the text after them; of words `asked` for, an argument.

    Words that are all the same are set in loops. Otherwise the text, and the time that other tools take with
    it, grows with the memories.
    """
    words = [line.strip().split(_SET) for line in lines.splitlines()]
    first, value = words[0]
    if all(other == value for _, other in words):
        return "".join(_loop(number, first.removesuffix("[0]"), value, len(words))) + after
    told = [
        f'    if ({_ARGUMENT}("{asked[value]}", {place})) ;\n' for place, value in words if value in asked
    ]
    return f"{_BEGIN}{lines}{''.join(told)}{_END}{after}"


def _loop(number: int, memory: str, value: str, depth: int) -> Iterator[str]:
    """Every word of a memory becomes `value`."""
    for start in range(0, depth, _LOOP):
        turns = f"for (k = {start}; k < {min(start + _LOOP, depth)}; k = k + 1)"
        yield f"  initial begin : contents_{number}_{start}\n    integer k;\n"
        yield f"    {turns} {memory}[k]{_SET}{value}\n{_END}"
