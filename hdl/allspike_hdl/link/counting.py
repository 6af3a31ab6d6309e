"""Counters that can be loaded, at one lookup table a bit."""

from amaranth import Value


def up(value: Value, step: Value) -> Value:
    """`value + 1` where `step` is 1; where it is 0, anything.

    For `If(step): value.eq(up(value, step))`, `Elif(load): ...`. With a constant 1 the sum and the choice
    take a lookup table each; with the condition as the adder's operand both fit into the one with the carry.
    """
    return (value - step.replicate(len(value)))[: len(value)]


def down(value: Value, step: Value) -> Value:
    """`value - 1` where `step` is 1; as `up`."""
    return (value + step.replicate(len(value)))[: len(value)]
