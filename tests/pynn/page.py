"""The page that tells how PyNN's own scenarios fare."""

from pathlib import Path

from .failures import FAILURES
from .scenarios import scenarios

PAGE = Path(__file__).parents[2] / "docs" / "pynn_scenarios.md"
_TEXT = """# PyNN's own scenarios

PyNN tests its back ends by scenarios: networks and calls that every simulator should answer alike
(`test/system/scenarios` in its source distribution). They run on [this back end](pynn.md) unmodified, in
every `make test`: **{passing} of {all} pass.** `make` fetches them from the package registry; they are under
CeCILL, and no part of this project. This page is written by `python -m tests.pynn`, and a test keeps it true.

## What does not pass

Each wants what the core has not, and is refused by a sentence that names it and the nearest that runs.

| scenario | | it needs |
| --- | --- | --- |
{failures}

## All files

| file | pass |
| --- | --- |
{files}
"""


def page() -> str:
    """The page, from the scenarios that there are and the table of those that do not pass."""
    names = list(scenarios())
    files: dict[str, list[str]] = {}
    for name in names:
        files.setdefault(name.partition("::")[0], []).append(name)
    return _TEXT.format(
        passing=len(names) - len(FAILURES),
        all=len(names),
        failures="\n".join(
            f"| `{name.partition('::')[2]}` | {failure.verb} | {failure.reason} |"
            for name, failure in FAILURES.items()
        ),
        files="\n".join(
            f"| `{module}` | {sum(name not in FAILURES for name in mine)} of {len(mine)} |"
            for module, mine in files.items()
        ),
    )
