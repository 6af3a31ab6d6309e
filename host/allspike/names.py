"""What to say of a name that is not there: the nearest one that is."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most likely means; None if none is near."""
    names = list(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(names)}
    found = get_close_matches(str(name).casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def known_names(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses `name`: "did you mean ...? There are: ...", or what there is."""
    names = list(known)
    likely = nearest(name, names)
    there = f"there are: {', '.join(names)}" if names else "there are none"
    return there if likely is None else f"did you mean {likely!r}? {there[0].upper()}{there[1:]}"
