"""Demonstrations on real data; they need the extra `demo`."""
