"""The command line: thin over the Python API. What a command works with is imported when it runs."""

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors become one sentence and an exit code."""
    try:
        from .app import run_application

        run_application(arguments)
    except KeyboardInterrupt:  # while a command is still being imported
        print("interrupted.", file=sys.stderr)
        sys.exit(130)
