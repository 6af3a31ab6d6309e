"""`python -m tests.pynn` writes docs/pynn_scenarios.md."""

from .page import PAGE, page

PAGE.write_text(page(), "utf-8")
