"""The parts of the gateware that mutants are drawn in, each with the tests that are to notice."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from amaranth.back import rtlil
from amaranth.lib import wiring

from allspike.map.config import Config
from allspike_hdl.cores import core_of
from allspike_hdl.fabric.target import ANY
from allspike_hdl.ports import BoardPorts, PlainPorts
from allspike_hdl.top import Top
from allspike_sim import gateware, rtl, verilate, virtual
from tests.equivalence_rtl.builds import BUILDS
from tests.link_rtl.boards import CONFIG, VIRTUAL


@dataclass(frozen=True)
class Unit:
    """A design that tests simulate, and mutants of some of its modules."""

    name: str
    about: str
    component: Callable[[], wiring.Component]
    top: str
    """What its module is called."""
    verilog: Callable[[], str]
    """What the tests would have simulated."""
    asks: ModuleType
    """Whose `library` compiles it for the tests."""
    driver: Path
    tests: tuple[str, ...]
    """Arguments of pytest, the quickest first."""
    modules: str = "*"
    """Pattern of the names of the modules that are mutated."""

    def design(self) -> str:
        """RTLIL, with the sources of what is in it."""
        return rtlil.convert(self.component(), name=self.top, platform=ANY, emit_src=True)


def _core(name: str, about: str, config: Config, *tests: str) -> Unit:
    return Unit(
        name, about,
        component=lambda: PlainPorts(core_of(config, gateware.BUILD), reset=False),
        top=verilate.MODULE, verilog=lambda: gateware.core_verilog(config), asks=rtl,
        driver=verilate.DRIVER, tests=tests,
    )  # fmt: skip


def _board(name: str, about: str, modules: str, *tests: str) -> Unit:
    def component() -> wiring.Component:
        top = Top(CONFIG, baud=VIRTUAL.baud, build=gateware.BOARD_BUILD, buffer=VIRTUAL.buffer)
        return BoardPorts(top, reset=False)

    divisor = VIRTUAL.clock // VIRTUAL.baud
    return Unit(
        name, about, component=component, top=verilate.BOARD_MODULE,
        verilog=lambda: gateware.board_verilog(CONFIG, divisor, VIRTUAL.buffer), asks=virtual,
        driver=virtual.DRIVER, tests=tests, modules=modules,
    )  # fmt: skip


_STORIES = "tests/equivalence_rtl/test_stories.py::test_the_gateware_equals_the_emulator"
_COMMANDS = "tests/equivalence_rtl/test_commands.py::test_the_gateware_answers_commands_as_the_emulator_does"

UNITS = [
    _core(
        "wide", "the wide core, 8 lanes, 4 of them with neurons", BUILDS["8 lanes"],
        f"{_STORIES}[8 lanes]", f"{_COMMANDS}[8 lanes]",
    ),
    _core(
        "compact", "the compact core, 4 lanes", BUILDS["single port"],
        f"{_STORIES}[single port]", f"{_COMMANDS}[single port]",
        "tests/equivalence_rtl/test_values.py::test_one_value_and_some_are_the_same[compact]",
    ),
    _board(
        "link", "the link of a virtual board, from its pins to the core's bus", "allspike_board.board.link*",
        "tests/link_rtl/test_link.py",
    ),
]  # fmt: skip
