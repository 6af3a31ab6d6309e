"""Setting up, running and ending, as every back end of PyNN has it."""

from typing import Any

from pyNN import common
from pyNN.common.control import DEFAULT_MAX_DELAY, DEFAULT_MIN_DELAY, DEFAULT_TIMESTEP
from pyNN.recording import get_io

from ..checks import checked_count, checked_number
from ..device.device import Device
from ..errors import ParameterError
from ..map.config import Config
from ..names import nearest
from . import simulator
from .session import advance

_OWN = ("device", "config", "seed", "min_delay", "max_delay", "timestep", "rng_seed")
"""Options whose misspelling is answered; those of other simulators are passed over, as PyNN says."""
_MILLISECONDS = (1e-6, 1e6)


def setup(
    timestep: float = DEFAULT_TIMESTEP,
    min_delay: float | str = DEFAULT_MIN_DELAY,
    max_delay: float | str = DEFAULT_MAX_DELAY,
    *,
    device: str | Device = "emulator",
    config: Config | str | None = None,
    seed: int | None = None,
    **extra_params: Any,
) -> int:
    """Begin a network; the one before is gone.

    Parameters
    ----------
    timestep : float
        ms.
    min_delay, max_delay : float or "auto"
        ms. `min_delay` is the delay of synapses that state none; a step if it is "auto".
    device : str or Device
        Where the network runs: "emulator", "rtl", "emulator:core256", a serial port, or an open device.
    config : Config or str, optional
        The build to compile for; by default the device's, or the smallest that fits: a preset, or else one
        made for this network.
    seed : int, optional
        What spike sources, noise and the rounding of learning are drawn from; 0 unless given here or as
        `rng_seed`, which is NEST's word.
    **extra_params
        Options of other simulators, which have no effect.

    Returns
    -------
    int
        The rank of this process, 0.

    Raises
    ------
    ParameterError
        If a value is out of range, or an option is none but nearly one.

    Examples
    --------
    >>> import allspike.pynn as sim
    >>> sim.setup(timestep=1.0)
    0
    >>> cells = sim.Population(3, sim.IF_curr_exp(i_offset=1.0))
    >>> cells.record("spikes")
    >>> sim.run(100.0)
    100.0
    >>> cells.mean_spike_count()
    3.0
    """
    common.setup(timestep, min_delay, max_delay=max_delay, **extra_params)
    for option in extra_params:
        meant = nearest(option, _OWN)
        if option not in _OWN and meant is not None:
            raise ParameterError(f"setup() has no option {option!r}: did you mean {meant!r}?")
    low, high = _MILLISECONDS
    dt = checked_number("timestep", timestep, low, high, f"a number of ms from {low:g} to {high:g}")
    for delay_name, delay in (("min_delay", min_delay), ("max_delay", max_delay)):
        if delay != "auto":
            checked_number(
                delay_name, delay, low, high, f'a number of ms from {low:g} to {high:g}, or "auto"'
            )
    chosen = extra_params.get("rng_seed", 0) if seed is None else seed
    simulator.state.clear(
        dt, min_delay, max_delay, device, config, checked_count("seed", chosen, 0, 2**32 - 1)
    )
    return rank()


def end(compatible_output: bool = True) -> None:
    """Write what was recorded to a file, and let go of the device."""
    state = simulator.state
    ran = state.running or state.segment_counter > 0
    for population, variables, filename in state.write_on_end if ran else ():
        population.write_data(get_io(filename), variables)
    state.write_on_end = []
    state.close()


simulator.state.advance = advance
run, run_until = common.build_run(simulator)
run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
(
    get_current_time,
    get_time_step,
    get_min_delay,
    get_max_delay,
    num_processes,
    rank,
) = common.build_state_queries(simulator)
