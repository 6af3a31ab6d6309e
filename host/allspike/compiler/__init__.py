"""Network to image: place, scale, quantise, and report what that did."""

from .compile import compile_network
from .placement import choose_config, required
from .report import format_report

__all__ = ["choose_config", "compile_network", "format_report", "required"]
