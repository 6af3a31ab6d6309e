"""Spikes as text."""

import csv
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from ...writing import writing

if TYPE_CHECKING:
    from ..result import Result


def save(result: "Result", path: str | Path) -> None:
    """Write population, neuron and step of each spike, by population; steps count from the start of the run.

    Raises
    ------
    FileError
        If the place cannot be written.
    """
    with (
        writing(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        lines = csv.writer(stream, lineterminator="\n")  # which quotes a name that has a comma
        lines.writerow(("population", "neuron", "step"))
        for name in result.sizes:
            when, who = result.spikes[name]
            lines.writerows(zip(repeat(name), who.tolist(), (when - result.start).tolist(), strict=False))
