"""The command line as tests use it."""

import pytest

from allspike.cli import main


def command(*arguments: object) -> int:
    """The exit code of `allspike` with these arguments."""
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return int(stopped.value.code or 0)
