"""A network of prototypes that compete for images: what the learning digits demo runs on a UP5K's core.

A pixel has two inputs, one that fires for ink and one that fires for paper, so that every image brings as
many spikes. Prototypes integrate them with a leak. Then an urge, the same for all, grows until the first
prototype fires: the one whose weights fit best. It inhibits the others, directly and through a few inhibitory
neurons, until the image is over. So the column of one prototype, or of a few, is walked an image, and all its
weights move towards the image: w += eta (x - x_target), x the trace of the input, x_target half of what full
ink leaves (Querlioz et al. 2013, Diehl and Cook 2015).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..describe.connect import AllToAll
from ..describe.learning import STDP
from ..describe.lif import delta_lif
from ..device.device import Device
from ..doors.network import Network
from ..map import device_map as dm
from ..results.result import Result
from ..simulate.simulation import Simulation
from ..stimulus import SpikeList, rate_code

CLASSES = 10
SIDE = 8
PIXELS = 54  # of 64; ten at the border hardly ever hold ink, and leave room for the other inputs
INPUTS = 2 * PIXELS
PROTOTYPES = 240
INHIBITORY = 6
URGES = 10

STEPS = 112  # an image is shown for
REST = 112  # steps of silence after it, in which all potentials return to rest
URGE_FROM = 32  # by then potentials have settled; from here on one urge input more every 8 steps
RATE = 1 / 6  # spikes a step of a full input

# Potentials and weights are in weight units of the core.
TAU_M = 24
LEAK = 15
THRESHOLD = 800
REFRACTORY = 150
W_START = 2  # initial weights are random within this bound
URGE = 12
INHIBIT = 64  # the strongest inhibition that 7 bits hold
HOLD, TAU_HOLD = 32, 16  # how a spike of a prototype drives the inhibitory neurons: for about 18 steps
TAU_X = 24
ETA = 32.0  # weight change at gain 1 of an input that is full, or empty
BATCH = 64  # images a run

_FULL = RATE / -np.expm1(-1 / TAU_X)
"""The trace that a full input settles at, in units of one spike."""
_PHASES = np.arange(INPUTS) * 0.6180339887498949 % 1.0


@dataclass(frozen=True)
class Responses:
    """What the prototypes did while images were shown."""

    delays: NDArray[np.float64]
    """Steps from the image's first spike to each prototype's own, [images, prototypes]; infinite where it did
    not fire."""
    operations: int
    """Synapses that spikes went through."""

    @property
    def fired(self) -> NDArray[np.bool_]:
        """Who fired, [images, prototypes]."""
        return np.isfinite(self.delays)

    @property
    def first(self) -> NDArray[np.int64]:
        """Who fired first, [images]; -1 where nobody did."""
        return np.where(self.fired.any(axis=1), self.delays.argmin(axis=1), -1)


def network(rng: np.random.Generator, w_max: float) -> Network:
    """The network with random weights: inputs, a teacher a class, the urge; prototypes and their inhibition.

    Prototype j is of class j mod 10, if there is a teacher: it inhibits those of other classes.
    """
    net = Network()
    pixels, teacher = net.inputs(INPUTS, "pixels"), net.inputs(CLASSES, "teacher")
    urge = net.inputs(URGES, "urge")
    ms = net.dt
    prototypes = net.neurons(
        PROTOTYPES,
        delta_lif(
            tau_m=TAU_M * ms, leak=LEAK / ms, v_thresh=THRESHOLD, t_ref=REFRACTORY * ms, theta_plus=1.0,
            tau_theta=1.0,
        ),
        "prototypes",
    )  # fmt: skip
    inhibition = net.neurons(INHIBITORY, delta_lif(tau_m=TAU_HOLD * ms, reset="subtract"), "inhibition")
    rule = STDP(
        a_plus=2 * ETA / _FULL, a_minus=0.0, w_min=-w_max, w_max=w_max, tau_plus=TAU_X * ms,
        x_target=0.5 * _FULL,
    )  # fmt: skip
    start = np.rint(rng.uniform(-W_START, W_START, (INPUTS, PROTOTYPES)))
    net.connect(pixels, prototypes, weight=start, stdp=rule)
    other = classes()[None] != np.arange(CLASSES)[:, None]
    net.connect(teacher, prototypes, np.where(other, -float(INHIBIT), 0.0))
    net.connect(urge, prototypes, weight=URGE)
    net.connect(prototypes, prototypes, AllToAll(self_connections=False), weight=-INHIBIT)
    net.connect(prototypes, inhibition, weight=HOLD)
    net.connect(inhibition, prototypes, weight=-INHIBIT)
    return net


def classes() -> NDArray[np.int64]:
    """The class of each prototype where there is a teacher."""
    return np.arange(PROTOTYPES) % CLASSES


class Competition:
    """The network on a device, and how images are shown to it.

    Parameters
    ----------
    images : [images, 64]
        Pixels of 0 to 1; the inputs are the 54 that vary most among them.
    device : str or Device
    seed : int
        Of the initial weights, the phases of the spikes and the device's dither.
    w_max : float
        Weights lie within plus and minus this, of at most 63.
    """

    def __init__(
        self,
        images: NDArray[np.float64],
        device: str | Device = "emulator",
        seed: int = 0,
        w_max: float = 31.0,
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.pixels = np.sort(np.argsort(-images.std(0), kind="stable")[:PIXELS])
        net = network(self.rng, w_max)
        config = "up5k" if isinstance(device, str) else None
        self.simulation = Simulation(net, device, config, seed=seed, weight_unit=1.0, weight_shift=4)

    def homeostasis(self, increment: float, images: float) -> None:
        """What a firing adds to a prototype's threshold, and in how many images it decays."""
        params = self.simulation.device.read_region(dm.NEURON_PARAMS)
        mine = params[:PROTOTYPES]
        mine["adapt_increment"] = round(increment * 2**self.simulation.image.weight_shift)
        period = max(0, int(np.ceil(np.log2(images * (STEPS + REST) / 256))))
        mine["adapt_period"] = period
        mine["adapt_decay"] = round(np.exp(-(2.0**period) / (images * (STEPS + REST))) * 2**dm.DECAY_BITS)
        self.simulation.device.write_region(dm.NEURON_PARAMS, params)

    def release(self, ease: float = 0.0) -> None:
        """End homeostasis: all prototypes get the mean threshold, less up to `ease`, and keep it."""
        params = self.simulation.device.read_region(dm.NEURON_PARAMS)
        params["adapt_increment"][:PROTOTYPES] = 0
        params["adapt_decay"][:PROTOTYPES] = 1 << dm.DECAY_BITS
        self.simulation.device.write_region(dm.NEURON_PARAMS, params)
        common = max(self.simulation.state("prototypes", "theta").mean() - ease, 0.0)
        self.simulation.set_state("prototypes", "theta", np.full(PROTOTYPES, common))

    def phases(self, images: int) -> NDArray[np.float64]:
        """Random phases of the spikes, [images, inputs]: while learning no image comes twice the same."""
        ink = self.rng.random((images, PIXELS))
        return np.concatenate((ink, 1 - ink), axis=1)

    def show(
        self,
        images: NDArray[np.float64],
        phases: NDArray[np.float64] | None = None,
        taught: NDArray[np.int64] | None = None,
    ) -> Responses:
        """Show images [images, 64] one after another, with the gain and the homeostasis as they are.

        Parameters
        ----------
        images : [images, 64]
        phases : [images, inputs], optional
            By default the same for every image.
        taught : [images], optional
            Classes that the teacher tells.
        """
        phases = np.broadcast_to(_PHASES, (len(images), INPUTS)) if phases is None else phases
        delays = np.full((len(images), PROTOTYPES), np.inf)
        operations = 0
        for start in range(0, len(images), BATCH):
            part = slice(start, start + BATCH)
            result = self._run(images[part], phases[part], None if taught is None else taught[part])
            when, who = result.spikes["prototypes"]
            # Sorted by time. A prototype is refractory for longer than an image: it fires once in it at most.
            image, step = np.divmod(when - result.start, STEPS + REST)
            _, first, spikes = np.unique(image, return_index=True, return_counts=True)
            delays[start + image, who] = step - np.repeat(step[first], spikes)
            operations += result.counters["rows"] * (PROTOTYPES + INHIBITORY)
        return Responses(delays, operations)

    def _run(
        self, images: NDArray[np.float64], phases: NDArray[np.float64], taught: NDArray[np.int64] | None
    ) -> Result:
        ink = images[:, self.pixels]
        both = np.concatenate((ink, 1 - ink), axis=1)
        period = STEPS + REST
        image, step, which = np.nonzero(rate_code(both, STEPS, RATE, phases[:, None]))
        starts = period * np.arange(len(images))
        # One urge input more at each of `since`, and all of them until the image ends.
        since = URGE_FROM + np.arange(URGES) * (STEPS - URGE_FROM) // URGES
        late, urge = np.nonzero(np.arange(STEPS)[:, None] >= since)
        stimuli = {
            "pixels": SpikeList(image * period + step, which),
            "urge": SpikeList((starts[:, None] + late).ravel(), np.tile(urge, len(images))),
        }
        if taught is not None:
            told = (starts[:, None] + np.arange(STEPS)).ravel()
            stimuli["teacher"] = SpikeList(told, np.repeat(taught, STEPS))
        return self.simulation.run_steps(len(images) * period, stimuli)

    def fields(self) -> NDArray[np.float64]:
        """Receptive fields: ink minus paper weights as images, [64, prototypes]."""
        weights = self.simulation.weights("pixels-prototypes")
        pictures = np.zeros((SIDE * SIDE, PROTOTYPES))
        pictures[self.pixels] = (weights[:PIXELS] - weights[PIXELS:]) / 2
        return pictures
