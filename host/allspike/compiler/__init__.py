"""Network to image: place, scale, quantise, and report what that did."""

from ..image.formatting import format_report
from .compile import compile_network
from .placement import choose_config, required

__all__ = ["choose_config", "compile_network", "format_report", "required"]
