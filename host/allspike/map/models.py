"""The neuron models that there are, by name and by number."""

from ..errors import DeviceError, ParameterError
from ..names import known_names
from .lif import LIF
from .neuron_model import NeuronModel

_models: dict[str, NeuronModel] = {LIF.name: LIF}


def register(model: NeuronModel) -> NeuronModel:
    """Make a model known by its name and number; returns it.

    Raises
    ------
    ParameterError
        If another model has the name or the number.
    """
    for other in _models.values():
        if other != model and (other.name == model.name or other.number == model.number):
            raise ParameterError(
                f"neuron model {model.name!r}, number {model.number}, cannot be registered: "
                f"{other.name!r} has number {other.number}."
            )
    _models[model.name] = model
    return model


def neuron_model(name: str) -> NeuronModel:
    """The model of that name.

    Raises
    ------
    ParameterError
        If there is none.
    """
    if name not in _models:
        raise ParameterError(f"neuron = {name!r} is no neuron model; {known_names(name, _models)}.")
    return _models[name]


def neuron_model_numbered(number: int) -> NeuronModel:
    """The model that an identity tells.

    Raises
    ------
    DeviceError
        If there is none of that number.
    """
    for model in _models.values():
        if model.number == number:
            return model
    raise DeviceError(
        f"the device has neuron model {number}, which this software does not know: it knows "
        f"{', '.join(f'{model.number} ({model.name})' for model in _models.values())}."
    )
