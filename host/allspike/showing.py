"""How objects show themselves: within ten lines of a hundred characters."""

from collections.abc import Sequence


def some(count: int, word: str) -> str:
    """`count` of what `word` says: "1 spike", "2,000 spikes"."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def shortened(lines: Sequence[str], most: int, word: str) -> list[str]:
    """The first lines, each cut to a line's length, and how many more there are."""
    shown = [line if len(line) <= _WIDTH else f"{line[: _WIDTH - 3]}..." for line in lines]
    if len(shown) <= most:
        return shown
    return [*shown[: most - 1], f"  ... and {some(len(shown) - most + 1, word)} more"]


_WIDTH = 98
