"""A network onto the device that the script asked for, and another one in its place in mid-run."""

import math

import numpy as np

from ..compiler import choose_config, compile_network, required
from ..describe.network import Network
from ..describe.plausible import taken_as_given
from ..device.device import Device
from ..errors import CapacityError, ParameterError
from ..map.config import MAX_DELAY, Config
from ..simulate.devices import is_made_to_order
from ..simulate.devices import open as open_device
from ..simulate.loaded import LoadedNetwork
from ..simulate.simulation import Simulation
from .simulator import State


def is_free(state: State) -> bool:
    """Whether the build is made for the network: emulated or simulated, unless one was named."""
    device = state.device
    return state.config is None and isinstance(device, str) and is_made_to_order(device) and ":" not in device


def opened(state: State) -> Device | None:
    """The device that the script asked for; None if it is yet to be made.

    Raises
    ------
    DeviceError
        If there is no such device.
    """
    if not isinstance(state.device, str | Device):
        raise ParameterError(
            f"device = {state.device!r:.60} is no device: give its name, or open it with allspike.open."
        )
    if is_free(state):
        return None
    return open_device(state.device, state.config) if isinstance(state.device, str) else state.device


def longest_delay(state: State, device: Device | None) -> int:
    """Steps that an axon can delay: more takes relays."""
    return MAX_DELAY if device is None else device.config.max_delay


def load(state: State, network: Network, device: Device | None) -> Simulation:
    """The network at time 0, on this device, or on one made for it if there is none, or that is too small.

    Raises
    ------
    CapacityError
        If it does not fit.
    DeviceError
        If the device fails.
    """
    with taken_as_given():
        if not is_free(state):
            assert device is not None
            fixed = None if isinstance(state.device, str) and is_made_to_order(state.device) else state.config
            return Simulation(network, device, fixed, seed=state.seed)
        if device is not None and not required(network).shortfalls(device.config):
            return Simulation(network, device, seed=state.seed)
        if device is not None:
            device.close()
        assert isinstance(state.device, str)
        return Simulation(network, state.device, _build(network), seed=state.seed)


def _build(network: Network) -> Config | None:
    """None if a preset holds the network; else the smallest build that does."""
    try:
        choose_config(network, None)
        return None
    except CapacityError:
        needs = required(network)
    base = Config()
    return Config(
        neurons=math.ceil(needs.neurons / base.lanes) * base.lanes,
        inputs=needs.inputs,
        max_delay=max(base.max_delay, 1 << (needs.max_delay - 1).bit_length()),
        event_ring=max(base.event_ring, 1 << (2 * needs.inputs + 3).bit_length()),
    )


def exchange(simulation: Simulation, network: Network) -> None:
    """Other parameters, weights or connections in mid-run: V and I stay what they are in volts and amperes.

    Raises
    ------
    CapacityError
        If it does not fit the build that runs.
    """
    old, device = simulation.image, simulation.device
    try:
        with taken_as_given():
            image = compile_network(network, device.config, seed=old.seed)
    except CapacityError as error:
        raise CapacityError(
            f"the network outgrew its device in mid-run: {error} Describe it whole before the first run, or "
            "call reset() first."
        ) from None
    state = {name: device.read(f"neuron_state.{name}").astype(np.float64) for name in ("v", "i")}
    for (region, values), (_, held) in zip(image.regions(), old.regions(), strict=True):
        if values.size and not np.array_equal(values, held):
            device.write_region(region, values)
    if image.weight_shift != old.weight_shift:
        device.write("control.weight_shift", image.weight_shift)
    top = image.config.state_max
    volts = state["v"] * old.v_unit + old.v_rest
    for name, now in (
        ("v", (volts - image.v_rest) / image.v_unit),
        ("i", state["i"] * (old.i_unit / image.i_unit)),
    ):
        kept = np.clip(np.rint(now), -top, top)
        if not np.array_equal(kept, state[name]):
            device.write(f"neuron_state.{name}", kept)
    LoadedNetwork.__init__(simulation, image, device)
