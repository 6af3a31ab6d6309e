"""Runs: from a description to results."""
