"""What the harnesses of the proofs are made of."""

from typing import Any

from amaranth import ClockDomain, Module, Mux, Shape, Signal, Value
from amaranth.asserts import AnyConst, AnySeq
from amaranth.hdl import Assert, Assume, ShapeLike


class Harness:
    """A component with what surrounds it: what is assumed of the one, what is to hold of the other."""

    def states(self, m: Module) -> None:
        """Add the component, the assumptions and the claims."""
        raise NotImplementedError


class Together(Harness):
    """Several harnesses at once."""

    def __init__(self, *harnesses: Harness) -> None:
        self._harnesses = harnesses

    def states(self, m: Module) -> None:
        for k, harness in enumerate(self._harnesses):
            m.submodules[f"harness_{k}"] = part = Module()
            harness.states(part)


def whole(harness: Harness) -> tuple[Module, Signal]:
    """The harness with its clock, and no reset: time begins with what the gateware has at power-on."""
    m = Module()
    m.domains += (domain := ClockDomain("sync"))
    m.d.comb += domain.rst.eq(0)
    harness.states(m)
    return m, domain.clk


def anything(m: Module, shape: ShapeLike, name: str) -> Any:
    """Another value in each clock."""
    return _drawn(m, AnySeq, shape, name)


def something(m: Module, shape: ShapeLike, name: str) -> Any:
    """One value, which stands."""
    return _drawn(m, AnyConst, shape, name)


def _drawn(m: Module, kind: Any, shape: ShapeLike, name: str) -> Any:
    value = Signal(shape, name=name)
    m.d.comb += Value.cast(value).eq(kind(Shape.cast(shape).width))
    return value


def assume(m: Module, *tests: Value) -> None:
    m.d.comb += [Assume(test) for test in tests]


def claim(m: Module, **tests: Value) -> None:
    """Each is to hold in every clock. Who finds one broken tells where it was claimed: by its name."""
    for name, test in tests.items():
        statement = Assert(test)
        statement.src_loc = (name, 1)
        m.d.comb += statement


ANYTHING = "anything"
"""An attribute of registers that begin with anything."""


def begins_with(register: Signal, value: int | None) -> None:
    """Have a register begin with this value instead; None: with anything."""
    if value is None:
        register.attrs[ANYTHING] = 1
    else:
        register._init = value


def after(m: Module, clocks: int) -> Signal:
    """So many clocks have passed since power-on, or since where an induction begins."""
    passed = Signal(range(clocks + 1))
    with m.If(passed != clocks):
        m.d.sync += passed.eq(passed + 1)
    return passed == clocks


def least(a: Value, b: Value) -> Value:
    return Mux(a < b, a, b)


def within(value: Value, low: Value, high: Value) -> Value:
    """`min(max(value, low), high)`."""
    raised = Mux(value < low, low, value)
    return Mux(raised > high, high, raised)
