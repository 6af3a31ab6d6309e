"""Which settings each node of a graph gets: its origin's, overridden by single options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ParameterError
from ..names import known_names
from .flat import Cells, Flat
from .graph import NEURONS
from .origins import Origin, origin_of
from .settings import RESETS, WORDS, ByKind, Settings, word_for
from .step import scaled, step_of

KINDS = tuple(NEURONS)
FIRING = tuple(kind for kind, own in NEURONS.items() if {"v_threshold", "threshold"} & {*own})
"""Kinds of cells that spike; the others are read."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is said of a file that it does not say itself; see `Network.from_nir`."""

    origin: str | None = None
    dt: float | None = None
    reset: ByKind | None = None
    integration: str | None = None
    spikes: ByKind | None = None
    fires: str | None = None

    @property
    def given(self) -> bool:
        """Whether anything is said."""
        return any(value is not None for value in vars(self).values())


@dataclass(frozen=True)
class Choice:
    """The step and the settings of every node."""

    dt: float
    """In the graph's unit of time."""
    unit: float
    """Seconds that this unit is."""
    settings: Mapping[str, Settings]
    """Of every node of cells."""
    facts: tuple[str, ...]


def chosen(flat: Flat, options: Options, settings_of: Mapping[str, Settings] | None = None) -> Choice:
    """The settings of all nodes; of those in `settings_of` these, whatever the options say.

    Raises
    ------
    ParameterError
        If an option is not known, or something that must be said is not.
    """
    known = origin_of(options.origin)
    _check_kinds(flat, reset=options.reset, spikes=options.spikes)
    step, why = step_of(flat, known, options.dt)
    own = dict(settings_of or {})
    settings = {
        cells.name: own.get(cells.name) or _settings(flat, cells, known, options) for cells in flat.cells
    }
    named = "" if known is None else f" Read as the file of {known.about}."
    facts = [f"A step is {step:g}{f', {why}' if why else ''}.{named}"]
    if known is None and not own:
        facts.append(_assumed(flat, step, options))
    return Choice(step, 1.0 if known is None else known.unit, settings, tuple(facts))


def _settings(flat: Flat, cells: Cells, origin: Origin | None, options: Options) -> Settings:
    words: dict[str, Any] = {}
    for name in WORDS:
        given = getattr(options, name)
        word = None if given is None else word_for(cells.name, cells.kind, name, given)
        if word is None and origin is not None:
            default = getattr(origin, name)
            word = None if default is None else word_for(cells.name, cells.kind, name, default)
        if word is not None:
            words[name] = word
    if origin is not None and words.get("reset") == "to late" and cells.kind in origin.prompt:
        around = any(edge.pre == edge.post == cells.name for edge in flat.edges)
        words["reset"] = "to late" if around else "to"
    if cells.kind not in FIRING or cells.kind == "Threshold":
        words["reset"] = "none"
    if "reset" not in words:
        listed = "; ".join(f"{word!r}: {meaning}" for word, meaning in RESETS.items())
        raise ParameterError(
            f"{flat.source} does not say how {cells.name!r} resets after a spike: give reset= one of "
            f"{listed}."
        )
    if origin is None:
        return Settings(**words)
    departs = [origin.departs[key] for key in ("", words["reset"]) if key in origin.departs]
    return Settings(
        **words,
        emits=origin.emits if cells.kind in FIRING else 0,
        starts=origin.starts,
        departs=tuple(departs) if cells.kind in FIRING else (),
    )


def _assumed(flat: Flat, dt: float, options: Options) -> str:
    """What was taken without being told."""
    defaults = Settings(reset="to")
    parts = [
        f"{name} = {getattr(defaults, name)!r} ({words[getattr(defaults, name)]})"
        for name, words in WORDS.items()
        if name != "reset" and getattr(options, name) is None
    ]
    if not parts:
        return "Every option was given."
    reason = (
        "by which each spike adds its weight to V, for r = tau / dt"
        if scaled(flat, dt)
        else "NIR's equations as they stand"
    )
    return f"No origin was given; taken: {', '.join(parts)}: {reason}."


def _check_kinds(flat: Flat, **options: ByKind | None) -> None:
    """Refuse a mapping that names what is no node of neurons, nor a kind of them."""
    known = [*KINDS, *(cells.name for cells in flat.cells)]
    for name, words in options.items():
        for key in words if isinstance(words, Mapping) else ():
            if key and key not in known:
                raise ParameterError(
                    f"{name} is given for {key!r}, which is neither a node nor a kind; "
                    f"{known_names(str(key), known)}."
                )
