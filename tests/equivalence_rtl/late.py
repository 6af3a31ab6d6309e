"""Devices that are as if many steps had passed since their power-on."""

from collections.abc import Mapping
from typing import Any

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_sim.gateware import core_verilog
from allspike_sim.native import garbage
from allspike_sim.rtl import RtlBus, longest_step
from allspike_sim.simulation import Simulation
from allspike_sim.verilate import Toolchain, library

_WIDTHS = {"stepper": dm.STEP_BITS, "events": dm.RING_MARKER.bit_length() - 1}
"""Of the one register in each of these modules that a reset, and power-on, sets to a number of so many bits:
the step, and the complement of that of the last event marker."""


def _begins_late(verilog: str) -> str:
    """The same core, whose registers are set to arguments of the simulation instead."""
    modules = verilog.split("endmodule\n")
    for name, width in _WIDTHS.items():
        (k,) = (k for k, text in enumerate(modules) if f"module \\allspike_core.core.{name} (" in text)
        zero = f"= {width}'h{0:0{-(-width // 4)}};"
        assert modules[k].count(zero) == 2, f"{name} is written otherwise"
        head, rest = modules[k].replace(zero, "= begins;").split(";\n", 1)
        chosen = f'initial if (!$value$plusargs("{name}=%d", begins)) begins = 0;'
        modules[k] = f"{head};\n  reg [{width - 1}:0] begins;\n  {chosen}\n{rest}"
    return "endmodule\n".join(modules)


class LateBus(RtlBus):
    """A core of which every epoch begins at a step, as if both rings had had a marker in the step before.

    Parameters
    ----------
    config : Config
    step : int
        Every step has the same library.
    """

    def __init__(self, config: Config, step: int) -> None:
        self.config = config
        self._step = step
        verilog = _begins_late(core_verilog(config))
        first = {"stepper": step, "events": ~(step - 1) & dm.RING_STEP_MASK}
        self._simulation = Simulation(
            library(verilog, Toolchain(), what="a core that begins late"),
            longest_step(config),
            arguments=(*garbage(1), *(f"+{name}={value}" for name, value in first.items())),
        )

    def restore(self, step: int, hidden: Mapping[str, Any]) -> bool:
        """It is there, and nothing is under way."""
        return step == self._step


def late_pair(config: Config, step: int) -> tuple[Device, Device]:
    """An emulator and a core that begin at this step."""
    devices = Device(EmulatorBus(config)), Device(LateBus(config, step))
    nothing = devices[0].bus.hidden()
    assert nothing is not None
    for device in devices:
        assert device.restore(step, nothing)
    return devices
