"""What is written on the pages on PyNN: how its scenarios fare, what of it runs, and how close to NEST."""

import re
from pathlib import Path

from allspike.pynn.support import CELLS, CURRENTS, SOURCES, SYNAPSES

from .failures import FAILURES
from .scenarios import scenarios

DOCS = Path(__file__).parents[2] / "docs"
PAGE, SCENARIOS = DOCS / "pynn.md", DOCS / "pynn_scenarios.md"
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


def scenarios_page() -> str:
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


def support() -> str:
    """The table of what runs."""
    lines = ["| | how exactly | |", "| --- | --- | --- |"]
    for title, group in (
        ("cells", CELLS),
        ("spike sources", SOURCES),
        ("current sources", CURRENTS),
        ("synapses and their rules", SYNAPSES),
    ):
        lines.append(f"| **{title}** | | |")
        for one in group:
            instead = f"; instead: `{one.nearest}`" if one.nearest else ""
            lines.append(f"| `{one.name}` | {one.level} | {one.said}{instead} |")
    return "\n".join(lines)


def part(text: str, name: str) -> str:
    """What stands on a page between the markers of a name."""
    found = _between(name).search(text)
    assert found is not None, f"the page has no place for {name}"
    return found[0]


def filled(text: str, name: str, content: str) -> str:
    """A page with this between the markers of a name."""
    return _between(name).sub(lambda _: content, text)


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n\n).*?(?=\n\n<!-- end of {name} -->)", re.DOTALL)
