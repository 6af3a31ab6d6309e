"""Verilog of a configured core, with plain ports, for people who build it into something else."""

import re
from dataclasses import dataclass

from amaranth import ClockDomain, ClockSignal, Module
from amaranth.back import verilog
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.config import Config
from allspike.device_map import MAP_VERSION

from .core.core import Core

_INITIAL = re.compile(
    r"  initial begin\n(?P<body>    (?P<name>\S+ ?)\[0\] = .*\n(?:    (?P=name)\[\d+\] = .*\n)*)  end\n"
)
"""What Yosys writes for the initial contents of a memory."""
_WORD = re.compile(r"\[(\d+)\] = (\S+);\n")

_MODULE = re.compile(r"(?P<head>^module [^;]*;\n)(?P<body>(?:.*\n)*?)(?=^endmodule)", re.MULTILINE)
_CONSTANT = re.compile(r"  always @\*\n(    \S+(?: ?\[[\d:]+\])? = \d+'[hbd][0-9a-f]+;\n)")
"""What Yosys writes for the constant part of a signal whose other parts are computed."""
_DUMMY = "constant_parts"

MODULE = "allspike_core"
"""Name of the Verilog module."""

CLOCK_PORTS = {
    "clk": "clock; every port is synchronous to its rising edge",
    "rst": "synchronous reset: the core is as after power-on",
}
BUS_PORTS = {
    "request_valid": (In(1), "a request is offered; stays, with the request, until it is taken"),
    "request_ready": (Out(1), "the core takes the request at this edge if it is offered"),
    "request_address": (In(30), "word of the memory map: byte address over 4"),
    "request_write": (In(1), "1: write, 0: read"),
    "request_mask": (In(4), "bytes that a write takes; bit 0 is the byte at the lowest address"),
    "request_data": (In(32), "what is written, little-endian"),
    "request_more": (In(1), "the next request is the next word of the same command"),
    "reply_valid": (Out(1), "a reply is offered; stays, with its data, until it is taken"),
    "reply_ready": (In(1), "the host takes the reply at this edge if it is offered"),
    "reply_data": (Out(32), "what was read, little-endian; of a write it means nothing"),
}
"""Ports of the Verilog module beside clock and reset: how each is declared, and what it means."""


class PlainPorts(wiring.Component):
    """A component with a bus, its streams taken apart into plain ports.

    Wires alone: no logic, no latency.

    Parameters
    ----------
    inner : wiring.Component
        Has a member `bus : In(BusSignature())`, as the core has.
    reset : bool
        There is a port `rst`. Without, what is inside starts once, with its initial values: a simulator then
        has less to do at every clock.

    Members
    -------
    See `BUS_PORTS`.
    """

    def __init__(self, inner: wiring.Component, reset: bool = True) -> None:
        self._inner = inner
        self._reset = reset
        own_clock = {} if reset else {"clk": In(1)}
        super().__init__({name: member for name, (member, _) in BUS_PORTS.items()} | own_clock)

    def elaborate(self, platform):
        m = Module()
        m.submodules.core = inner = self._inner
        if not self._reset:
            m.domains.sync = ClockDomain(reset_less=True)
            m.d.comb += ClockSignal().eq(self.clk)
        request, reply = inner.bus.request, inner.bus.reply
        m.d.comb += [
            request.valid.eq(self.request_valid),
            self.request_ready.eq(request.ready),
            request.payload.address.eq(self.request_address),
            request.payload.write.eq(self.request_write),
            request.payload.mask.eq(self.request_mask),
            request.payload.data.eq(self.request_data),
            request.payload.more.eq(self.request_more),
            self.reply_valid.eq(reply.valid),
            reply.ready.eq(self.reply_ready),
            self.reply_data.eq(reply.payload),
        ]
        return m


@dataclass(frozen=True)
class Target:
    """What Verilog is made for, in the place of an Amaranth platform."""

    device: str | None = None
    """The device whose blocks to instantiate, where the core knows them; without, plain Verilog."""


def to_verilog(inner: wiring.Component, reset: bool = True, device: str | None = None) -> str:
    """Verilog of a component with a bus, as a module `MODULE` with `PlainPorts`; `device` as in `Target`."""
    text = verilog.convert(
        PlainPorts(inner, reset),
        name=MODULE,
        platform=Target(device),
        emit_src=False,
        strip_internal_attrs=True,
    )
    return _MODULE.sub(_awake, _INITIAL.sub(_folded, text))


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


def header(config: Config, build: str, reset: bool = True, device: str | None = None) -> str:
    """What stands above the module: how it was configured, and what its ports mean."""
    lines = [
        f"{MODULE}: Allspike core, build {build!r}, memory map version {MAP_VERSION}",
        "",
        "Generated: change the configuration and generate again instead of editing.",
        "",
        "Configuration:",
        *(f"  {name:<13} {value}" for name, value in config.to_dict().items()),
        *([f"  blocks of     {device}"] if device else []),
        "",
        "Ports. One request at a time; every request, a write too, has one reply. What the words mean is",
        "docs/memory_map.md; what a command writes to the control record acts after its last word.",
        *(
            f"  {'input':<14}{name:<17}{meaning}"
            for name, meaning in CLOCK_PORTS.items()
            if reset or name != "rst"
        ),
        *(_port_line(name) for name in BUS_PORTS),
    ]
    return "".join(f"// {line}".rstrip() + "\n" for line in lines)


def _port_line(name: str) -> str:
    member, meaning = BUS_PORTS[name]
    width = f"[{member.shape - 1}:0]" if member.shape > 1 else ""
    return f"  {'input' if member.flow == In else 'output':<7}{width:<7}{name:<17}{meaning}"


def generate(config: Config, build: str = "verilog", reset: bool = True, device: str | None = None) -> str:
    """Verilog of a core.

    Parameters
    ----------
    config : Config
        What to build.
    build : str
        What `identity.build` says: up to 32 ASCII characters.
    reset : bool
        See `PlainPorts`.
    device : str, optional
        See `Target`.

    Returns
    -------
    str
        One file; the module is `MODULE`, its ports are described on top.
    """
    return header(config, build, reset, device) + "\n" + to_verilog(Core(config, build), reset, device)
