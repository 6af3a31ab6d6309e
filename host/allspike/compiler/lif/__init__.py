"""LIF for the compiler: its physics over a step, and its parameters in whole numbers."""

from .lowering import LIFLowering

__all__ = ["LIFLowering"]
