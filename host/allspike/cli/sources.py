"""What commands take: networks and images from files, and what options say of their populations."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from .. import files
from ..describe.population import Inputs
from ..device.device import Device
from ..doors.network import Network
from ..errors import ParameterError
from ..image.image import FORMAT as IMAGE
from ..image.image import Image
from ..map.presets import preset
from ..names import known_names
from ..nir.reading import is_nir
from ..nir.translation import NirTranslation
from ..simulate.checkpoint import FORMAT as CHECKPOINT
from ..simulate.checkpoint import Checkpoint
from ..simulate.devices import is_made_to_order
from ..simulate.devices import open as open_device
from ..stimulus import ConstantCurrent, Poisson
from ..stimulus.base import Addable
from .nir_options import NirOptions
from .nir_runs import LOST
from .outputs import check_input
from .spike_files import read_spikes

Kinds = dict[str, tuple[str, int]]
"""Of each population its kind, "inputs" or "neurons", and its size."""


def load_network(path: Path, config: str | None, exact: bool, options: NirOptions) -> Network:
    """A network saved by `Network.save`, by SuperNeuroMAT as JSON, or as NIR.

    Raises
    ------
    typer.BadParameter
        If an option is for another kind of file.
    """
    check_input(path)
    if is_nir(path):
        return Network.from_nir(path, exact=exact, **options.arguments())
    ours = path.suffix != ".json"
    check_unasked(path, exact and ours, options)
    return Network.load(path) if ours else Network.from_superneuromat(path, config=config, exact=exact)


def check_unasked(path: Path, exact: bool, options: NirOptions) -> None:
    """Refuse options that are for files of other programs.

    Raises
    ------
    typer.BadParameter
        If one was given.
    """
    for option in options.given():
        raise typer.BadParameter(f"{option} is for NIR files, and {path} is none.")
    if exact:
        raise typer.BadParameter("--exact is for networks of SuperNeuroMAT (.json) and NIR (.nir).")


def load(path: Path, config: str | None, exact: bool, options: NirOptions) -> Network | Image:
    """A network, or an image, which is compiled already.

    Raises
    ------
    typer.BadParameter
        If an option cannot be obeyed by an image.
    """
    check_input(path)
    if kind_of(path) != IMAGE:
        return load_network(path, config, exact, options)
    for option in _given(config=config, exact=exact, options=options):
        raise typer.BadParameter(
            f"{option} is for a network: {path} is an image, which is compiled already; run the network, "
            f"or compile it again with {option}."
        )
    return Image.load(path)


def kind_of(path: Path) -> str:
    """The kind of a file: of ours, "superneuromat" or "nir".

    Raises
    ------
    FileError
        If it is none of them.
    """
    if is_nir(path):
        return "nir"
    return "superneuromat" if path.suffix == ".json" else files.kind_of(path)


def _given(*, options: NirOptions, **others: object) -> list[str]:
    """The options that were given, as they are written."""
    own = [f"--{name}" for name, value in others.items() if value is not None and value is not False]
    return own + options.given()


def check_nir(loaded: Network | Image, *, checkpoint: bool, current: bool) -> None:
    """Refuse what a run of a NIR file cannot have.

    Raises
    ------
    typer.BadParameter
        Saying why.
    """
    if not (isinstance(loaded, Network) and isinstance(loaded.translation, NirTranslation)):
        return
    if checkpoint:
        raise typer.BadParameter(
            "--checkpoint is not for NIR files: a run that goes on would not know its layers' lags; run it "
            "in one piece."
        )
    if current:
        raise typer.BadParameter("--current is not for NIR files, which know no amperes: give spikes.")


def lost_in(loaded: Network | Image) -> list[str]:
    """What an image does not have of the NIR file that it was compiled from."""
    return list(loaded.report.get(LOST, ())) if isinstance(loaded, Image) else []


def checkpoint_at(
    path: Path, config: str | None, exact: bool, seed: int | None, options: NirOptions
) -> Checkpoint | None:
    """The checkpoint in a file, if it holds one.

    Raises
    ------
    typer.BadParameter
        If an option cannot be obeyed by a checkpoint.
    """
    check_input(path)
    if kind_of(path) != CHECKPOINT:
        return None
    for option in _given(config=config, exact=exact, seed=seed, options=options):
        raise typer.BadParameter(
            f"{option} is for what starts anew: {path} is a checkpoint, which goes on as it was begun."
        )
    return Checkpoint.load(path)


def checked_config(name: str | None) -> str | None:
    """The name of a configuration, if there is one.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name is not None:
        preset(name)
    return name


def checked_device(name: str, waves: Path | None = None) -> str:
    """The name of a device, with the place of its waveform; boards are looked for when they are opened.

    Raises
    ------
    ParameterError, typer.BadParameter
        If the emulator has no such build, or the device no waveform.
    """
    kind, colon, build = name.partition(":")
    if kind == "emulator" and colon:
        preset(build)
    if waves is None:
        return name
    if kind == "emulator" or not is_made_to_order(name):
        raise typer.BadParameter(f"--waves is for simulated devices, such as --device rtl; {name} has none.")
    return f"{name}{',' if colon else ':'}waves={waves}"


