"""Sentences of the package, which ask for arguments of Python, as a command line can obey them."""

import re
from dataclasses import fields

from .nir_options import NirOptions

_OPTIONS = "|".join(field.name for field in fields(NirOptions))
_AS_WRITTEN = (
    (rf"\b({_OPTIONS})= ", r"--\1 "),  # "give dt= in seconds"
    (r' with beyond="drop"', " of the file"),  # "run longer, or leave them out"
    (r", or say merge=True .* refused", ""),  # spikes of files that fall into one step
)


def as_written(sentence: str) -> str:
    """A sentence that asks for an argument, "give dt= in seconds", asking for the option: "give --dt"."""
    for argument, option in _AS_WRITTEN:
        sentence = re.sub(argument, option, sentence)
    return sentence
