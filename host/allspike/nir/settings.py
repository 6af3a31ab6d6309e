"""What NIR leaves open of a node of neurons, in words: how it resets, is integrated, what a spike is."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import ParameterError
from ..showing import brief

ByKind = str | Mapping[str, str]
"""One word for all nodes; or words by the names of nodes or by kinds, as in {"LIF": "to", "": "subtract"},
where "" is for the rest."""

RESETS = {
    "to": "V goes to v_reset in the step of the spike",
    "to late": "V goes to v_reset and stays there for one step more, whose input is lost",
    "subtract": "V loses v_threshold in the step of the spike",
    "subtract late": "V loses v_threshold in the step after it, when it has decayed",
    "none": "V goes on",
}
INTEGRATIONS = {
    "euler": "V keeps 1 - dt / tau of itself in a step",
    "exponential": "V keeps e^(-dt / tau) of itself in a step",
}
SPIKES = {
    "pulse": "a current of 1 that lasts a step: I gains w_in (1 - alpha), V r (1 - beta) of that, or r dt",
    "jump": "what it meets first jumps by its gain: I by w_in, V by r",
    "plain": "V gains the weight itself, whatever r and w_in say",
    "decayed": "as plain, after one step's decay",
}
FIRES = {">": "above the threshold", ">=": "at the threshold or above it"}
STARTS = ("v_reset", "v_leak")
WORDS: dict[str, Mapping[str, str]] = {
    "reset": RESETS, "integration": INTEGRATIONS, "spikes": SPIKES, "fires": FIRES,
}  # fmt: skip
"""What each option of `Network.from_nir` takes."""
_ALIASES = {"zero": "to", "zero late": "to late"}
"""What snnTorch calls them."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the neurons of one node behave, as far as NIR leaves it open.

    Raises
    ------
    ParameterError
        If a word is not known.

    Examples
    --------
    >>> from allspike.nir import Settings
    >>> Settings(reset="subtract late", integration="euler", spikes="pulse", fires=">").reset
    'subtract late'
    """

    reset: str
    """One of `RESETS`."""
    integration: str = "euler"
    """One of `INTEGRATIONS`."""
    spikes: str = "pulse"
    """One of `SPIKES`."""
    fires: str = ">"
    """One of `FIRES`."""
    emits: int = 0
    """Steps from the one in which V passes the threshold to the one in which the spike is out."""
    starts: str = "v_reset"
    """Where V is at first: at "v_reset" or "v_leak"; neurons that do not fire start at v_leak."""
    departs: tuple[str, ...] = ()
    """Sentences on what the program does that is not done here."""

    def __post_init__(self) -> None:
        for name in WORDS:
            object.__setattr__(self, name, checked_word(name, getattr(self, name)))


def checked_word(name: str, value: object) -> str:
    """The word that an option takes.

    Raises
    ------
    ParameterError
        If it takes no such word.
    """
    word = _ALIASES.get(value, value) if isinstance(value, str) else value
    if not isinstance(word, str) or word not in WORDS[name]:
        listed = ", ".join(map(repr, WORDS[name]))
        raise ParameterError(f"{name} = {brief(value)} is not known: it is one of {listed}.")
    return word


def word_for(node: str, kind: str, name: str, words: ByKind) -> str | None:
    """The word of a node of this kind; None if none is given for it.

    Raises
    ------
    ParameterError
        If it is none that the option takes.
    """
    value = words.get(node, words.get(kind, words.get(""))) if isinstance(words, Mapping) else words
    return None if value is None else checked_word(name, value)
