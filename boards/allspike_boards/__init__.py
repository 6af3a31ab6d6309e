"""Boards: platform, core preset, build, flash."""
