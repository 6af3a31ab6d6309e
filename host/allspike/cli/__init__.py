"""The command line: thin over the Python API. What a command works with is imported when it runs."""

from .app import app, main

__all__ = ["app", "main"]
