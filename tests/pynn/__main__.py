"""`python -m tests.pynn` writes docs/pynn_scenarios.md and the table of docs/pynn.md; with `--nest` it also
measures the figures there."""

import sys

from .page import PAGE, SCENARIOS, filled, scenarios_page, support
from .test_nest import figures

SCENARIOS.write_text(scenarios_page(), "utf-8")
text = filled(PAGE.read_text("utf-8"), "support", support())
if "--nest" in sys.argv[1:]:
    text = filled(text, "figures", figures())
PAGE.write_text(text, "utf-8")
