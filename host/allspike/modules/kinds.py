"""Which modules are known: by the name of the class and of the package that defines it.

A subclass is what its base is, unless it changes how that computes.
"""

from dataclasses import dataclass
from typing import Any

from ..errors import ParameterError
from ..names import nearest

LINEAR = ("Linear", "Conv1d", "Conv2d", "AvgPool1d", "AvgPool2d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d",
          "Flatten", "BatchNorm1d", "BatchNorm2d")  # fmt: skip
IGNORED = ("Identity", "Dropout", "Dropout1d", "Dropout2d", "AlphaDropout", "FeatureAlphaDropout")
_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")

KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "torch": {"container": _CONTAINERS, "linear": LINEAR, "ignored": IGNORED,
              "wrapper": ("OptimizedModule", "DataParallel")},
    "snntorch": {"neuron": ("Leaky", "Synaptic", "RLeaky", "RSynaptic", "Lapicque")},
    "spikingjelly": {
        "container": ("MultiStepContainer", "SeqToANNContainer", "StepModeContainer"),
        "linear": (*LINEAR, "VotingLayer"),
        "ignored": IGNORED,
        "neuron": ("LIFNode", "IFNode", "ParametricLIFNode", "CUBALIFNode", "SimpleLIFNode", "SimpleIFNode",
                   "NonSpikingLIFNode", "NonSpikingIFNode"),
        "delay": ("Delay",),
        "loop": ("LinearRecurrentContainer",),
    },
    "norse": {
        "container": ("SequentialState",),
        "wrapper": ("Lift",),
        "neuron": ("LIFCell", "LIF", "LIFRecurrentCell", "LIFRecurrent", "LIFBoxCell", "IAFCell", "IAF",
                   "LICell", "LI", "LIBoxCell"),
    },
}  # fmt: skip
"""By package, what its classes are."""

_INSTEAD = {
    "MaxPool": "the largest of some spikes is no sum of them: AvgPool of the same size is supported",
    "Alpha": "snntorch's Synaptic is supported, whose current is one exponential",
    "LeakyParallel": "snntorch's Leaky is supported", "StateLeaky": "snntorch's Leaky is supported",
    "DeltaLeaky": "snntorch's Leaky is supported", "LinearLeaky": "snntorch's Leaky is supported",
    "AssociativeLeaky": "snntorch's Leaky is supported", "SLSTM": "snntorch's RSynaptic is supported",
    "SConv2dLSTM": "snntorch's RSynaptic is supported", "LIFAdEx": "norse's LIFCell is supported",
    "ElementWiseRecurrentContainer": "spikingjelly's LinearRecurrentContainer is supported",
    "RecurrentSequential": "norse's LIFRecurrentCell is supported",
    "KLIFNode": "spikingjelly's LIFNode is supported", "PSN": "spikingjelly's LIFNode is supported",
    "QIFNode": "spikingjelly's LIFNode is supported", "EIFNode": "spikingjelly's LIFNode is supported",
    "LSNN": "norse's LIFCell is supported",
}  # fmt: skip
"""By the beginning of a class's name, the nearest that is supported."""

_NO_CHANGE = {"extra_repr", "reset_parameters"}
"""Methods of a subclass that do not change what a step does."""


@dataclass(frozen=True)
class Kind:
    """What a module is."""

    package: str
    """torch, snntorch, spikingjelly or norse."""
    sort: str
    """container, wrapper, linear, ignored, neuron, delay or loop."""
    name: str
    """The name of its class, or of the base that is known."""

    def __str__(self) -> str:
        return f"{self.package}'s {self.name}"


def kind_of(where: str, module: Any) -> Kind | None:
    """What it is; None if none of its bases is known.

    Raises
    ------
    ParameterError
        If a known base computes otherwise in a class derived from it.
    """
    above: list[type] = []
    for base in type(module).__mro__:
        package = base.__module__.partition(".")[0]
        for sort, names in KNOWN.get(package, {}).items():
            if base.__name__ in names:
                kind = Kind(package, sort, base.__name__)
                _check_unchanged(where, kind, base, above)
                return kind
        above.append(base)
    return None


def _check_unchanged(where: str, kind: Kind, base: type, above: list[type]) -> None:
    for derived in above:
        own = (name for name, value in vars(derived).items() if callable(value) and hasattr(base, name))
        changed = sorted(
            n for n in own if n not in _NO_CHANGE and (n == "__call__" or not n.startswith("__"))
        )
        if changed:
            raise ParameterError(
                f"{where} ({derived.__name__}): it computes otherwise than {kind}, from which it is derived "
                f"({', '.join(changed)}); {kind} itself is supported."
            )


def instead(module: Any) -> str:
    """The end of a sentence that refuses a module: the nearest that is supported."""
    name = type(module).__name__
    for beginning, words in _INSTEAD.items():
        if name.startswith(beginning):
            return words
    known = {
        f"{package}'s {known}": known
        for package, sorts in KNOWN.items()
        for sort in ("neuron", "linear")
        for known in sorts.get(sort, ())
    }
    likely = nearest(name, known.values())
    if likely is not None:
        return f"the nearest that is supported is {next(k for k, v in known.items() if v == likely)}"
    return (
        "neurons that are supported: snntorch's Leaky and Synaptic, spikingjelly's LIFNode, norse's LIFCell"
    )
