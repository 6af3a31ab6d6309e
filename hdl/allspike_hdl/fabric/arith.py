"""Small arithmetic that components share."""

from amaranth import Const, Mux, Value, signed, unsigned


def saturate(value: Value, bound: int) -> Value:
    """`value` held within -bound to bound; as wide as a signed number of that range."""
    shape = signed(bound.bit_length() + 1)
    low, high = value < -bound, value > bound
    return Mux(high, Const(bound, shape), Mux(low, Const(-bound, shape), value))[: shape.width].as_signed()


def clamp_unsigned(value: Value, width: int) -> Value:
    """The non-negative `value` held below 2**width."""
    top = (1 << width) - 1
    return Mux(value > top, Const(top, unsigned(width)), value)[:width]
