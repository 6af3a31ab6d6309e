"""Verilog of a component, so that every tool reads the same out of it."""

import re

from amaranth.back import verilog
from amaranth.lib import wiring

from .fabric.target import ANY, Target

_INITIAL = re.compile(
    r"  initial begin\n(?P<body>    (?P<name>\S+ ?)\[0\] = .*\n(?:    (?P=name)\[\d+\] = .*\n)*)  end\n"
)
"""What Yosys writes for the initial contents of a memory."""
_WORD = re.compile(r"\[(\d+)\] = (\S+);\n")

_MODULE = re.compile(r"(?P<head>^module [^;]*;\n)(?P<body>(?:.*\n)*?)(?=^endmodule)", re.MULTILINE)
_CONSTANT = re.compile(r"  always @\*\n(    \S+(?: ?\[[\d:]+\])? = \d+'[hbd][0-9a-f]+;\n)")
"""What Yosys writes for the constant part of a signal whose other parts are computed."""
_DUMMY = "constant_parts"
_UNSET = re.compile(r" = \{0\{1'b0\}\}(?=;)|  \(\* init = \{0\{1'b0\}\} \*\)\n")
"""What Yosys writes for a register without a value at power-on."""


def converted(component: wiring.Component, name: str, target: Target = ANY) -> str:
    """A component as the module `name`, made for `target`."""
    text = verilog.convert(component, name=name, platform=target, emit_src=False, strip_internal_attrs=True)
    return _MODULE.sub(_awake, _INITIAL.sub(_folded, _UNSET.sub("", text)))


def _folded(initial: re.Match[str]) -> str:
    """The initial values of a memory, word by word, as a loop where they are all the same.

    Otherwise the text, and the time that other tools take with it, grows with the memories.
    """
    name, body = initial["name"], initial["body"]
    words = _WORD.findall(body)
    values = {value for _, value in words}
    if len(values) > 1 or [int(at) for at, _ in words] != list(range(len(words))):
        return initial[0]
    loop = f"for (k = 0; k < {len(words)}; k = k + 1) {name}[k] = {values.pop()};"
    label = re.sub(r"\W", "_", name.strip())
    return f"  initial begin : init_{label}\n    integer k;\n    {loop}\n  end\n"


def _awake(module: re.Match[str]) -> str:
    """A module whose constant parts of signals are set.

    `always @*` without anything to wait for never runs. It waits for a register that never changes after its
    initial value, as Yosys itself writes it where it thinks of it.
    """
    head, body = module["head"], module["body"]
    body, count = _CONSTANT.subn(rf"  always @* begin\n    if ({_DUMMY}) begin end\n\1  end\n", body)
    return f"{head}  reg {_DUMMY} = 0;\n{body}" if count else module[0]
