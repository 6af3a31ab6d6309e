"""What users are given as a network is `allspike.Network`, whichever room made it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, overload

from ..describe import network as described
from .network import Network

Given = ParamSpec("Given")
_Makes = Callable[Given, described.Network]
_Tries = Callable[Given, described.Network | None]


@overload
def for_users(make: _Makes[Given]) -> Callable[Given, Network]: ...
@overload
def for_users(make: _Tries[Given]) -> Callable[Given, Network | None]: ...
def for_users(make: _Tries[Given]) -> Callable[Given, Network | None]:
    """The same function, whose networks have their doors."""

    @wraps(make)
    def made(*given: Given.args, **named: Given.kwargs) -> Network | None:
        found = make(*given, **named)
        return None if found is None else Network._of(found)

    return made
