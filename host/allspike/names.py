"""What to say of a name that is not there: the nearest one that is."""

import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache, wraps
from typing import Any, TypeVar

from .errors import UnknownArgumentError, UnknownAttributeError


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most likely means; None if none is near."""
    names = list(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(names)}
    found = get_close_matches(str(name).casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


_LISTED = 30


def known_names(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses `name`: "did you mean ...? There are: ...", or what there is."""
    names = list(known)
    likely = nearest(name, names)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    there = f"there are: {', '.join(names[:_LISTED])}{more}" if names else "there are none"
    return there if likely is None else f"did you mean {likely!r}? {there[0].upper()}{there[1:]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses `name`: "; did you mean ...?", or a full stop."""
    likely = nearest(name, known)
    return "." if likely is None else f"; did you mean {likely!r}?"


class WithNearest:
    """Objects whose missing attributes are answered with the nearest that they have."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        # What Python and its tools look for by themselves is no user's slip.
        known = () if name.startswith("_") else _public(self)
        raise UnknownAttributeError(
            f"{type(self).__name__} has no attribute {name!r}{did_you_mean(name, known)}"
        )


class WithDeclared(WithNearest):
    """Objects on which only the attributes that their classes declare can be set."""

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        settable = _settable(type(self))  # type: ignore[arg-type]  # a class can be hashed
        replaced = callable(value) and hasattr(type(self), name)  # a method, as tests do
        if not name.startswith("_") and name not in settable and not replaced:
            there = hasattr(type(self), name)
            what = "is no value to set" if there else "is no attribute"
            known = settable if there else [*settable, *_public(self)]
            raise UnknownAttributeError(f"{type(self).__name__}.{name} {what}{did_you_mean(name, known)}")
        super().__setattr__(name, value)


def _public(thing: object) -> list[str]:
    return [name for name in dir(thing) if not name.startswith("_")]


@cache
def _settable(kind: type) -> list[str]:
    declared = [name for base in kind.__mro__ for name in inspect.get_annotations(base)]
    members = ((name, getattr(kind, name)) for name in dir(kind))
    properties = [name for name, member in members if getattr(member, "fset", None) is not None]
    return [name for name in (*declared, *properties) if not name.startswith("_")]


Called = TypeVar("Called", bound=Callable[..., Any])


def checked_arguments(called: Called) -> Called:
    """A function, or a class, that answers a call with wrong arguments by the nearest that it takes."""
    if isinstance(called, type):
        called.__init__ = checked_arguments(called.__init__)  # type: ignore[misc]
        return called
    signature = inspect.signature(called)
    takes = [parameter for parameter in signature.parameters if parameter not in ("self", "cls")]

    @wraps(called)
    def checked(*arguments: Any, **named: Any) -> Any:
        try:
            return called(*arguments, **named)
        except TypeError:
            # Only the call itself is judged here: what fails inside is another matter.
            name = _name_of(called, arguments)
            unknown = next((given for given in named if given not in takes), None)
            if unknown is not None:
                raise UnknownArgumentError(
                    f"{name} takes no {unknown!r}; {known_names(unknown, takes)}."
                ) from None
            try:
                signature.bind(*arguments, **named)
            except TypeError as mismatch:
                raise UnknownArgumentError(f"{name}: {mismatch}; it takes: {', '.join(takes)}.") from None
            raise

    return checked  # type: ignore[return-value]


def _name_of(called: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """What the caller knows a function by: a method of a mixin is one of the class that it is mixed into."""
    own = called.__qualname__.removesuffix(".__init__")
    if own != called.__qualname__ or "." not in own or not arguments:
        return own
    owner = arguments[0] if isinstance(arguments[0], type) else type(arguments[0])
    return f"{owner.__name__}.{called.__name__}"
