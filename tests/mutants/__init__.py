"""Mutation scores: what is broken at random, and which of the tests notices.

`python -m tests.mutants` draws mutants of the gateware's netlists and of the host's sources by a seed, runs
tests against each until one fails, and writes what came of it. It may be stopped at any time: what was found
is kept, and the next call goes on from there.
"""
