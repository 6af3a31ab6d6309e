"""Values of projections that are fetched when the first is looked at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.selection import ByProjection

Weights = NDArray[np.float64]
_TOUCH = (
    "__getitem__", "get", "values", "items", "copy", "pop", "popitem", "setdefault", "update", "clear",
    "__setitem__", "__delitem__", "__or__", "__ror__", "__ior__", "__eq__", "__ne__", "__repr__",
)  # fmt: skip
"""What of a dictionary has to do with its values."""


class FetchedLater(ByProjection[Weights]):
    """Weights by projection, a dictionary as any other: it is filled, all at once, when a value is asked for.

    Which projections there are, and how many, is known without.

    Parameters
    ----------
    names : iterable of str
        Or of names with their weights, without `fetch`: as a dictionary is made of those of another, which
        `dataclasses.asdict` does.
    fetch : callable
        Gives the weights of all of them. If it raises, it is called again when somebody asks again.
    """

    def __init__(
        self,
        names: Iterable[str] | Iterable[tuple[str, Weights]] = (),
        fetch: Callable[[], Mapping[str, Weights]] | None = None,
    ) -> None:
        # Filled before one is seen.
        super().__init__(names if fetch is None else dict.fromkeys(names))  # type: ignore[arg-type]
        self._fetch = fetch

    def _fill(self) -> None:
        if self._fetch is not None:
            dict.update(self, self._fetch())
            self._fetch = None

    def __iter__(self) -> Iterator[str]:
        return dict.__iter__(
            self
        )  # with one of its own, `dict` and `**` copy by keys and `[]`, not past them

    def __reduce_ex__(self, protocol: Any) -> Any:
        return ByProjection, (dict(self),)


def _touching(name: str) -> Callable[..., Any]:
    """The method of this name, of a dictionary that has been filled."""
    method = getattr(ByProjection, name)

    def touching(self: FetchedLater, *arguments: Any, **named: Any) -> Any:
        self._fill()
        return method(self, *arguments, **named)

    touching.__name__, touching.__doc__ = name, method.__doc__
    return touching


for _name in _TOUCH:
    setattr(FetchedLater, _name, _touching(_name))
