"""What a NIR file leaves open and a command line says: the options of `Network.from_nir`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from . import completion

Origin = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Of a NIR file: the program that wrote it, such as snntorch.",
        autocompletion=completion.origins,
    ),
]
Step = Annotated[
    float | None,
    typer.Option(
        "--dt", metavar="SECONDS", help="Of a NIR file: the length of a step, in the file's unit of time."
    ),
]
Reset = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WORD",
        help="Of a NIR file: what a spike does to V: to, subtract, to-late, subtract-late or none; KIND=WORD "
        "for one kind of node, such as LIF=to, or one node.",
        autocompletion=completion.words("reset"),
    ),
]
Integration = Annotated[
    str | None,
    typer.Option(
        metavar="WORD",
        help="Of a NIR file: euler or exponential.",
        autocompletion=completion.words("integration"),
    ),
]
SpikeWords = Annotated[
    list[str] | None,
    typer.Option(
        "--spikes",
        metavar="WORD",
        help="Of a NIR file: what a spike is: pulse, jump, plain or decayed; KIND=WORD for one kind of node, "
        "or one node.",
        autocompletion=completion.words("spikes"),
    ),
]
Fires = Annotated[
    str | None,
    typer.Option(
        metavar="WORD",
        help="Of a NIR file: > above the threshold, or >= at it too.",
        autocompletion=completion.words("fires"),
    ),
]


@dataclass(frozen=True)
class NirOptions:
    """The options as they were given.

    A word such as "subtract late" may be written with a hyphen.
    """

    origin: str | None = None
    dt: float | None = None
    reset: list[str] | None = None
    integration: str | None = None
    spikes: list[str] | None = None
    fires: str | None = None

    def given(self) -> list[str]:
        """The options that were given, as they are written."""
        return [f"--{name}" for name, value in vars(self).items() if value not in (None, [])]

    def arguments(self) -> dict[str, Any]:
        """What `Network.from_nir` takes, by name."""
        by_kind = {name: _by_kind(f"--{name}", getattr(self, name)) for name in ("reset", "spikes")}
        return vars(self) | by_kind


def split_spikes(path: Path, texts: list[str] | None) -> tuple[list[str], list[str]]:
    """What `--spikes` of `allspike run` says: what a spike of a NIR file is, and INPUTS=FILE."""
    from ..nir.reading import is_nir
    from ..nir.settings import SPIKES

    nir = is_nir(path)
    words = [text for text in texts or [] if text.rpartition("=")[2] in SPIKES or (nir and "=" not in text)]
    return words, [text for text in texts or [] if text not in words]


def _by_kind(option: str, texts: list[str] | None) -> str | Mapping[str, str] | None:
    """One word for all, or a word for each kind or node."""
    found: dict[str, str] = {}
    for text in texts or []:
        kind, _, word = text.rpartition("=")
        if kind in found:
            raise typer.BadParameter(f"{option} is given twice for {kind or 'all nodes'}: give one.")
        found[kind] = word.replace("-", " ")
    return found.get("") if found.keys() <= {""} else found
