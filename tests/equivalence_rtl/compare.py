"""Two devices side by side: everything that a host can read, and what differs first."""

from collections.abc import Iterator

import numpy as np

from allspike.device.bus import Bus
from allspike.device.device import Device
from allspike.map import device_map as dm

from .story import Story

READABLE = (
    dm.STATUS, dm.NEURON_STATE, dm.TRACES, dm.WEIGHTS, dm.PLASTIC, dm.COUNTERS, dm.CONTROL, dm.LEARNING,
    dm.NEURON_PARAMS, dm.INPUT_PARAMS, dm.EVENT_RING, dm.SPIKE_RING,
)  # fmt: skip
OF_TIME = {"late_steps", "clocks", "clocks_sweep", "clocks_rows", "clocks_columns", "clocks_stalled"}
"""Counters outside the contract."""


def contents(device: Device) -> dict[str, np.ndarray]:
    """What a host can read, by name."""
    held = {}
    for region in READABLE:
        values = device.read_region(region)
        if region is dm.PLASTIC:
            values = np.unpackbits(values, axis=1, bitorder="little", count=device.config.neurons)
        for name in region.names(device.config):
            if region is not dm.COUNTERS or name not in OF_TIME:
                held[f"{region.name}.{name}"] = values[name]
        if not region.names(device.config):
            held[region.name] = values
    return held


def difference(expected: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> str | None:
    """The first quantity that differs, with its first place and both values."""
    for name, values in expected.items():
        others = found[name]
        if values.shape != others.shape:
            return f"{name} has shape {others.shape}, the emulator's {values.shape}"
        if not np.array_equal(values, others):
            unequal = values != others
            place = tuple(int(k) for k in np.argwhere(unequal)[0])
            count = int(unequal.sum())
            return (
                f"{name}{list(place)} is {others[place]}, the emulator's {values[place]}; "
                f"{count} of {values.size} differ"
            )
    return None


def first_spike_apart(expected: np.ndarray, found: np.ndarray) -> str | None:
    """The first spike [step, neuron] that only one of two lists has."""
    ours, theirs = {tuple(spike) for spike in expected.tolist()}, {tuple(spike) for spike in found.tolist()}
    if apart := sorted(ours ^ theirs):
        step, neuron = apart[0]
        return f"neuron {neuron} {'does not fire' if apart[0] in ours else 'fires'} in step {step}"
    if expected.tolist() != found.tolist():
        return "spikes come in another order"
    return None


def played(device: Device, story: Story, longest: int) -> Iterator[tuple[str, np.ndarray, dict]]:
    """At every pause: where it is, the spikes [n, 2] since the last, and all that can be read.

    A run is cut into pieces of at most `longest` steps.
    """
    story.network.write_to(device)
    yield "before the first run", np.zeros((0, 2), int), contents(device)
    for k, act in enumerate(story.acts):
        act.prepare(device, story.network)
        yield f"after act {k}, {act.change},", np.zeros((0, 2), int), contents(device)
        for start in range(0, len(act.events), longest):
            events = act.events[start : start + longest]
            spikes = np.stack(device.run(len(events), np.nonzero(events)), axis=1)
            # A run ends when all spikes are read; what was acknowledged by then depends on the host's speed.
            device.write("spike_ack", device.status()["spike_head"])
            yield f"in act {k}, after step {device.step - 1},", spikes, contents(device)


def disagreement(emulator: Bus, other: Bus, story: Story, longest: int = 1 << 30) -> str | None:
    """Where two devices part in a story; None if they do not."""
    pauses = (played(Device(bus), story, longest) for bus in (emulator, other))
    for (where, spikes, expected), (_, theirs, found) in zip(*pauses, strict=True):
        apart = first_spike_apart(spikes, theirs) or difference(expected, found)
        if apart:
            return f"{where} {apart}"
    return None
