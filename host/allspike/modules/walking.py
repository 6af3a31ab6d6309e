"""The modules of a network in the order in which they are used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ParameterError
from ..showing import brief
from .kinds import Kind, instead, kind_of
from .reading import attribute, children, is_module


@dataclass(frozen=True, eq=False)
class Stage:
    """A module that computes, where it stands."""

    name: str
    """Its dotted name."""
    kind: Kind
    module: Any

    @property
    def where(self) -> str:
        """What messages call it."""
        return f"{self.name} ({type(self.module).__name__})"

    def get(self, name: str) -> Any:
        """An attribute of the module; see `reading.attribute`."""
        return attribute(self.where, self.module, name)


def stages(network: Any, *, in_order: bool = False) -> list[Stage]:
    """What a network computes, step by step; see `Network.from_torch`.

    Raises
    ------
    ParameterError
        If something in it is unknown, or the order cannot be told.
    """
    if is_module(network):
        found = list(_of(network, "", in_order))
    elif isinstance(network, Mapping):
        found = [
            s for name, child in network.items() for s in _of(_checked(child, name), str(name), in_order)
        ]
    elif isinstance(network, Sequence) and not isinstance(network, str | bytes):
        found = [s for k, child in enumerate(network) for s in _of(_checked(child, k), str(k), in_order)]
    else:
        raise ParameterError(
            f"module = {brief(network)} is no module of torch: give an nn.Sequential, or a list of modules "
            "in the order in which they are used."
        )
    seen: dict[int, str] = {}
    for stage in found:
        first = seen.setdefault(id(stage.module), stage.name)
        if first != stage.name and stage.kind.sort in ("neuron", "loop", "delay"):
            raise ParameterError(
                f"{stage.where}: it is the same module as {first}, so both share one state: give each "
                "place neurons of its own."
            )
    return found


def within(stage: Stage, name: str, module: Any) -> Stage:
    """A module that another one uses.

    Raises
    ------
    ParameterError
        If it is unknown.
    """
    whole = f"{stage.name}.{name}"
    found = list(_of(_checked(module, whole), whole, in_order=False))
    if len(found) != 1:
        raise ParameterError(f"{whole}: one module is wanted there, and not {len(found)}.")
    return found[0]


def _checked(thing: Any, name: object) -> Any:
    if not is_module(thing):
        raise ParameterError(f"module[{name!r}] = {brief(thing)} is no module of torch.")
    return thing


def _of(module: Any, name: str, in_order: bool) -> Iterator[Stage]:
    """The stages of a module whose dotted name is `name`; empty for the network itself."""
    shown = name or type(module).__name__
    kind = kind_of(f"{shown} ({type(module).__name__})" if name else shown, module)
    inner = children(module)
    if kind is not None and kind.sort == "wrapper":
        for child in inner.values():
            yield from _of(child, name, in_order)
    elif kind is not None and kind.sort != "container":
        yield Stage(name or kind.name.lower(), kind, module)
    elif kind is not None or (in_order and inner):
        for own, child in inner.items():
            yield from _of(child, f"{name}.{own}" if name else own, in_order)
    elif inner and not _foreign(module):
        names = ", ".join(f"net.{name}.{own}" if name else f"net.{own}" for own in list(inner)[:4])
        raise ParameterError(
            f"{shown} ({type(module).__name__}): its forward is written by hand, and what it does cannot be "
            f"read from the module: give its layers in the order in which they are used, [{names}, ...] or a "
            "dict of them, say children_in_order=True if they are used in the order of their definition, or "
            "export it to NIR."
        )
    else:
        raise ParameterError(
            f"{shown} ({type(module).__name__} of {type(module).__module__.partition('.')[0]}) is not "
            f"supported: {instead(module)}."
        )


def _foreign(module: Any) -> bool:
    """Whether it is a ready-made module of a framework, and not one that a user put together."""
    return type(module).__module__.partition(".")[0] in ("torch", "snntorch", "spikingjelly", "norse")
