"""What the gateware says of itself is heard in its simulation, behind the bus and behind the pins."""

from pathlib import Path
from typing import Any

import pytest
from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.errors import DeviceError
from allspike_hdl.fabric.holds import holds
from allspike_hdl.fabric.target import SIMULATED
from allspike_hdl.generate import to_verilog
from allspike_hdl.machine.bus import BusSignature
from allspike_hdl.ports import BoardPorts
from allspike_hdl.verilog import converted
from allspike_sim.board import Board
from allspike_sim.simulation import Simulation
from allspike_sim.verilate import BOARD_MODULE, Toolchain, library
from allspike_sim.virtual import DRIVER

LIMIT = 10
BAD = 0xBAD


class Claiming(wiring.Component):
    """Answers each request at once with the last that was written, and claims that this is never `BAD`."""

    bus: In(BusSignature())

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        request, reply = self.bus.request, self.bus.reply
        m.d.comb += [reply.valid.eq(request.valid), request.ready.eq(reply.ready)]
        with m.If(request.valid & request.p.write):
            m.d.sync += reply.payload.eq(request.p.data)
        holds(m, platform, nothing_is_bad=reply.payload != BAD, always=request.valid | ~request.valid)
        return m


class ClaimingPins(wiring.Component):
    """Pins of a board; it claims that its line is never low for two clocks."""

    rx: In(1)
    tx: Out(1, init=1)
    activity: Out(1)
    error: Out(1)

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        low = Signal()
        m.d.sync += low.eq(~self.rx)
        holds(m, platform, line_is_high=~low | self.rx)
        return m


def claims(simulation: Simulation, *values: int) -> None:
    """Write values one after another, and let a clock pass after each."""
    for value in values:
        simulation.write(0, [value], [0b1111])  # type: ignore[arg-type]
        simulation.run(1)


@pytest.fixture(scope="module")
def core() -> Path:
    return library(to_verilog(Claiming(), reset=False, target=SIMULATED), Toolchain())


def test_what_fails_is_named_where_it_fails(core: Path) -> None:
    simulation = Simulation(core, LIMIT)
    claims(simulation, BAD - 1, BAD + 1)
    with pytest.raises(DeviceError, match=r"'nothing is bad'.* a fault of the gateware"):
        claims(simulation, BAD)


@pytest.mark.parametrize("call", ["read", "write", "run", "run_while"])
def test_from_then_on_nothing_is_believed(core: Path, call: str) -> None:
    simulation = Simulation(core, LIMIT)
    with pytest.raises(DeviceError, match="nothing is bad"):
        claims(simulation, BAD)
    calls = {"read": (0, 1), "write": (0, [1], [15]), "run": (1,), "run_while": (0, 1, 1, 100)}
    with pytest.raises(DeviceError, match="nothing is bad"):
        getattr(simulation, call)(*calls[call])


def test_another_core_in_the_same_process_goes_on(core: Path) -> None:
    with pytest.raises(DeviceError):
        claims(Simulation(core, LIMIT), BAD)
    other = Simulation(core, LIMIT)
    claims(other, 5)
    assert other.read(0, 1).tolist() == [5]


def test_a_board_is_heard_too() -> None:
    verilog = converted(BoardPorts(ClaimingPins(), reset=False), BOARD_MODULE, SIMULATED)  # type: ignore[arg-type]
    board = Board(library(verilog, Toolchain(), BOARD_MODULE, driver=DRIVER), clock_hz=12e6)
    board.set_rate(1e6)
    board.let_pass(10_000)
    board.send(b"\xff")
    with pytest.raises(DeviceError, match="line is high"):
        board.receive(1e-3)


def test_what_is_made_for_a_chip_is_silent() -> None:
    simulation = Simulation(library(to_verilog(Claiming(), reset=False), Toolchain()), LIMIT)
    claims(simulation, BAD)
    assert simulation.read(0, 1).tolist() == [BAD]
