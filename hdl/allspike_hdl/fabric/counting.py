"""Counters that can be loaded, at one lookup table a bit.

The sum of a value and a constant takes a lookup table a bit, and the choice between it and what is loaded
another. Where the condition of the choice is also an operand of the adder, both fit into the one with the
carry.
"""

from amaranth import Value


def up(value: Value, load: Value) -> Value:
    """`value + 1` where `load` is 0; where it is 1, anything.

    For `If(load): value.eq(...)`, `Elif(...): value.eq(up(value, load))`. Where parts of the value are loaded
    one by one, `load` has a bit for each bit of the value.
    """
    loads = load if len(load) == len(value) else load.replicate(len(value))
    return (value - ~loads)[: len(value)]


def down(value: Value, step: Value) -> Value:
    """`value - 1` where `step` is 1; where it is 0, anything.

    For `If(step): value.eq(down(value, step))`, `Elif(...): value.eq(...)`.
    """
    return (value + step.replicate(len(value)))[: len(value)]
