"""`python -m tests.nir` prints docs/nir.md with what is made of it made again; `--write` writes it."""

import sys

from .page import PAGE, render


def main() -> None:
    """Make the parts of the page."""
    text = render(PAGE.read_text("utf-8"), measure=True)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
