"""Network to image: place, scale, quantise, and report what that did."""

from ..image.formatting import format_report
from .compile import compile_network
from .lif import LIFLowering
from .placement import choose_config, required

__all__ = ["LIFLowering", "choose_config", "compile_network", "format_report", "required"]
