"""A board's whole system in Amaranth's simulator, as its platform elaborates it: pins, buffers, PLL and all.

The makers' cells are instances that no simulator knows. Each is replaced by what it does, a pin by a signal.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from amaranth.hdl import ClockDomain, ClockSignal, Elaboratable, Fragment, Instance, Module, Mux, Signal
from amaranth.hdl._ir import RequirePosedge
from amaranth.sim import Simulator

from .makers import CELLS
from .pll_model import PllModel

Model = Callable[["Chip", Instance], Module]


class Chip:
    """A chip with a system in it, and the clock on its pin.

    Parameters
    ----------
    system : Elaboratable
    platform : Any
        Amaranth's, of the board.
    oscillator : str
        The pin of the clock.
    hz : int
        The clock.

    Attributes
    ----------
    pins : dict
        The signal of each pin that is used, by the chip's own name of it.
    driven : dict
        Of each that the chip may drive, whether it does.
    plls : list of PllModel
    sync : ClockDomain
        That of the system.
    """

    def __init__(self, system: Elaboratable, platform: Any, oscillator: str, hz: int) -> None:
        self.pins: dict[str, Signal] = {}
        self.driven: dict[str, Signal] = {}
        self.plls: list[PllModel] = []
        self._hz = hz
        fragment = Fragment.get(system, platform)
        self.sync: ClockDomain = fragment.domains["sync"]
        self._replace(fragment)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._simulator = Simulator(fragment)
        self._simulator.add_process(self._oscillates(self.pins[oscillator]))
        for pll in self.plls:
            for process in pll.processes():
                self._simulator.add_process(process)

    def run(self, bench: Callable[[Any], Any]) -> None:
        """Until the bench has ended."""
        self._simulator.add_testbench(bench)
        self._simulator.run()

    def _oscillates(self, pin: Signal) -> Callable[[Any], Any]:
        async def process(ctx: Any) -> None:
            while True:
                for level in (1, 0):
                    await ctx.delay(0.5 / self._hz)
                    ctx.set(pin, level)

        return process

    def _replace(self, fragment: Fragment) -> None:
        kept = []
        for inner, name, place in fragment.subfragments:
            if isinstance(inner, RequirePosedge):
                continue
            if isinstance(inner, Instance):
                model = _MODELS.get(inner.type, _pll if inner.type in CELLS else None)
                assert model, f"no model of {inner.type}"
                kept.append((Fragment.get(model(self, inner), None), name, place))
            else:
                self._replace(inner)
                kept.append((inner, name, place))
        fragment.subfragments[:] = kept

    def pll(self, cell: Instance) -> PllModel:
        """A model for this cell."""
        self.plls.append(PllModel(cell.type, cell.parameters, self._hz))
        return self.plls[-1]

    def pin(self, port: Any) -> Signal:
        """The signal of a pin."""
        (name,) = pin_names(port)
        return self.pins.setdefault(name, Signal(name=f"pin_{name}"))

    def drives(self, port: Any, enable: Any, level: Any) -> Module:
        """A pin that the chip drives while enabled."""
        m = Module()
        (name,) = pin_names(port)
        assert name not in self.driven, f"{name} is driven twice"
        self.driven[name] = Signal(name=f"driven_{name}")
        m.d.comb += [self.driven[name].eq(enable), self.pin(port).eq(Mux(enable, level, 0))]
        return m

    def reads(self, port: Any, value: Any) -> Module:
        """A pin that the chip reads."""
        m = Module()
        m.d.comb += value.eq(self.pin(port))
        return m


def instances(fragment: Fragment) -> Iterator[Instance]:
    """All cells of a maker's in a design."""
    for inner, _, _ in fragment.subfragments:
        if isinstance(inner, Instance):
            yield inner
        else:
            yield from instances(inner)


def pin_names(port: Any) -> list[str]:
    """The chip's names of the pins of a port, or of a part of one."""
    return [found.name for found in port.metadata]


def _port(cell: Instance, name: str) -> Any:
    return cell.ports[name][0]


def _pll(chip: Chip, cell: Instance) -> Module:
    m = Module()
    model, kind = chip.pll(cell), CELLS[cell.type]
    reference = _port(cell, kind.reference)
    m.d.comb += [
        model.reference.eq(chip.pin(reference) if kind.reference == "PACKAGEPIN" else reference),
        _port(cell, kind.clock).eq(model.clock),
        _port(cell, kind.lock).eq(model.lock),
    ]
    return m


def _ice40_pin(chip: Chip, cell: Instance) -> Module:
    kind, port = cell.parameters["PIN_TYPE"].value, _port(cell, "PACKAGE_PIN")
    if kind == 0b000001:
        read = "GLOBAL_BUFFER_OUTPUT" if cell.type == "SB_GB_IO" else "D_IN_0"
        return chip.reads(port, _port(cell, read))
    assert kind == 0b101001, f"PIN_TYPE {kind:06b}"
    return chip.drives(port, _port(cell, "OUTPUT_ENABLE"), _port(cell, "D_OUT_0"))


def _input(chip: Chip, cell: Instance) -> Module:
    return chip.reads(_port(cell, "I"), _port(cell, "O"))


def _output(disable: str) -> Model:
    def model(chip: Chip, cell: Instance) -> Module:
        return chip.drives(_port(cell, "O"), ~_port(cell, disable), _port(cell, "I"))

    return model


def _buffer(chip: Chip, cell: Instance) -> Module:
    m = Module()
    m.d.comb += _port(cell, "O").eq(_port(cell, "I"))
    return m


def _preset(chip: Chip, cell: Instance) -> Module:
    """A flip-flop of Xilinx that is preset asynchronously."""
    m = Module()
    m.domains.own = own = ClockDomain(async_reset=True, local=True)
    value = Signal(init=1)
    with m.If(_port(cell, "CE")):
        m.d.own += value.eq(_port(cell, "D"))
    m.d.comb += [own.rst.eq(_port(cell, "PRE")), _port(cell, "Q").eq(value)]
    m.d.comb += ClockSignal("own").eq(_port(cell, "C"))
    return m


_MODELS: dict[str, Model] = {
    "SB_IO": _ice40_pin,
    "SB_GB_IO": _ice40_pin,
    "IB": _input,
    "IBUF": _input,
    "OBZ": _output("T"),
    "OBUFT": _output("T"),
    "TBUF": _output("OEN"),
    "BUFG": _buffer,
    "FDPE": _preset,
}
"""What a cell does, by its name; a PLL is one of `makers.CELLS`."""