@contextmanager
def opened_device(name: str) -> Iterator[str | Device]:
    """A board, opened, so that it is there before long work; else the name of what is made to order."""
    checked_device(name)
    if is_made_to_order(name):
        yield name
        return
    with open_device(name) as device:
        yield device


def kinds_of(loaded: Network | Image) -> Kinds:
    """The populations that options may name."""
    if isinstance(loaded, Image):
        return {symbol.name: (symbol.kind, symbol.size) for symbol in loaded.populations}
    translation = loaded.translation
    found = {
        name: ("inputs" if isinstance(one, Inputs) else "neurons", one.size)
        for name, one in loaded.populations.items()
    }
    if isinstance(translation, NirTranslation):  # which adds relays, and inputs for what comes twice
        own = {*translation.places, *(tap.port.name for tap in translation.taps)}
        found = {name: kind for name, kind in found.items() if name in own}
    return found


def size_of(kinds: Kinds, kind: str, option: str, name: str) -> int:
    """The size of the population that an option names.

    Raises
    ------
    ParameterError
        If there is none of that name and kind.
    """
    found = kinds.get(name)
    if found is None or found[0] != kind:
        other = "" if found is None else f"{name} is a population of {found[0]}; "
        known = [one for one, (its, _) in kinds.items() if its == kind]
        raise ParameterError(
            f"{option} {name}: there are no {kind} named {name!r}; {other}{known_names(name, known)}."
        )
    return found[1]


def pairs(options: list[str] | None, option: str, form: str) -> list[tuple[str, str]]:
    """The two sides of options of the form NAME=VALUE."""
    found = []
    for text in options or []:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(f"{option} {text}: {text!r} is not of the form {form}.")
        found.append((name, value))
    return found


def number(text: str, option: str, unit: str) -> float:
    """A number of some unit that an option gives."""
    try:
        value = float(text)
    except ValueError:
        raise typer.BadParameter(f"{option}: {text!r} is not a number of {unit}.") from None
    if not math.isfinite(value):
        raise ParameterError(f"{option}: {text} {unit} is no finite number.")
    return value


def stimuli_of(
    kinds: Kinds,
    dt: float,
    poisson: list[str] | None,
    spikes: list[str] | None,
    current: list[str] | None,
) -> dict[str, list[Addable]]:
    """The stimuli of each population that `--poisson`, `--spikes` and `--current` name; several add up."""
    found: dict[str, list[Addable]] = {}
    for name, text in pairs(poisson, "--poisson", "INPUTS=HZ"):
        size = size_of(kinds, "inputs", "--poisson", name)
        drawn = Poisson(number(text, f"--poisson {name}={text}", "Hz"))
        drawn.rates(size, dt)  # refuses what cannot be drawn
        found.setdefault(name, []).append(drawn)
    for name, text in pairs(spikes, "--spikes", "INPUTS=FILE"):
        size = size_of(kinds, "inputs", "--spikes", name)
        check_input(Path(text))
        found.setdefault(name, []).append(read_spikes(Path(text), size))
    for name, text in pairs(current, "--current", "POPULATION=AMPERES"):
        size_of(kinds, "neurons", "--current", name)
        injected = ConstantCurrent(number(text, f"--current {name}={text}", "amperes"))
        found.setdefault(name, []).append(injected)
    return found


def recorded_of(kinds: Kinds, options: list[str] | None) -> dict[str, list[int]]:
    """The neurons that `--record-v` names: POPULATION=0,3,5-9, POPULATION=all, POPULATION, or all."""
    sizes = {name: size for name, (kind, size) in kinds.items() if kind == "neurons"}
    chosen: dict[str, list[int]] = {}
    for text in options or []:
        name, equals, which = text.partition("=")
        if text == "all" and text not in sizes:
            chosen |= {each: list(range(size)) for each, size in sizes.items()}
            continue
        size = size_of(kinds, "neurons", "--record-v", name)
        neurons = _indices(which, size, text) if equals and which != "all" else range(size)
        chosen[name] = sorted({*chosen.get(name, []), *neurons})
    return chosen


def _indices(which: str, size: int, text: str) -> list[int]:
    """Neurons from "0,3,5-9"."""
    chosen: list[int] = []
    for part in which.split(","):
        first, dash, last = (side.strip() for side in part.partition("-"))
        if not first.isdecimal() or (dash and not (last.isdecimal() and int(first) <= int(last))):
            raise typer.BadParameter(f"--record-v {text}: neurons are given as in 0,3,5-9, or as all.")
        if int(last or first) >= size:
            raise ParameterError(
                f"--record-v {text}: there is no neuron {last or first}; the population has 0 to {size - 1}."
            )
        chosen += range(int(first), int(last or first) + 1)
    return chosen
