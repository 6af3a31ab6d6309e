"""A component of the gateware, opened for a proof: its registers by name, and its memories readable."""

from collections.abc import Iterator
from typing import Any

import pytest
from amaranth import Signal, Value
from amaranth.asserts import AnySeq
from amaranth.hdl import Elaboratable, Fragment
from amaranth.hdl._ast import Assign, SignalSet
from amaranth.lib.memory import Memory, ReadPort


class Opened:
    """An elaborated component; its `fragment` is to be a submodule of the harness.

    Amaranth knows no names of what is inside a component. So they are looked for in what was elaborated, each
    in the part that a path of submodules names; "" is the component itself. Each memory has got a further
    port, which is read without a clock.
    """

    def __init__(self, component: Elaboratable, platform: Any = None, *, peeks: int = 1) -> None:
        ports: dict[Memory, list[ReadPort]] = {}
        make = Memory.__init__

        def made(memory: Memory, *args: Any, **kwargs: Any) -> None:
            make(memory, *args, **kwargs)
            ports[memory] = [memory.read_port(domain="comb") for _ in range(peeks)]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Memory, "__init__", made)
            self.fragment = Fragment.get(component, platform)
        self._ports = ports

    def __call__(self, name: str, path: str = "") -> Signal:
        """The only signal of this name that the part at `path` assigns."""
        found = SignalSet()
        for statements in self._part(path).statements.values():
            found.update(signal for signal in statements._lhs_signals() if signal.name == name)
        (signal,) = found
        return signal

    def draw(self, name: str, path: str = "") -> Signal:
        """From now on the register of this name holds anything: what was assigned to it is gone."""
        register, statements = self(name, path), self._part(path).statements["sync"]
        (place,) = (
            k for k, each in enumerate(statements) if isinstance(each, Assign) and each.lhs is register
        )
        statements[place] = Assign(register, AnySeq(len(register)))
        return register

    def at(self, state: str, fsm: str = "fsm", path: str = "") -> Value:
        """Whether a state machine is in this state."""
        machine = self.machine(fsm, path)
        return machine.state == machine.encoding[state]

    def machine(self, fsm: str = "fsm", path: str = "") -> Any:
        """A state machine: its `state`, and the `encoding` of each."""
        return self._part(path).generated[fsm]

    def registers(self) -> Iterator[tuple[str, Signal]]:
        """All registers, each with the path of its part; not the words of memories."""
        return self._registers(self.fragment, "")

    def register(self, name: str, path: str) -> Signal:
        """The only register of this name in the part at `path`."""
        (found,) = (each for at, each in self.registers() if at == path and each.name == name)
        return found

    def _registers(self, part: Fragment, path: str) -> Iterator[tuple[str, Signal]]:
        found = SignalSet()
        for domain, statements in part.statements.items():
            for statement in statements if domain != "comb" else ():
                found.update(statement._lhs_signals())
        yield from ((path, signal) for signal in found)
        for inner, name, _ in part.subfragments:
            yield from self._registers(inner, f"{path}.{name}".lstrip("."))

    def peek(self, path: str = "memory", k: int = 0) -> ReadPort:
        """A further port of the memory at `path`."""
        return next(self._ports[origin][k] for origin in self._part(path).origins if origin in self._ports)

    def _part(self, path: str) -> Fragment:
        part = self.fragment
        for name in path.split(".") if path else ():
            part = next(found for found, called, _ in part.subfragments if called == name)
        return part
