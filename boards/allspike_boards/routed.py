"""The boards that are routed for the record: `python -m allspike_boards.routed [BOARD ...]`.

Builds them one after another, keeps the reports, and writes the tables of docs/boards.md.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from allspike.errors import AllspikeError, FileError
from allspike.writing import check_writable, write

from .build import Stopwatch, make, plan
from .catalog import BOARDS, board
from .cli.build import format_figures
from .figures import Figures, Used

ROUTED = ("icebreaker", "ice40-hx8k-evn", "ulx3s-25f", "ulx3s-85f", "tang-nano-9k")
"""One of each chip whose boards differ in pins alone."""

_SECTION = r"(<!-- {} -->\n).*?(<!-- end -->)"


def reports(folder: Path) -> list[Figures]:
    """The reports in a folder, by board."""
    return [Figures.load(path) for path in sorted(folder.glob("*.json"))]


def render(page: str, found: Iterable[Figures]) -> str:
    """A page with its tables as the boards and their reports are now."""
    tables = {"boards": _catalog(), "routed": _routed(found)}
    for name, table in tables.items():
        page, count = re.subn(
            _SECTION.format(name),
            lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}",  # type: ignore[misc]
            page,
            flags=re.DOTALL,
        )
        if count != 1:
            raise FileError(
                f"the page has {count} sections named {name}, not one: mark it by <!-- {name} -->."
            )
    return page


def _catalog() -> str:
    head = ("board", "", "chip", "neurons", "inputs", "synapses", "bits", "lanes", "MHz", "euro", "state")
    rows = [
        (
            f"`{one.name}`", one.title, one.chip.part, one.config.neurons, one.config.inputs,
            f"{one.config.synapses:,}", one.config.weight_bits, one.config.lanes,
            f"{one.config.clock_hz / 1e6:g}", one.price, one.support,
        )
        for one in BOARDS.values()
    ]  # fmt: skip
    return _table(head, rows)


def _routed(found: Iterable[Figures]) -> str:
    head = (
        "board", "neurons", "inputs", "synapses", "look-up tables", "flip-flops", "block RAM", "multipliers",
        "MHz asked", "MHz reached", "margin",
    )  # fmt: skip
    rows = [
        (
            f"`{one.board}`", one.neurons, one.inputs, f"{one.synapses:,}",
            *(_used(one.uses.get(kind)) for kind in ("lut", "ff", "block_ram", "dsp")),
            f"{one.clock_mhz:g}", f"{one.achieved_mhz or 0:g}", f"{one.margin:.0%}",
        )
        for one in found
    ]  # fmt: skip
    return _table(head, rows)


def _used(one: Used | None) -> str:
    return "" if one is None else f"{one.used:,} of {one.available:,}"


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    rule = ("---",) * len(head)
    return "\n".join("| " + " | ".join(str(cell) for cell in cells) + " |" for cells in (head, rule, *rows))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m allspike_boards.routed", description=__doc__)
    parser.add_argument("boards", nargs="*", default=ROUTED, help=f"by default {', '.join(ROUTED)}")
    parser.add_argument("--reports", type=Path, default=Path("docs/reports"), help="folder of the reports")
    parser.add_argument("--write", type=Path, metavar="FILE", help="rewrite the tables of FILE")
    options = parser.parse_args(arguments)
    if options.write:  # hours before it is written
        try:
            check_writable(options.write)
            render(options.write.read_text("utf-8"), [])
        except (OSError, AllspikeError) as error:
            parser.error(f"--write {options.write}: {error}")
    options.reports.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in options.boards:
        watch = Stopwatch(lambda text, name=name: print(f"{name}: {text}", flush=True))  # type: ignore[misc]
        try:
            figures = make(plan(board(name)), watch)
        except AllspikeError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed += 1
            continue
        watch.end()
        print(format_figures(figures), flush=True)
        figures.save(options.reports / f"{name}.json")
        failed += not figures.met
    if options.write:
        page = render(options.write.read_text("utf-8"), reports(options.reports))
        write(options.write, page)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
