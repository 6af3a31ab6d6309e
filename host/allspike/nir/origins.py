"""What a NIR file does not say, by the program that wrote it: its step, its reset, what a spike is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import ParameterError
from ..names import WithNearest, known_names
from ..showing import brief
from .settings import ByKind


@dataclass(frozen=True, kw_only=True)
class Origin(WithNearest):
    """What the files of a program leave unsaid.

    Examples
    --------
    >>> from allspike.nir import ORIGINS
    >>> ORIGINS["snntorch"].dt, ORIGINS["norse"].reset
    (0.0001, 'to')
    """

    about: str
    """What is read so, in a phrase."""
    dt: float | None
    """Its step, in the unit of time of its files; None: it has none, or many."""
    unit: float = 1.0
    """Seconds that this unit is, or stands for where files count steps."""
    reset: ByKind | None = None
    """None: it is not always the same, so it must be said."""
    integration: str = "euler"
    spikes: ByKind = "pulse"
    fires: str = ">"
    emits: int = 0
    """As in `Settings`."""
    starts: str = "v_reset"
    """As in `Settings`."""
    prompt: tuple[str, ...] = ()
    """Kinds that reset to a value at once even where late is said, unless they drive themselves."""
    tells: str = ""
    """What of its files tells the step, if anything: a key of `step.TELLS`."""
    departs: Mapping[str, str] = field(default_factory=dict)
    """By reset, "" for any, a sentence on what it does that is not done here."""


_JUMPS = {"IF": "jump", "I": "jump", "CubaLIF": "jump", "CubaLI": "jump", "": "pulse"}

ORIGINS: dict[str, Origin] = {
    "snntorch": Origin(
        about="snnTorch; its reset mechanism must be said, and is late by default",
        dt=1e-4,
        prompt=("LIF",),
        tells="r = tau / dt",
        departs={
            "subtract": "where V is still above the threshold after a spike, snnTorch without reset_delay "
            "compares it less v_threshold in the next step; here it is compared as it is."
        },
    ),
    "spikingjelly": Origin(
        about="SpikingJelly, whose exporter refuses all but a reset to a value",
        dt=1e-4, reset="to", fires=">=", tells="r = tau / dt",
    ),
    "norse": Origin(about="Norse, its main branch", dt=1e-3, reset="to", spikes=_JUMPS, starts="v_leak"),
    "norse-1.1": Origin(
        about="Norse 1.1.0, which multiplies its time constants by its dt of 1e-3",
        dt=1e-6, unit=1e3, reset="to", spikes=_JUMPS, starts="v_leak",
    ),
    "sinabs": Origin(
        about='sinabs, which counts time in steps, here of 1 ms; with norm_input=False, spikes="jump"',
        dt=1.0, unit=1e-3, reset="subtract", integration="exponential", fires=">=",
        spikes={"IF": "jump", "I": "jump", "": "pulse"},
        departs={
            "": "sinabs lets a neuron spike several times in a step, and keeps V above its min_v_mem, which "
            "no file says; here it spikes once, and V keeps the rest."
        },
    ),
    "spyx": Origin(
        about="spyx, which counts time in steps, here of 1 ms, and whose spikes are out a step late",
        dt=1.0, unit=1e-3, reset={"CubaLIF": "subtract", "": "subtract late"}, spikes="plain", emits=1,
    ),
    "rockpool": Origin(
        about="Rockpool: LIFTorch, LIFNeuronTorch, ExpSynTorch",
        dt=None, reset="subtract", integration="exponential", fires=">=", tells="r = tau e^(-dt / tau) / dt",
        spikes={"LIF": "plain", "": "decayed"},
        departs={
            "": "Rockpool lets a neuron spike several times in a step; here it spikes once, and V keeps the "
            "rest."
        },
    ),
    "hxtorch": Origin(
        about="hxtorch and jaxsnn, whose unit of time is a millisecond; dt must be said",
        dt=None, unit=1e-3, reset="to", integration="exponential", spikes="jump",
        departs={
            "": "spikes there have times of their own; here each falls at the end of its step, up to a step "
            "late."
        },
    ),
}  # fmt: skip
"""By the name that `origin=` takes."""
ORIGINS["jaxsnn"] = ORIGINS["hxtorch"]


def origin_of(name: str | None) -> Origin | None:
    """The origin of that name, if one is given.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name is None:
        return None
    if not isinstance(name, str) or name.lower() not in ORIGINS:
        raise ParameterError(f"origin = {brief(name)} is not known; {known_names(str(name), ORIGINS)}.")
    return ORIGINS[name.lower()]
