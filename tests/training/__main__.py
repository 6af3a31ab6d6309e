"""The command: `python -m tests.training [--seeds N] [--write FILE]`."""

import argparse
import sys
from pathlib import Path

import numpy as np

from allspike.training import Loss

from ..bench.document import check_section, table, write_section
from .measured import BRAILLE, FOLDER, Braille, Shares, braille, example, shares

EXAMPLES = {"vowels": "JapaneseVowels, 370 utterances", "motions": "BasicMotions, 40 records"}
_TEXT = """\
{trained}

Means of {seeds} seeds, from which the first weights and the disturbances are drawn, and standard deviations.

{loss}

{files}

Means of {seeds} draws of the surrogate inputs.

    python -m tests.training --seeds {seeds} --write docs/training.md
"""


def spread(values: list[float]) -> str:
    """Shares as their mean and deviation, in percent."""
    deviation = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return f"{100 * np.mean(values):.1f} ± {100 * deviation:.1f} %"


def off(losses: list[Loss]) -> str:
    """Entries off, in percent of all."""
    return f"{100 * np.mean([loss.off / loss.entries for loss in losses]):.2f} %"


def trained(found: dict[str, list[Shares]]) -> str:
    """The table of what is answered right."""
    head = [
        "answered right",
        "float64",
        "8 bits, as compiled",
        "calibrated",
        "trained with 8 bits",
        "training takes",
    ]
    rows = []
    for name, each in found.items():
        cells = [
            spread([getattr(one, key) for one in each])
            for key in ("exact", "compiled", "calibrated", "aware")
        ]
        rows.append([EXAMPLES[name], *cells, f"{np.mean([one.seconds for one in each]):.0f} s"])
    return table(head, rows)


def lost(found: dict[str, list[Shares]]) -> str:
    """The table of entries off."""
    rows = [
        [EXAMPLES[name], off([one.before for one in each]), off([one.after for one in each])]
        for name, each in found.items()
    ]
    return table(["entries off float64's spikes", "as compiled", "calibrated"], rows)


def files(found: dict[str, list[Braille]]) -> str:
    """The table of the Braille networks."""
    rows = [
        ("weights rounded to zero, as compiled", _zero),
        ("hidden entries off snnTorch's own: float64", lambda each: f"{each[0].exact} of {each[0].hidden:,}"),
        ("as compiled", lambda each: f"{each[0].compiled}"),
        ("calibrated", _calibrated),
        (
            "all entries off float64's, surrogate inputs: as compiled",
            lambda each: off([b.before for b in each]),
        ),
        ("calibrated", lambda each: off([b.after for b in each])),
        ("classes of those that change: as compiled", lambda each: _changed([b.before for b in each])),
        ("calibrated", lambda each: _changed([b.after for b in each])),
    ]
    return table(
        ["", *(f"reset: {BRAILLE[name]}" for name in found)],
        [[title, *map(cell, found.values())] for title, cell in rows],
    )


def _zero(each: list[Braille]) -> str:
    kept = each[0].calibration.weights_before
    return f"{kept.zero} of {kept.weights:,}"


def _calibrated(each: list[Braille]) -> str:
    counts = [one.calibrated for one in each]
    return f"{np.mean(counts):.0f} ({min(counts)} to {max(counts)})"


def _changed(losses: list[Loss]) -> str:
    return f"{np.mean([loss.classes_off for loss in losses]):.1f} of {losses[0].samples}"


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.training", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--write", type=Path, help="the page whose figures to replace")
    options = parser.parse_args()
    check_section(parser, options.write, "figures")
    if not (FOLDER / "nir_golden").is_dir():
        parser.error(f"{FOLDER} lacks nir_golden/: set ALLSPIKE_DATA to the folder that holds it")
    found: dict[str, list[Shares]] = {}
    for name in EXAMPLES:
        script = example(name)
        for seed in range(options.seeds):
            found.setdefault(name, []).append(shares(script, seed))
            print(f"{name}, seed {seed}: {found[name][-1]}", file=sys.stderr, flush=True)
    networks = {name: [braille(name, seed) for seed in range(options.seeds)] for name in BRAILLE}
    text = _TEXT.format(
        trained=trained(found), loss=lost(found), files=files(networks), seeds=options.seeds
    )  # fmt: skip
    if options.write is None:
        print(text)
    else:
        write_section(options.write, "figures", text)


if __name__ == "__main__":
    main()
