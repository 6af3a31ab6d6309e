"""What goes wrong between a board's description and its bitstream."""

from allspike.errors import AllspikeError


class BuildError(AllspikeError):
    """A design could not be built: it does not fit the chip, or a tool failed."""

    exit_code = 8


class TimingError(BuildError):
    """A design was built, and is slower than the clock that was asked."""

    exit_code = 9


class FlashError(AllspikeError):
    """A bitstream could not be loaded: no tool, no board, no file."""

    exit_code = 10
