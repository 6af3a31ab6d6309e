"""What a word of the store reads as in the memory map."""

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.lib import enum

from allspike.map.config import Config
from allspike.map.device_map import INPUT_PARAMS, InputFlag, NeuronFlag
from allspike.map.lif import LIF

from .store import STORE_BYTES, STORE_WORD

_BYTE = 8


class Form(enum.Enum, shape=3):
    """Which bits of a word mean something."""

    SIGNED = 0
    """A potential: of the width of states."""
    UNSIGNED = 1
    """A magnitude: one bit less."""
    FACTORS = 2
    ADAPTATION = 3
    FLAGS = 4
    """Delay and flags."""
    COUNT = 5
    """The refractory count, above a trace that is elsewhere."""
    INPUT = 6
    WEIGHTS = 7


def canonical(m: Module, config: Config, form: Value, word: Value) -> Signal:
    """The word as the map has it: bits that are not kept are 0, or repeat the sign."""
    read = Signal(STORE_WORD, name="read")

    def field(layout, name: str, width: int) -> tuple[int, Value]:
        """First bit, and value, of a field of so many bits."""
        first = _BYTE * (layout.offset(name) % STORE_BYTES)
        return first, word[first : first + width]

    def of_fields(*fields: tuple[int, Value]) -> Value:
        found = Const(0, 0)
        for first, value in sorted(fields, key=lambda one: one[0]):
            found = Cat(found, Const(0, first - len(found)), value)
        return found

    state = word[: config.state_bits]
    delay_at, delay = field(LIF.params_record, "delay", (config.max_delay - 1).bit_length())
    kept = {
        Form.SIGNED: state.as_signed(),
        Form.UNSIGNED: state[:-1],
        Form.FACTORS: word,
        Form.ADAPTATION: of_fields(
            field(LIF.params_record, "adapt_decay", 16),
            field(LIF.params_record, "adapt_period", 5),
            field(LIF.params_record, "refractory", _BYTE),
        ),
        Form.FLAGS: of_fields(
            (delay_at, Cat(delay, ~delay.any())),  # what is kept as 0 is the longest
            field(LIF.params_record, "flags", max(NeuronFlag).bit_length()),
        ),
        Form.COUNT: of_fields(field(LIF.state_record, "refractory", _BYTE)),
        Form.INPUT: of_fields(
            field(INPUT_PARAMS.record, "rate", 16 if config.poisson else 0),
            field(INPUT_PARAMS.record, "flags", max(InputFlag).bit_length()),
        )
        & Const(_INPUT_MASK),
        Form.WEIGHTS: Cat(
            Cat(weight, weight[-1].replicate(_BYTE - len(weight)))
            for weight in (word[_BYTE * k : _BYTE * k + config.weight_bits] for k in range(STORE_BYTES))
        ),
    }
    with m.Switch(form):
        for each, value in kept.items():
            with m.Case(each):
                m.d.comb += read.eq(value)
    return read


_INPUT_MASK = (1 << 16) - 1 | int(InputFlag.PLASTIC_OUT) << _BYTE * INPUT_PARAMS.record.offset("flags")
