"""Generated Verilog: documented, small, and with the same meaning for every tool."""

import re
from dataclasses import replace

import pytest

from allspike.map.config import Config
from allspike.map.device_map import MAP_VERSION
from allspike_hdl.generate import BOARD_MODULE, MODULE, generate, generate_board, to_verilog
from allspike_hdl.ports import BOARD_PORTS, BUS_PORTS, CLOCK_PORTS
from allspike_sim.simulation import Simulation
from allspike_sim.verilate import Toolchain, library

from .standin import WORDS, Halves, Memoryful, Wide

CONFIG = Config(neurons=8, inputs=2, lanes=2, event_ring=16, spike_ring=16)


@pytest.fixture(scope="module")
def verilog() -> str:
    return generate(CONFIG, "a build")


def ports(verilog: str, module: str = MODULE) -> set[str]:
    listed = re.search(rf"^module {module}\((.*)\);$", verilog, re.MULTILINE)
    assert listed is not None
    return set(listed[1].split(", "))


def test_the_header_names_every_port_and_every_value_of_the_configuration(verilog: str) -> None:
    above = verilog.split("/*", maxsplit=1)[0]
    assert all(line.startswith("//") for line in above.splitlines() if line)
    assert ports(verilog) == set(BUS_PORTS) | set(CLOCK_PORTS)
    described = re.findall(r"^//   (?:input|output) +(?:\[\d+:0\] +)?(\w+) +\S", above, re.MULTILINE)
    assert set(described) == ports(verilog)
    for name, value in CONFIG.to_dict().items():
        assert re.search(rf"^//   {name} +{value}$", above, re.MULTILINE)
    assert "build 'a build'" in above
    assert f"memory map version {MAP_VERSION}" in above


def test_widths_in_the_header_are_those_of_the_module(verilog: str) -> None:
    declared = re.findall(r"^//   (input|output) +(\[\d+:0\])? *(\w+) +\S", verilog, re.MULTILINE)
    assert len(declared) == len(ports(verilog))
    for direction, width, name in declared:
        declaration = " ".join(filter(None, (direction, width, name)))
        assert f"\n  {declaration};\n" in verilog


def test_it_is_the_same_every_time(verilog: str) -> None:
    assert generate(CONFIG, "a build") == verilog


def test_without_a_reset_there_is_no_port_for_it() -> None:
    text = generate(CONFIG, reset=False)
    assert ports(text) == set(BUS_PORTS) | {"clk"}
    assert " rst " not in text.split("/*")[0]


@pytest.mark.parametrize("reset", [True, False])
def test_a_device_with_its_link_has_the_pins_of_a_line(reset: bool) -> None:
    text = generate_board(replace(CONFIG, clock_hz=12_000_000), 1_000_000, 512, "a board", reset)
    assert ports(text, BOARD_MODULE) == {*BOARD_PORTS, "clk", *["rst"] * reset}
    above = text.split("/*", maxsplit=1)[0]
    for line in ("clock_hz      12000000", "baud          1000000", "buffer        512"):
        assert f"\n//   {line}\n" in above
    assert set(re.findall(r"^//   (?:input|output) +(\w+) +\S", above, re.MULTILINE)) == ports(
        text, BOARD_MODULE
    )


def test_ports_of_memories_have_no_value_at_power_on() -> None:
    """Nor a text for it that is no Verilog."""
    text = to_verilog(Memoryful(), reset=False)
    assert "{0{" not in text


def test_empty_memories_take_no_text() -> None:
    text = to_verilog(Memoryful(), reset=False)
    assert f"k < {WORDS}" in text
    assert "[1] = 32'h00000000;" not in text


def test_constant_parts_of_a_signal_have_their_value() -> None:
    """Plain `always @*` with nothing to wait for would never set them."""
    simulation = Simulation(library(to_verilog(Halves(), reset=False), Toolchain()), limit=10)
    first, second = simulation.read(0, 2).tolist()
    assert first >> 16 == second >> 16 == Halves.UPPER
    assert second == first + 1


def test_constant_parts_have_their_value_in_a_module_of_many_ports() -> None:
    simulation = Simulation(library(to_verilog(Wide(), reset=False), Toolchain()), limit=10)
    assert int(simulation.read(0, 1)[0]) >> 16 == Wide.UPPER
