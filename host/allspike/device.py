"""A device: the same host code for the emulator, the simulated gateware and every board.

All of it is READ and WRITE on the memory map, through a `Bus`. Values here are the device's integers;
`allspike.Simulation` speaks the user's units.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np

from . import device_map as dm
from . import ring_words
from .aliases import ArrayLike, NDArray
from .bus import Bus
from .checks import checked_count
from .config import Config
from .errors import DeviceError, ParameterError
from .image import Image
from .journal import Journal, Run
from .link.statistics import Traffic
from .names import WithDeclared
from .observing import Drive, Observation, run_in_pieces
from .running import Arrived, Plan, Progress, Rings, Spikes, background, pump, settle
from .seeds import register_of

_SPAN = dm.RING_STEP_MASK + 1
_EPOCHS = 1 << 32
_UNCHANGED = np.zeros((3, 0), np.int64)


class Device(WithDeclared):
    """An open device.

    Parameters
    ----------
    bus : Bus

    Attributes
    ----------
    bus : Bus
    config : Config
        What the build has, as its identity tells.
    build : str
        Name or hash of the build.
    journal : Journal or None
        What was done to it since it was loaded.

    Raises
    ------
    DeviceError
        If something else answers, or a device of another map version.

    Examples
    --------
    >>> device = asp.open("emulator", Config(neurons=8, inputs=4))
    >>> device.read("neuron_state.v")
    array([0, 0, 0, 0, 0, 0, 0, 0], dtype=int32)
    """

    bus: Bus
    config: Config
    build: str
    journal: Journal | None

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.journal = None
        identity = np.frombuffer(bus.read(dm.IDENTITY.base, dm.IDENTITY_LAYOUT.size), dm.IDENTITY.dtype)
        magic, version = int(identity["magic"][0]), int(identity["map_version"][0])
        if magic != dm.MAGIC:
            raise DeviceError(
                f"what answers is no Allspike device: it says 0x{magic:08X} instead of 0x{dm.MAGIC:08X}; "
                "check the port and the bitstream."
            )
        if version != dm.MAP_VERSION:
            raise DeviceError(
                f"the device has memory map version {version} and this software version {dm.MAP_VERSION}: "
                "rebuild the bitstream or install the release that matches it."
            )
        self.config = dm.decode_identity(identity)
        self.build = identity["build"][0].decode("ascii", "replace")
        self._rings = Rings(int(self.status()["epoch"]))
        self._under_way = False
        self.reset()

    def __repr__(self) -> str:
        c = self.config
        return f"<Device {self.build}: {c.neurons} neurons, {c.inputs} inputs, {c.weight_bits}-bit weights>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the device."""
        self.bus.close()

    # Regions and names

    def read_region(self, region: dm.Region) -> np.ndarray:
        """A whole region, in its shape and type."""
        data = self.bus.read(region.base, region.size(self.config))
        values = np.frombuffer(data, region.dtype).reshape(region.shape(self.config)).copy()
        journal = self.journal
        if region is dm.WEIGHTS and journal is not None and journal.open is None and not self._under_way:
            journal.saw_weights(values)
        return values

    def write_region(self, region: dm.Region, values: np.ndarray) -> None:
        """Write a whole region.

        Raises
        ------
        ParameterError
            If `values` has another shape or type.
        """
        if values.shape != region.shape(self.config) or values.dtype != region.dtype:
            raise ParameterError(
                f"region {region.name} of this device is {region.dtype} {region.shape(self.config)}, "
                f"not {values.dtype} {values.shape}."
            )
        self.put(region.base, values.tobytes())

    def put(self, address: int, data: bytes) -> None:
        """Write `data` from `address` on, within one region: see the memory map."""
        self._close_run()
        try:
            self.bus.write(address, data)
        except DeviceError:
            if self.journal is not None:
                self.journal.forget("a write to it failed")
            raise
        if self.journal is not None:
            if self._under_way:
                self.journal.forget("it was written while a run was under way")
            self.journal.wrote(address, data)

    def read(self, name: str) -> np.ndarray:
        """The values called `name`: a region ("weights"), one of its fields ("neuron_state.v"), or a field by
        itself where only one region has it ("v", "threshold", "gain").

        Raises
        ------
        ParameterError
            If nothing, or more than one thing, has that name.
        """
        region, field = _named(name)
        values = self.read_region(region)
        return values if field is None else values[field].copy()

    def write(self, name: str, values: ArrayLike, index: Any = slice(None)) -> None:
        """Write the values called `name`, all or those at `index`; the rest stays as it is.

        Raises
        ------
        ParameterError
            If the name is unknown or read only, or a value does not fit its field.
        """
        region, field = _named(name)
        if not region.writable:
            raise ParameterError(f"{name} is read only.")
        contents = self.read_region(region)
        target = contents if field is None else contents[field]
        given = np.asarray(values)
        if target.dtype.kind in "iu":
            _check_whole(name, given, target.dtype)
        try:
            target[index] = given
        except (IndexError, ValueError, TypeError, OverflowError) as error:
            raise ParameterError(f"{name} has shape {target.shape}: {error}.") from None
        wanted = target.copy()
        if field is not None and contents.size == 1:
            # A register: writing its neighbours back could undo what the device changed meanwhile.
            self.put(region.address(field), target.tobytes())
        else:
            self.write_region(region, contents)
        if region is not dm.CONTROL and not np.array_equal(held := self.read(name), wanted):
            place = tuple(np.argwhere(held != wanted)[0])
            raise ParameterError(
                f"this device does not hold {wanted[place]} as {name}, it made it {held[place]}: its build "
                "has fewer bits, or lacks the feature."
            )

    # Loading

    def load(self, image: Image) -> None:
        """Reset, write an image, and verify what the device then holds.

        Raises
        ------
        DeviceError
            If the image is for another build, or the device does not hold what was written.
        """
        misfits = image.misfits(self.config)
        if misfits:
            raise DeviceError(
                f"the image does not fit: it has {'; and '.join(misfits)}; compile the network for "
                "this device."
            )
        regions = list(image.regions())
        settings = bytes((image.weight_shift, image.control_flags))
        rings, reset = self._fresh(image.seed)
        parts = [(dm.CONTROL.base, reset), (dm.CONTROL.address("weight_shift"), settings)]
        parts += [(region.base, values.tobytes()) for region, values in regions if values.size]
        self.journal = None
        right = self.bus.store(parts)
        self._rings = rings
        if not all(right):
            self._find_difference(regions)
        self.journal = Journal(image)

    def _find_difference(self, regions: list[tuple[dm.Region, np.ndarray]]) -> None:
        """Say where the device does not hold what it should."""
        for region, values in regions:
            held = self.read_region(region)
            if not np.array_equal(held, values):
                where = tuple(int(k) for k in np.argwhere(held != values)[0])
                raise DeviceError(
                    f"after loading, {region.name} at {where} holds {held[where]} instead of "
                    f"{values[where]}: load again, and check the line and the board."
                )

    def reset(self, seed: int | None = None) -> None:
        """State, time, rings and counters as after power-on; parameters, weights and rule stay.

        Parameters
        ----------
        seed : int, optional
            Start of the random generators, 0 to 2**32 - 1; by default the one used before. Neighbouring seeds
            give unrelated draws.
        """
        seed = None if seed is None else checked_count("seed", seed, 0, 2**32 - 1)
        rings, reset = self._fresh(seed or 0)
        if seed is None:
            reset = reset[: dm.CONTROL_LAYOUT.offset("event_head")]  # the epoch alone
        self._close_run()
        self.bus.write(dm.CONTROL.base, reset)
        self._rings = rings
        if self.journal is not None:
            self.journal.was_reset(seed)

    def _fresh(self, seed: int) -> tuple[Rings, bytes]:
        """Where rings are after a reset, and the start of the control record that makes it."""
        rings = Rings((self._rings.epoch + 1) % _EPOCHS)
        record = np.zeros(1, dm.CONTROL.dtype)
        record["epoch"], record["seed"] = rings.epoch, register_of(seed)
        return rings, record.tobytes()[: dm.CONTROL_LAYOUT.offset("pace")]

    def restore(self, step: int, hidden: Mapping[str, NDArray]) -> bool:
        """Bring a device that was just reset to a step: see `Bus.restore`; whether that can be."""
        done = self.bus.restore(step, hidden)
        if done:
            self._rings.last_event = self._rings.last_spike = step - 1
        return done

    # Running

    def status(self) -> np.void:
        """The status record: epoch, state, step, ring offsets."""
        return self.read_region(dm.STATUS)[0]

    def counters(self) -> dict[str, int]:
        """What the device counted since the reset, by name."""
        record = self.read_region(dm.COUNTERS)[0]
        return {name: int(record[name]) for name in record.dtype.names}

    @property
    def step(self) -> int:
        """Steps done since the reset."""
        return int(self.status()["step"])

    @property
    def traffic(self) -> Traffic | None:
        """What went over the device's line so far; None for a device in this process."""
        return self.bus.traffic

    @property
    def stalled_seconds(self) -> float:
        """How long time stood still since the reset for want of room in the spike ring, s (by its clock)."""
        return self.counters()["clocks_stalled"] / max(self.config.clock_hz, 1)

    def run(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> Spikes:
        """Run `steps` steps from where the device is.

        Parameters
        ----------
        steps : int
        events : (steps, inputs), optional
            Input spikes [events]: steps counted from the start of this run, inputs 0 to M - 1, in any order.
        progress : callable, optional
            Called now and then with the steps done and the steps asked for.
        stop : threading.Event, optional
            When it is set, the run ends early, after the step in which the core is and the events it was
            sent; `step` tells where.

        Returns
        -------
        steps, neurons : int64 [spikes]
            Who fired when, sorted; steps counted from the reset.

        Raises
        ------
        ParameterError
            If an event lies outside the run or names no input.
        DeviceError
            If the device was reset in mid-run, or its line fails; what had come is its `arrived`.
        """
        return self._run(steps, events, progress, stop, _UNCHANGED)

    def _run(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None,
        progress: Progress | None,
        stop: threading.Event | None,
        changes: NDArray[np.int64],
    ) -> Spikes:
        """As `run`; `changes` of biases, [3, changes], are made by the device."""
        start = self._at_rest()
        came: list[Spikes] = []
        try:
            came.extend(self._stream(steps, events, progress, stop, changes))
        except DeviceError as error:
            done = 0 if error.arrived is None else error.arrived.steps
            when, who = _joined(came)
            whole = when < start + done
            error.arrived = Arrived(done, (when[whole], who[whole]), np.zeros((done, 0), np.int32))
            raise
        return _joined(came)

    def run_observed(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None = None,
        *,
        probes: ArrayLike | None = None,
        drive: Drive | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> tuple[Spikes, NDArray[np.int32]]:
        """Run as `run` does, and record V or change biases on the way; results are the same on every device.

        An emulator does both at full speed. Any other device is stopped at the steps concerned, to be read
        and written: every step, where V is recorded.

        Parameters
        ----------
        steps, events, progress, stop
            As in `run`.
        probes : int [K], optional
            Neurons whose V is recorded after every step.
        drive : (steps, neurons, biases), optional
            Changes [changes]: from that step on, counted from the start of the run and ascending, the neuron
            has that bias. Of several for one neuron in one step the last counts.

        Returns
        -------
        spikes : (steps, neurons)
            As from `run`.
        v : int32 [steps done, K]
            In units of the device.

        Raises
        ------
        ParameterError
            If an event, a neuron, a step or a bias is out of range.
        DeviceError
            If the device was reset in mid-run, or its line fails.

        Notes
        -----
        Biases stay as the last change left them.

        Examples
        --------
        >>> from allspike.devices import open
        >>> spikes, v = open("emulator").run_observed(3, probes=[0, 1], drive=([1], [0], [-5]))
        >>> v.shape
        (3, 2)
        """
        start = self._at_rest()
        self._check_steps(start, steps)
        asked = Observation.of(self.config, start, steps, probes, drive)
        if self.bus.observe(asked):
            try:
                spikes = self._run(steps, events, progress, stop, asked.changes)
            finally:
                self.bus.observe(None)
        else:
            checked = self._checked_events(steps, events)
            spikes = self._run_in_pieces(asked, checked, progress, stop)
        return spikes, asked.v[: self.step - start]

    def _run_in_pieces(
        self, asked: Observation, events: Spikes, progress: Progress | None, stop: threading.Event | None
    ) -> Spikes:
        came: list[Spikes] = []
        done = 0
        try:
            for end, piece in run_in_pieces(self, asked, events, progress, stop):
                came.append(piece)
                done = end
        except DeviceError as error:
            if error.arrived is not None and not asked.probes.size:
                came.append(error.arrived.spikes)
                done += error.arrived.steps
            error.arrived = Arrived(done, _joined(came), asked.v[:done])
            raise
        return _joined(came)

    def stream(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Spikes]:
        """As `run`, but yields the spikes as they come, so that memory stays bounded in long runs.

        Behind a line a thread takes them while the user computes, a bounded number ahead; when the user is
        slower than the core, time stands still. A reader who leaves early, or Ctrl-C, stops the core after
        the events it was sent.
        """
        yield from self._stream(steps, events, progress, stop, _UNCHANGED)

    def _stream(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None,
        progress: Progress | None,
        stop: threading.Event | None,
        changes: NDArray[np.int64],
    ) -> Iterator[Spikes]:
        start = self._at_rest()
        if self.journal is not None:
            self.journal.ended(start)  # a run before it that was stopped
        self._check_steps(start, steps)
        last = self._rings.last_event
        words, times = self._event_words(start, steps, events)
        left = threading.Event()

        def stopped() -> bool:
            return left.is_set() or (stop is not None and stop.is_set())

        tap = self.bus.tap(self.config, self._rings)
        plan = Plan(start, start + steps, words, times)
        pieces = pump(tap, self._rings, self.config, plan, stopped, progress)
        if self.journal is not None:
            self.journal.began(Run(start, words, last, changes))
        self._under_way = True
        try:
            yield from background(pieces, left) if self.bus.background else pieces
        finally:
            self._under_way = False
        if self.journal is not None and not stopped():
            self.journal.ended(start + steps)

    def rest(self) -> int:
        """The step where the device stands.

        Raises
        ------
        DeviceError
            If a run is under way, or the device was reset by somebody else.
        """
        if self._under_way:
            raise DeviceError("a run is under way: wait for its end, or stop it.")
        self._close_run()
        return self._at_rest()

    def _close_run(self) -> None:
        """Note where a run that was stopped has ended."""
        if self.journal is not None and self.journal.open is not None and not self._under_way:
            self.journal.ended(self._at_rest())

    def _at_rest(self) -> int:
        """The step where the core stands; if an interrupted run left it running, it is stopped first."""
        status = self.status()
        self._rings.check(status)
        if status["state"] & dm.State.RUNNING or status["spike_head"] != self._rings.spike_ack:
            tap = self.bus.tap(self.config, self._rings)
            for _ in settle(tap, self._rings):
                pass
            tap.close()
            status = self.status()
        return int(status["step"])

    def _check_steps(self, start: int, steps: int) -> None:
        if not 0 <= steps < 2**dm.STEP_BITS - start:
            raise ParameterError(
                f"cannot run {steps} steps: from step {start} there are 0 to {2**dm.STEP_BITS - start - 1}."
            )

    def _checked_events(self, steps: int, events: tuple[ArrayLike, ArrayLike] | None) -> Spikes:
        """Steps and inputs of the events."""
        when, who = (np.asarray(part, np.int64).ravel() for part in events or ((), ()))
        if when.size != who.size:
            raise ParameterError(f"{when.size} event steps and {who.size} inputs do not pair.")
        if when.size and (when.min() < 0 or when.max() >= steps):
            raise ParameterError(
                f"events lie at steps {when.min()} to {when.max()}; this run has steps 0 to {steps - 1}."
            )
        if who.size and (who.min() < 0 or who.max() >= self.config.inputs):
            raise ParameterError(
                f"events name inputs {who.min()} to {who.max()}; the device has inputs 0 to "
                f"{self.config.inputs - 1}."
            )
        return when, who

    def _event_words(
        self, start: int, steps: int, events: tuple[ArrayLike, ArrayLike] | None
    ) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
        """Ring words of the events, and the absolute step of each word."""
        when, who = self._checked_events(steps, events)
        inputs = max(self.config.inputs, 1)
        unique = np.unique(when * inputs + who)
        when, who = start + unique // inputs, unique % inputs
        words, times = ring_words.encode(when, who, self._rings.last_event)
        # Markers up to the end of the run, so that no silence ever outgrows what the ring can hold.
        last = int(times[-1]) if times.size else self._rings.last_event
        quiet = np.arange(last + _SPAN, start + steps, _SPAN)
        opening = (dm.RING_MARKER | (quiet & dm.RING_STEP_MASK)).astype(np.uint16)
        return np.concatenate([words, opening]), np.concatenate([times, quiet])


def _joined(pieces: Sequence[Spikes]) -> Spikes:
    none = np.zeros(0, np.int64)
    when, who = (np.concatenate([none, *(piece[k] for piece in pieces)]) for k in range(2))
    return when, who


def _check_whole(name: str, values: NDArray, dtype: np.dtype) -> None:
    """Refuse what is not whole numbers in the range of `dtype`."""
    limits = np.iinfo(dtype)
    try:
        whole = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} takes whole numbers, not {values.ravel()[:4]}.") from None
    if not np.isfinite(whole).all() or (whole != np.rint(whole)).any():
        raise ParameterError(f"{name} takes whole numbers, not {whole.ravel()[:4]}.")
    if whole.size and (whole.min() < limits.min or whole.max() > limits.max):
        raise ParameterError(
            f"{name} takes {limits.min} to {limits.max}, not {whole.min():g} to {whole.max():g}."
        )


def _named(name: str) -> tuple[dm.Region, str | None]:
    """The region and field that a name means."""
    head, _, tail = name.partition(".")
    for region in dm.REGIONS:
        if region.name == head:
            if not tail:
                return region, None
            if tail in region.names:
                return region, tail
            raise ParameterError(
                f"region {head} has no field {tail!r}; it has {', '.join(region.names) or 'none'}."
            )
    owners = [region for region in dm.REGIONS if name in region.names]
    if len(owners) == 1:
        return owners[0], name
    if owners:
        options = ", ".join(f"{region.name}.{name}" for region in owners)
        raise ParameterError(f"{name!r} is ambiguous: say one of {options}.")
    raise ParameterError(
        f"a device has nothing named {name!r}; its regions are "
        f"{', '.join(region.name for region in dm.REGIONS)}."
    )
