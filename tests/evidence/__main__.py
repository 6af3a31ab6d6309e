"""The command: `python -m tests.evidence [--folder FOLDER] [--write FILE]`."""

import argparse
import sys
from pathlib import Path

from .page import render


def main() -> int:
    """Write the page, or print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence", description="The page of evidence.")
    parser.add_argument(
        "--folder", type=Path, default=Path("docs/evidence"), help="where runs left what they found"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page to FILE")
    given = parser.parse_args()
    text = render(given.folder)
    if given.write:
        given.write.write_text(text, "utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
