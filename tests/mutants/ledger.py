"""What became of each mutant, kept as it comes."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    """A test failed."""
    EQUAL = "equal"
    """It is proved to do what the original does."""
    SURVIVED = "survived"
    """All tests passed."""


@dataclass(frozen=True)
class Result:
    """The fate of one mutant."""

    mutant: str
    """Its name."""
    fate: Fate
    by: str = ""
    """The test that failed, or the proof."""
    soak: bool = False
    """With as many examples as in a soak; a survivor has survived those, too."""


class Ledger:
    """A file with a line for each result; the last of a mutant counts, and those of another source do not.

    Parameters
    ----------
    path : Path
        The file; made when there is something to write.
    source : str
        Names what the mutants are of.
    """

    def __init__(self, path: Path, source: str) -> None:
        self._path, self._source = path, source
        self._results: dict[str, Result] = {}
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        for line in lines:
            told = json.loads(line)
            if told.pop("source") == source:
                result = Result(**told | {"fate": Fate(told["fate"])})
                self._results[result.mutant] = result

    def add(self, result: Result) -> None:
        """Keep a result."""
        self._results[result.mutant] = result
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result) | {"source": self._source}) + "\n")

    def __getitem__(self, mutant: str) -> Result | None:
        return self._results.get(mutant)

    def __iter__(self) -> Iterator[Result]:
        return iter(self._results.values())
