"""The neuron of a compact core: one adder and one multiplier, used one after another."""

from amaranth import C, Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DECAY_BITS, NeuronFlag
from allspike.map.lif import LIF

from ..compact.layout import SIDES, Left, Right
from ..compact.store import STORE_BYTES, STORE_WORD
from ..fabric.target import Target
from ..map.sizes import Sizes
from .arith import is_less_by

_BYTE = 8
_HALF = 16
_COUNT_AT = LIF.state_record.offset("refractory") % STORE_BYTES
_GUARD = 2
"""Bits of the sum above those of a state: it holds three states, or one and a shifted accumulator."""

LAST = 14
"""The last clock of a neuron that does not fire."""
LAST_FIRED = 18


def of_byte(word: Value, field: str, width: int = _BYTE) -> Value:
    """A parameter of at most a byte in its word."""
    return word[_BYTE * (LIF.params_record.offset(field) % STORE_BYTES) :][:width]


def flag_of(word: Value, flag: NeuronFlag) -> Value:
    """A flag in its word."""
    return of_byte(word, "flags")[int(flag).bit_length() - 1]


class SerialNeuron(wiring.Component):
    """Phase 3 of a step (docs/model.md) for one neuron, in 15 clocks, or 19 if it fires.

    In each clock a word of the left side is added to a sum, or multiplied, or written:

    ====== ============= ============ ============================= ======================
    clock  left          right        sum                           else
    ====== ============= ============ ============================= ======================
    0      reads I       factors
    1      reads I       factors                                    I * alpha
    2      reads V       factors      decay(I)
    3      reads V       refractory   + acc << weight_shift         V * beta
    4      writes I      refractory   decay(V)                      count taken
    5      reads leak    flags
    6      reads bias    flags        less leak, not past 0         flags taken
    7      reads I       adaptation   + bias
    8      reads theta   adaptation   + I
    9      writes V      adaptation   sat(sum) - theta
    10     reads a       adaptation
    11     reads a       adaptation   - a, for the sign alone       a * adapt_decay
    12     reads delta_a writes count decay(a)                      `fires`
    13                                + delta_a, if fired
    14     writes a                                                 `last`, unless fired
    15     reads V, or v_reset
    16     reads v_reset              that word
    17                                - v_reset, if it subtracts
    18     writes V                                                 `last`
    ====== ============= ============ ============================= ======================

    Members
    -------
    start : In(1)
        The next clock is clock 0.
    last : Out(1)
        This is the last clock, and so it stays until the next start.
    left : Out(Left), right : Out(Right)
        The words that are read or written.
    values : In(32).array(2)
        What was read, a clock later.
    write : Out(2), mask : Out(4), data : Out(32)
    acc : In(signed(acc_bits))
        In clock 3.
    weight_shift : In(4)
    step_zeros : In(5)
        Zero bits at the low end of t, at most 31.
    fires : Out(1)
        In clock 12: it fires.
    fired : Out(1)
        From then to the next start: it has fired.
    delay : Out, plastic_in : Out(1), silent : Out(1)
        Of a neuron that fires, from `fires` to the next start; `max_delay` is 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(
            {
                "start": In(1),
                "last": Out(1),
                "left": Out(Left),
                "right": Out(Right),
                "values": In(STORE_WORD).array(SIDES),
                "write": Out(SIDES),
                "mask": Out(STORE_BYTES),
                "data": Out(STORE_WORD),
                "acc": In(signed(sizes.acc_bits)),
                "weight_shift": In(4),
                "step_zeros": In(5),
                "fires": Out(1),
                "fired": Out(1),
                "delay": Out((sizes.config.max_delay - 1).bit_length()),
                "plastic_in": Out(1),
                "silent": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        bits = self._sizes.config.state_bits
        right = self.values[1]
        clock = Signal(range(LAST_FIRED + 1), init=LAST)
        m.d.comb += self.last.eq(Mux(self.fired, clock == LAST_FIRED, clock == LAST))
        with m.If(self.start):
            m.d.sync += [clock.eq(0), self.fired.eq(0)]
        with m.Elif(~self.last):
            m.d.sync += clock.eq(clock + 1)

        total = Signal(signed(bits + _GUARD), reset_less=True)
        count = Signal(_BYTE, reset_less=True)
        held, subtracts = Signal(reset_less=True), Signal(reset_less=True)
        was_below = Signal(reset_less=True)
        m.d.sync += was_below.eq(total[-1])

        keeps = Signal()  # the sum is kept
        anew = Signal()  # it begins with this operand
        saturates = Signal()  # what was before is saturated
        is_decay, is_acc = Signal(), Signal()  # the operand; otherwise the word that was read
        subtract = Signal()  # the word is subtracted
        unsigned = Signal()  # the word has no sign
        factor = Signal(_HALF)
        exact = Signal()  # what is written needs no saturation
        past_zero = total[-1] ^ was_below
        decay_period = of_byte(right, "adapt_period", 5)

        def reads(left: Left, right: Right = Right.ADAPTATION) -> None:
            m.d.comb += [self.left.eq(left), self.right.eq(right)]

        def adds(*signals: Signal) -> None:
            m.d.comb += [keeps.eq(1), *(signal.eq(1) for signal in signals)]

        with m.Switch(clock):
            with m.Case(0):
                reads(Left.I, Right.FACTORS)
            with m.Case(1):
                reads(Left.I, Right.FACTORS)
                m.d.comb += factor.eq(right[_HALF:])
            with m.Case(2):
                reads(Left.V, Right.FACTORS)
                adds(anew, is_decay)
            with m.Case(3):
                reads(Left.V, Right.REFRACTORY)
                m.d.comb += factor.eq(right[:_HALF])
                adds(is_acc)
            with m.Case(4):
                reads(Left.I, Right.REFRACTORY)
                m.d.comb += self.write[0].eq(1)
                m.d.sync += count.eq(right.word_select(_COUNT_AT, _BYTE))
                adds(anew, is_decay)
            with m.Case(5):
                reads(Left.LEAK, Right.FLAGS)
            with m.Case(6):
                reads(Left.BIAS, Right.FLAGS)
                m.d.comb += [unsigned.eq(1), subtract.eq(~total[-1])]
                m.d.sync += [
                    held.eq(count.any() & ~flag_of(right, NeuronFlag.REFRACTORY_INTEGRATE)),
                    subtracts.eq(flag_of(right, NeuronFlag.RESET_SUBTRACT)),
                    self.plastic_in.eq(flag_of(right, NeuronFlag.PLASTIC_IN)),
                    self.silent.eq(flag_of(right, NeuronFlag.SILENT)),
                    self.delay.eq(of_byte(right, "delay")),
                ]
                adds()
            with m.Case(7):
                reads(Left.I)
                m.d.comb += anew.eq(past_zero)
                adds()
            with m.Case(8):
                reads(Left.THRESHOLD)
                adds()
            with m.Case(9):
                reads(Left.V)
                m.d.comb += self.write[0].eq(~held)
                adds(saturates, subtract)
            with m.Case(10):
                reads(Left.A)
            with m.Case(11):
                reads(Left.A)
                m.d.comb += [unsigned.eq(1), subtract.eq(1)]
                # A factor of 1 leaves a as it is.
                m.d.comb += factor.eq(right[:_HALF] | ((decay_period > self.step_zeros) << DECAY_BITS))
            with m.Case(12):
                reads(Left.ADAPT_INCREMENT, Right.REFRACTORY)
                m.d.comb += [unsigned.eq(1), self.write[1].eq(1), self.fires.eq(self.fired)]
                adds(anew, is_decay)
            with m.Case(13):
                m.d.comb += [unsigned.eq(1), keeps.eq(self.fired)]
            with m.Case(14):
                reads(Left.A)
                m.d.comb += self.write[0].eq(1)
            with m.Case(15):
                reads(Left.RESET)
                with m.If(subtracts):
                    reads(Left.V)
            with m.Case(16):
                reads(Left.RESET)
                adds(anew)
            with m.Case(17):
                m.d.comb += [subtract.eq(1), keeps.eq(subtracts)]
            with m.Case(18):
                reads(Left.V)
                m.d.comb += [self.write[0].eq(1), exact.eq(~subtracts)]

        over, lowest = _outside(total, bits)
        word = Cat(self.values[0][: bits - 1], self.values[0][bits - 1] & ~unsigned).as_signed()
        multiplies = Target.of(platform).multipliers
        operand, carry = self._operand(m, multiplies, word, factor, is_decay, is_acc, subtract)
        before = Mux(anew, 0, _saturated(total, bits, over & saturates, lowest & saturates))
        summed = ((Cat(C(1, 1), before).as_signed() + Cat(carry, operand).as_signed()) >> 1)[: len(total)]
        with m.If(keeps):
            m.d.sync += total.eq(summed)
        with m.If(clock == 11):
            m.d.sync += self.fired.eq(~summed[-1] & ~count.any())

        state = _saturated(total, bits, over, lowest & ~exact)
        m.d.comb += [self.data.eq(state), self.mask.eq(-1)]
        with m.If(self.write[1]):
            counted = Mux(self.fired, of_byte(right, "refractory"), count - count.any())
            m.d.comb += self.mask.eq(1 << _COUNT_AT)
            m.d.comb += self.data.word_select(_COUNT_AT, _BYTE).eq(counted)
        return m

    def _operand(self, m, multiplies, word, factor, is_decay, is_acc, subtract) -> tuple[Value, Value]:
        """What is added, and its carry; see `core.neuron_arith.Decay` for the rounding of a decay."""
        bits = self._sizes.config.state_bits
        width = bits + _GUARD
        product = Signal(signed(bits + DECAY_BITS + 1), reset_less=True)
        whole = Signal(signed(bits), reset_less=True)
        negate = Signal(reset_less=True)
        one = factor[DECAY_BITS]
        fraction = factor[:DECAY_BITS] & (~one).replicate(DECAY_BITS)
        m.d.sync += [product.eq(word * Cat(fraction, one).as_signed()), whole.eq(word), negate.eq(one)]
        floor, below = product >> DECAY_BITS, product[-1]
        half, rest = product[DECAY_BITS - 1], product[: DECAY_BITS - 1]
        stuck = is_less_by(floor, whole, ~below)
        rounds = Mux(below, stuck | (half & rest.any()), half & ~stuck)

        # The accumulator, shifted. A multiplier does it where there are any; then it is turned, since 16
        # signed bits hold -2**15. It is cut to +-2**bits, which saturates any sum with a state.
        shifted = Signal(signed(max(len(self.acc) + _HALF, width)))
        power = Cat(self.weight_shift <= k for k in range(_HALF)).as_signed()
        m.d.comb += shifted.eq(self.acc * power if multiplies else self.acc << self.weight_shift)
        beyond = shifted[bits:]
        cut = beyond.any() & ~beyond.all()
        acc = Cat(shifted[:bits] & (~cut).replicate(bits), shifted[bits] | cut, shifted[-1])

        operand = Signal(signed(width))
        m.d.comb += operand.eq(Mux(is_acc, acc.as_signed(), Mux(is_decay, floor, word)))
        turned = (is_acc & int(multiplies)) | Mux(is_decay, negate, subtract)
        return operand.as_unsigned() ^ turned.replicate(width), Mux(is_decay, negate | rounds, turned)


def _outside(total: Value, bits: int) -> tuple[Value, Value]:
    """`total` has overflowed `bits`; it is -2**(bits - 1), the one value of that width beyond the bounds."""
    top = total[bits - 1 :]
    return top.any() & ~top.all(), top.all() & ~total[: bits - 1].any()


def _saturated(total: Value, bits: int, over: Value, lowest: Value) -> Value:
    """`total` held within +-(2**(bits - 1) - 1), where `over` or `lowest` tell that it is not."""
    sign = total[-1]
    low = [Mux(over, ~sign, bit) for bit in total[: bits - 1]]
    top = [Mux(over, sign, bit) for bit in total[bits - 1 :]]
    return Cat(low[0] | over | lowest, *low[1:], *top).as_signed()
