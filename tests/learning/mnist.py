"""`python -m tests.learning.mnist --data FOLDER [--seeds N] [--write FILE] [--pictures FOLDER]`."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from allspike.demos import mnist, recognition

from ..bench.document import check_section, table, write_section

SECTION = "mnist"
_PICTURES = ("confusion", "examples")
_TIMED = 1000
"""Images whose time is taken."""
_TEXT = """\
{table}

    python -m tests.learning.mnist --data FOLDER --seeds {seeds} --write docs/mnist.md

The share of the {images:,} test images answered right, by the network trained with each seed. On the software
emulator one core answers {rate:,.0f} images a second, host included.
"""


def images_per_second(recognised: mnist.Recognition) -> float:
    """By the processor's time, which a busy machine does not stretch."""
    outcome = recognised.outcome
    began = time.process_time()
    recognition.present(recognised.simulation, mnist.RECIPE, outcome.images[:_TIMED], outcome.digits[:_TIMED])
    return min(_TIMED, len(outcome.digits)) / (time.process_time() - began)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.learning.mnist", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="with the test images")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds 0 to N - 1")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the table of this page")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="write the pictures of seed 0 there")
    options = parser.parse_args()
    if options.seeds < 1:
        parser.error("--seeds is at least 1.")
    check_section(parser, options.write, SECTION)
    rows: list[list[str]] = []
    for seed in range(options.seeds):
        recognised = mnist.run(options.data, seed=seed)
        facts = recognised.summary()
        shares = [facts[name] for name in ("accuracy", "float_spiking_accuracy", "float_rate_accuracy")]
        rows.append([f"seed {seed}", *(f"{share:.2%}" for share in shares), f"{int(facts['ties']):,}"])
        print(*rows[-1], file=sys.stderr, flush=True)
        if seed == 0 and options.pictures:
            with tempfile.TemporaryDirectory() as made:
                mnist.draw(recognised, Path(made))
                for name in _PICTURES:
                    shutil.move(Path(made) / f"mnist-{name}.png", options.pictures / f"mnist-{name}.png")
    head = ("", "8 bits, on the device", "spiking, floating point", "clipped ReLUs, floating point", "ties")
    rate = images_per_second(recognised)
    images = len(recognised.outcome.digits)
    text = _TEXT.format(table=table(head, rows), seeds=options.seeds, images=images, rate=rate)
    print(text)
    if options.write:
        write_section(options.write, SECTION, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
