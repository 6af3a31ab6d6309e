"""Counters that can be loaded, at one lookup table a bit.

`If(step): value - 1, Else: other` takes two tables a bit: one for the sum, one for the choice. If the
condition of the choice is also what is added, both fit into the table with the carry, which has four inputs.
Of 16 bits, with Yosys for iCE40: 30 tables for `value - 1`, 32 for `Mux(step, value, other) - step`, 16 for
this; upwards 31 and 17.
"""

from amaranth import Value


def minus_one_if(step: Value, value: Value) -> Value:
    """`value - 1` where `step` is 1, else `value`: for the case that `step` itself selects.

    As `If(step): value.eq(minus_one_if(step, value))`, `Elif(...): value.eq(other)`.
    """
    return (value + step.replicate(len(value)))[: len(value)]


def plus_one_unless(load: Value, value: Value) -> Value:
    """`value + 1` where `load` is 0, else `value`: for the case that `load` itself excludes.

    As `If(load): value.eq(other)`, `Elif(...): value.eq(plus_one_unless(load, value))`. Where parts of the
    value are loaded one by one, `load` has a bit for each of its bits, and a sum that meets a 1 means
    nothing.
    """
    loads = load if len(load) == len(value) else load.replicate(len(value))
    return (value - ~loads)[: len(value)]
