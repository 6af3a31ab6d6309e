"""The command: `python -m tests.learning [--seeds N] [--validate] [--write FILE] [--pictures FOLDER]`."""

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np

import allspike as asp
from allspike.demos import digits_learning
from allspike.demos.digits_learning import SCHEDULES, Learned, Way

from ..bench.document import check_section, table, write_section
from .validation import FOLDS, cross_validate

WAYS: tuple[Way, ...] = get_args(Way)
WINDOWS = {
    "all-to-all": asp.STDP(a_plus=0.05, a_minus=0.06, w_max=1.0),
    "window": asp.STDP(a_plus=0.03, a_minus=0.04, w_max=1.0, tau_plus=0.03, tau_minus=0.03, pairing="window"),
}
_NOTHING = (0.01, 0.01)
"""Less than thresholds can be raised by."""
_TEXT = """\
{table}

    python -m tests.learning --seeds {seeds} --write docs/learning.md

The share of the 594 test images answered right. A run is learning and answering, on one thread of the
software emulator.
"""
_VALIDATION = """\
{table}

    python -m tests.learning --validate --write docs/learning.md
"""


def measure(way: Way, seeds: int) -> tuple[Learned, list[object]]:
    """The run of seed 0, and the row of the table."""
    shares: list[float] = []
    first: Learned | None = None
    began = time.perf_counter()
    for seed in range(seeds):
        learned = digits_learning.run(way, seed=seed)
        first = first or learned
        outcome = learned.outcome
        shares.append(100 * outcome.correct / len(outcome.digits))
        print(f"{way}, seed {seed}: {outcome.correct} of {len(outcome.digits)}", file=sys.stderr, flush=True)
    seconds = (time.perf_counter() - began) / seeds
    assert first is not None
    cells = [f"{share:.1f} %" for share in shares]
    spread = np.std(shares, ddof=1) if seeds > 1 else 0.0
    return first, [way, *cells, f"**{np.mean(shares):.1f} %**", f"{spread:.1f} %", f"{seconds:.0f} s"]


def draw_digits(learned: Learned, way: Way, folder: Path) -> None:
    """The demo's pictures, named by the way they were learned."""
    with tempfile.TemporaryDirectory() as made:
        for path in digits_learning.draw(learned, Path(made)):
            if path.suffix == ".png":
                shutil.move(path, folder / f"{path.stem}-{way}.png")


def draw_windows(path: Path) -> None:
    """The windows of two rules, measured on the emulator of the UP5K's build."""
    figure, axes = asp.plot.figure(8.0, 2.8, 1, len(WINDOWS))
    for panel, (name, rule) in zip(axes, WINDOWS.items(), strict=True):
        asp.plot.window(asp.measure_window(rule, config="up5k"), panel)
        panel.set_title(name)
    asp.plot.save(figure, path)


def validation() -> str:
    """The section of cross-validation: both ways, and what homeostasis is good for."""
    shares: dict[str, float] = {way: cross_validate(way) for way in WAYS}
    fixed = replace(SCHEDULES["unsupervised"], adapt=_NOTHING)
    shares["unsupervised, thresholds that do not adapt"] = cross_validate("unsupervised", fixed)
    rows = [[way, f"{share:.1%}"] for way, share in shares.items()]
    return _VALIDATION.format(table=table(("way", f"right, {FOLDS} folds"), rows))


def digits(seeds: int, pictures: Path | None) -> str:
    """The section of the digits; also draws all pictures, if there is a folder for them."""
    rows = []
    for way in WAYS:
        learned, row = measure(way, seeds)
        rows.append(row)
        if pictures:
            draw_digits(learned, way, pictures)
    if pictures:
        draw_windows(pictures / "window.png")
    names = (f"seed {seed}" for seed in range(seeds))
    head = ("way", *names, "mean", "standard deviation", "a run takes")
    return _TEXT.format(table=table(head, rows), seeds=seeds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.learning", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="seeds 0 to N - 1 of each way")
    parser.add_argument(
        "--validate", action="store_true", help="cross-validate within the training images, and nothing else"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the table of this page")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="write the pictures there")
    options = parser.parse_args()
    if options.seeds < 1:
        parser.error("--seeds is at least 1.")
    section = "validation" if options.validate else "digits"
    check_section(parser, options.write, section)
    text = validation() if options.validate else digits(options.seeds, options.pictures)
    print(text)
    if options.write:
        write_section(options.write, section, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
