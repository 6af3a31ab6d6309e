"""What the exit codes mean: the errors say it themselves."""

import inspect

from ..errors import AllspikeError
from .streams import BROKEN_PIPE


def exit_codes() -> dict[int, str]:
    """Each exit code with its meaning; those of packages whose errors are imported by now included."""
    found = {
        0: "Done.",
        1: "A fault of this software: please report it.",
        2: "The command line is not understood.",
        130: "Interrupted by Ctrl-C.",
        BROKEN_PIPE: "Whoever read the output went away.",
    }
    waiting: list[type[AllspikeError]] = AllspikeError.__subclasses__()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "exit_code" in vars(kind):
            found[kind.exit_code] = (inspect.getdoc(kind) or "").split("\n\n", maxsplit=1)[0]
    return dict(sorted(found.items()))


def table() -> str:
    """The same as a table in Markdown, which docs/guide.md holds."""
    rows = [f"| {code} | {meaning} |" for code, meaning in exit_codes().items()]
    return "\n".join(["| exit code | meaning |", "| --- | --- |", *rows])
