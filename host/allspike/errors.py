"""The exceptions of the toolchain, one class a kind of trouble, and its warnings.

Every message is one sentence a user can act on: it names the value, the limit and what to do. The command
line prints it and exits with the class's `exit_code`; a library user catches `AllspikeError` or a subclass.
What goes on, but otherwise than asked, is an `AllspikeWarning`: the command line prints it and goes on.
"""

from typing import Any


class AllspikeError(Exception):
    """Base of all errors that a user, a file or a device can cause."""

    exit_code = 1


class ParameterError(AllspikeError, ValueError):
    """A value, shape or name in a description or a call is not usable."""

    exit_code = 3


class UnknownAttributeError(ParameterError, AttributeError):
    """An object has no such attribute, or none that can be set."""


class UnknownArgumentError(ParameterError, TypeError):
    """A function is called with an argument that it does not take, or without one that it needs."""


class CapacityError(AllspikeError):
    """A network does not fit a configuration."""

    exit_code = 4


class FileError(AllspikeError):
    """A file is missing, corrupt, foreign or cannot be written."""

    exit_code = 5


class DeviceError(AllspikeError):
    """A device is absent, of another version, or answered what it should not."""

    exit_code = 6
    arrived: Any = None
    """Of a run that it ended: what had come by then (`Arrived` of allspike.device.running), else None."""


class LinkError(DeviceError):
    """The line to a device is silent, gone, or too bad; the port is absent, busy or not the device's."""


class MissingExtraError(AllspikeError):
    """An optional dependency is not installed."""

    exit_code = 7

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package '{package}', which is not installed: "
            f'run pip install "allspike[{extra}]".'
        )


class AllspikeWarning(UserWarning):
    """Base of all warnings: something goes on, but perhaps not as it was meant."""


class QuantisationWarning(AllspikeWarning):
    """A quantity is realised otherwise than asked: rounded, saturated, or lost."""


class TimingWarning(AllspikeWarning):
    """A time or a duration is moved to a step, spikes are merged, or a list of spikes ends after the run."""


class DescriptionWarning(AllspikeWarning):
    """A description can hardly be meant: mistaken units, neurons that cannot fire, rules without effect."""


class DeviceWarning(AllspikeWarning):
    """A device, a cache or a tool works, but not as well as it could."""
