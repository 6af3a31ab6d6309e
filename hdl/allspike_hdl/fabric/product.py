"""Products and shifts, as a chip makes them best.

A product of two signals is `a * b` everywhere: synthesis makes a block of it, or logic where a chip has none
(the boards' `multiplier.v`). What differs in the gateware is a shift by a distance that varies.
"""

from amaranth import Cat, Value

from .target import Target


def shifted_left(target: Target, value: Value, distance: Value) -> tuple[Value, bool]:
    """`value << distance`, and whether it comes negated. No latency.

    With multipliers it is a product with -2**distance: the sign, as 16 signed bits hold -2**15 and not 2**15.
    Otherwise it is a shifter of logic, which takes less than a product would.
    """
    span = 1 << len(distance)
    if not target.multipliers:
        return value << distance, False
    power = Cat(distance <= k for k in range(span)).as_signed()
    return value * power, True
