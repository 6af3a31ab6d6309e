"""Boards that Allspike runs on: what each is, how a bitstream is built, and how it gets there."""

from .board import Board
from .catalog import BOARDS, board

__all__ = ["BOARDS", "Board", "board"]
