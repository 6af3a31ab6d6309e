"""The emulator's memories: between the records of the memory map and the arrays of the kernel.

Writing stores what a build of these widths can hold: a field keeps its low bits, sign-extended where it is
signed. Reading gives back what was stored.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..device.observing import Observation
from ..map import device_map as dm
from ..map.config import Config
from ..map.neuron_model import imported
from . import core as layout
from .core import Core, Settings, columns_of
from .kept import kept

_UNOBSERVED: dict[str, NDArray] = {
    "probes": np.zeros(0, np.int32),
    "recorded": np.zeros((0, 0), np.int32),
    "change_step": np.zeros(0, np.int64),
    "change_neuron": np.zeros(0, np.int32),
    "change_bias": np.zeros(0, np.int32),
}


def _words(count: int) -> int:
    return -(-count // 8)


def make_core(config: Config) -> Core:
    """Zeroed memories for a build."""
    neurons, inputs, axons = config.neurons, config.inputs, config.axons

    def zeros(size: int | tuple[int, ...], dtype: type = np.int32) -> NDArray:
        return np.zeros(size, dtype)

    model = config.model
    of_params, of_state = columns_of(model)
    params = of_params(*(zeros(neurons) for _ in model.params))
    state = of_state(*(zeros(neurons) for _ in model.state))
    arrived = zeros(_words(inputs), np.uint64)
    delayed = zeros((config.max_delay, _words(neurons)), np.uint64)
    fired = zeros(_words(neurons), np.uint64)
    return Core(
        reg=zeros(layout.REGISTERS, np.int64),
        rng=zeros(2, np.uint32),
        params=params,
        prepared=imported(model.sweep).prepare(params),
        state=state,
        potential=getattr(state, model.potential),
        drive=getattr(params, model.drive),
        **{name: zeros(neurons) for name in ("delay", "flags", "acc", "y")},
        x=zeros(axons),
        rate=zeros(inputs),
        axon_flags=zeros(axons),
        weights=zeros((axons, layout.row_pitch(neurons)), np.int8),
        plastic=zeros((axons, layout.row_pitch(neurons)), np.int8),
        plastic_columns=zeros((neurons, axons), np.int8),
        column=zeros(axons, np.int8),
        row_plastic=zeros(axons, np.int64),
        column_plastic=zeros(neurons, np.int64),
        events=zeros(config.event_ring // dm.RING_WORD, np.uint16),
        spikes=zeros(config.spike_ring // dm.RING_WORD, np.uint16),
        words=zeros(neurons + 2, np.uint16),
        arrived=arrived.view(np.uint8),
        delayed=delayed.view(np.uint8),
        fired=fired.view(np.uint8)[:neurons],
        arrived_words=arrived,
        delayed_words=delayed,
        fired_words=fired,
        active=zeros(axons),
        change=zeros(axons, np.int16),
        stride=zeros(axons, np.uint8),
        walk=zeros(axons),
        walking=zeros(neurons, np.int8),
        draws=zeros(axons, np.uint8),
        **_UNOBSERVED,
    )


def arrays(core: Core) -> list[np.ndarray]:
    """All arrays of a core, also those that are views of others."""
    return [array for part in core for array in (part if isinstance(part, tuple) else (part,))]


def reset(core: Core, seed: int) -> None:
    """State, time, rings and counters as after power-on; parameters and synapses stay."""
    for memory in (*core.state, core.acc, core.y, core.x):
        memory[:] = 0
    for memory in (core.arrived, core.delayed, core.fired, core.reg):
        memory[:] = 0
    core.reg[layout.EVENT_TIME] = -1
    core.rng[:] = [(seed ^ dm.SEED_LEARNING) or 1, (seed ^ dm.SEED_POISSON) or 1]


def observed(core: Core, asked: Observation | None) -> Core:
    """The same core, which records V and changes the drive as is asked of the steps from now on."""
    core.reg[layout.CHANGES_MADE] = 0
    if asked is None:
        return core._replace(**_UNOBSERVED)
    core.reg[layout.FIRST_ROW] = asked.start
    return core._replace(
        probes=asked.probes,
        recorded=asked.v,
        change_step=asked.steps,
        change_neuron=asked.neurons,
        change_bias=asked.biases,
    )


def hidden(core: Core) -> dict[str, NDArray]:
    """What a host cannot read by the map: see `allspike.device.bus.Bus.hidden`."""
    slots = len(core.delayed)
    coming = (core.reg[layout.STEP] + np.arange(slots)) & (slots - 1)
    return {
        "generators": core.rng.copy(),
        "under_way": core.delayed[coming, : core.acc.size].copy(),
        "counters": core.reg[layout.N_FIRINGS : layout.N_LATE + 1].copy(),
    }


def restore(core: Core, step: int, held: Mapping[str, NDArray]) -> bool:
    """Bring a core that was just reset to a step, with what `hidden` gave there; whether it fits."""
    now = hidden(core)
    if any(held[name].shape != old.shape or held[name].dtype != old.dtype for name, old in now.items()):
        return False
    slots = len(core.delayed)
    core.rng[:] = held["generators"]
    core.delayed[(step + np.arange(slots)) & (slots - 1), : core.acc.size] = held["under_way"] != 0
    core.reg[layout.N_FIRINGS : layout.N_LATE + 1] = held["counters"]
    core.reg[layout.STEP] = core.reg[layout.RUN_UNTIL] = core.reg[layout.MARKER] = step
    core.reg[layout.EVENT_TIME] = step - 1
    return True


def settings_of(config: Config, control: np.ndarray, learning: np.ndarray, core: Core) -> Settings:
    """The kernel's settings from the control and learning records; also lays out the dither's stride."""
    flags = dm.LearnFlag(int(learning["flags"]))
    nearest = dm.LearnFlag.NEAREST_ROUNDING in flags
    core.stride[:] = 0 if nearest else dm.DITHER_STRIDE * np.arange(config.axons)
    value = {name: int(learning[name]) for name in dm.LEARNING.record.names}
    opens = value["x_increment"] | value["y_increment"] | value["x_window"] | value["y_window"]
    return Settings(
        state_max=config.state_max,
        trace_max=config.trace_max,
        weight_shift=int(control["weight_shift"]),
        poisson=config.poisson and bool(int(control["flags"]) & dm.ControlFlag.POISSON),
        tracing=config.plasticity and bool(opens or core.x.any() or core.y.any()),
        gain=value["gain"] if config.plasticity else 0,
        nearest_rounding=nearest,
        plus_sign=-1 if dm.LearnFlag.PLUS_NEGATIVE in flags else 1,
        minus_sign=-1 if dm.LearnFlag.MINUS_NEGATIVE in flags else 1,
        x_decay=min(value["x_decay"], dm.DECAY_ONE),
        y_decay=min(value["y_decay"], dm.DECAY_ONE),
        **{
            name: value[name]
            for name in (
                "plus_shift", "minus_shift", "x_kind", "y_kind", "x_window", "y_window", "x_increment",
                "y_increment", "x_target", "w_min", "w_max",
            )
        },
    )  # fmt: skip


def normalise_learning(record: np.ndarray, config: Config) -> None:
    """Bring the learning record to what the registers hold, in place."""
    if not config.plasticity:
        record[:] = np.zeros(1, record.dtype)
        return
    for name in ("x_kind", "y_kind"):
        record[name] = np.minimum(record[name], dm.TraceKind.WINDOW)


def store_params(core: Core, config: Config, params: np.ndarray) -> None:
    """Take neuron parameter records, shape [N], as a build keeps them."""
    for field, values in zip(config.model.params, core.params, strict=True):
        values[:] = params[field.name]
    for values, follows in zip(core.prepared, imported(config.model.sweep).prepare(core.params), strict=True):
        values[:] = follows
    core.delay[:] = (params["delay"].astype(np.int32) - 1) % config.max_delay + 1
    core.flags[:] = core.axon_flags[config.inputs :] = params["flags"]


def params_records(core: Core, config: Config) -> np.ndarray:
    """Neuron parameter records, shape [N]."""
    records = np.zeros(config.neurons, config.model.params_record.dtype)
    for field, values in zip(config.model.params, core.params, strict=True):
        records[field.name] = values
    records["delay"], records["flags"] = core.delay, core.flags
    return records


def store_inputs(core: Core, config: Config, params: np.ndarray) -> None:
    """Take input parameter records, shape [M], as a build keeps them."""
    core.rate[:] = params["rate"]
    core.axon_flags[: config.inputs] = params["flags"]


def store_state(core: Core, config: Config, state: np.ndarray) -> None:
    """Take neuron state records, shape [N], as a build keeps them."""
    for field, values in zip(config.model.state, core.state, strict=True):
        values[:] = state[field.name]
    core.y[:] = state["y"]


def state_records(core: Core, config: Config) -> np.ndarray:
    """Neuron state records, shape [N]."""
    records = np.zeros(config.neurons, config.model.state_record.dtype)
    for field, values in zip(config.model.state, core.state, strict=True):
        records[field.name] = values
    records["y"] = core.y
    return records


def store_traces(core: Core, config: Config, values: NDArray) -> None:
    """Take pre traces, shape [A]."""
    core.x[:] = kept(dm.TRACES.field, values, config)


def store_plastic(core: Core, config: Config, packed: NDArray[np.uint8], first: int) -> None:
    """Take plastic bits of rows from `first` on, neuron j at bit j % 8 of byte j // 8 of a row."""
    held = kept(dm.PLASTIC.field, packed, config)
    bits = np.unpackbits(held, axis=1, bitorder="little")[:, : config.neurons]
    last = first + len(bits)
    core.plastic[first:last, : config.neurons] = bits
    core.plastic_columns[:, first:last] = bits.T
    core.row_plastic[first:last] = bits.sum(axis=1)
    core.column_plastic[:] = core.plastic_columns.sum(axis=1)


def plastic_bytes(core: Core, config: Config, first: int, last: int) -> NDArray[np.uint8]:
    """Plastic bits of rows `first` to `last` as `store_plastic` takes them."""
    bits = core.plastic[first:last, : config.neurons]
    return np.packbits(bits.astype(np.uint8), axis=1, bitorder="little")


def store_weights(core: Core, config: Config, values: NDArray[np.int8], first: int) -> None:
    """Take weights of rows from `first` on."""
    core.weights[first : first + len(values), : config.neurons] = kept(dm.WEIGHTS.field, values, config)
