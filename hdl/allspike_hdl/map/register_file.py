"""Where the words of the registers lie in their memory, and what a word keeps of what is written."""

from amaranth import Cat, Const, Module, Mux, Shape, Signal, Value, signed
from amaranth.lib import data, enum

from allspike.map import device_map as dm
from allspike.map.config import Config

from .regions import WORD
from .rings import STEP_LOW_BITS, offset_bits
from .words import shape_of


class Block(enum.Enum, shape=3):
    """A region of registers: the top byte of its address."""

    IDENTITY = dm.IDENTITY.base >> 24
    CONTROL = dm.CONTROL.base >> 24
    LEARNING = dm.LEARNING.base >> 24
    STATUS = dm.STATUS.base >> 24
    COUNTERS = dm.COUNTERS.base >> 24


FILE_WORDS = 64
IDENTITY_AT, CONTROL_AT, LEARNING_AT, COUNTERS_AT = 0, 16, 24, 32
UPPER_AT = LEARNING_AT + dm.LEARNING.record.size // WORD
"""A word that the map has not: the upper half of a u8 whose lower half has just been read."""
ZERO_AT = UPPER_AT + 1
"""Another: 0."""

POISSON_BIT = 8 * (dm.CONTROL.record.offset("flags") % WORD) + int(dm.ControlFlag.POISSON).bit_length() - 1
"""Place of `ControlFlag.POISSON` in its word."""


def control_at(field: str) -> int:
    """The place of the word of the control record that `field` begins in, or lies in."""
    return CONTROL_AT + dm.CONTROL.record.offset(field) // WORD


def status_word(field: str) -> int:
    """The word of the status record that `field` begins in."""
    return dm.STATUS.record.offset(field) // WORD


def learning_words(config: Config) -> range:
    """The places of the learning record; none in a build that cannot learn."""
    words = dm.LEARNING.record.size // WORD if config.plasticity else 0
    return range(LEARNING_AT, LEARNING_AT + words)


class RegisterRequest(data.StructLayout):
    """A word of a block to read or write; see `BusSignature`."""

    def __init__(self) -> None:
        super().__init__({"block": Block, "word": 5, "write": 1, "mask": WORD, "data": 32, "more": 1})


class Learning(data.StructLayout):
    """The learning registers, each at the width that a store keeps (docs/model.md)."""

    def __init__(self, config: Config) -> None:
        fields = dm.LEARNING.record.fields
        super().__init__({field.name: shape_of(field, config) for field in fields})


class Control(data.StructLayout):
    """The fields of the control record that the core looks at while it runs; `pace` is 2 less than what was
    written. Offsets are with their rings, and of `run_until` the core sees whether the step is below it.
    """

    def __init__(self, config: Config) -> None:
        widths = {field.name: field.width(config) for field in dm.CONTROL.record.fields}
        pace, weight_shift = signed(widths["pace"] + 1), widths["weight_shift"]
        super().__init__({"pace": pace, "weight_shift": weight_shift, "poisson": 1})


class Status(data.StructLayout):
    """The fields of the status record but the epoch.

    Of offsets of the rings what lies between them and those that the host set, in words: `event_tail` less
    `event_head`, `spike_head` less `spike_ack`. Of the marker, the step of the last one less `step`.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(
            {
                "state": max(dm.State).bit_length(),
                "step": dm.STEP_BITS,
                "marker": signed(STEP_LOW_BITS + 1),
                "event_tail": signed(offset_bits(config.event_ring // dm.RING_WORD)),
                "spike_head": offset_bits(config.spike_ring // dm.RING_WORD),
            }
        )


def identity_words(config: Config, build: str) -> list[int]:
    """The identity record of a build."""
    record = dm.encode_identity(config, build).tobytes()
    return [int.from_bytes(record[k : k + WORD], "little") for k in range(0, len(record), WORD)]


def _sources(at: int, config: Config) -> list[int | None]:
    """For each bit that the register at place `at` reads back the bit that it keeps of a word; none: 0."""
    bits: list[int | None] = list(range(32))
    if at == control_at("run_until") + 1:
        bits[dm.STEP_BITS - 32 :] = [None] * (64 - dm.STEP_BITS)
    elif at == control_at("weight_shift"):
        held = {*range(Control(config)["weight_shift"].width), *([POISSON_BIT] if config.poisson else [])}
        bits = [k if k in held else None for k in bits]
    elif at in learning_words(config):
        bits = [None] * 32
        for name, width, first in _fields_of(at - LEARNING_AT):
            field = Learning(config)[name]
            last = first + field.width - 1
            bits[first : last + 1] = range(first, last + 1)
            if Shape.cast(field.shape).signed:
                bits[last : first + width] = [last] * (first + width - last)
    return bits


def kept(word: Value, address: Value, config: Config) -> Value:
    """What the register at `address` keeps of `word`, as it reads back.

    Bit by bit, for few bits differ from place to place: a multiplexer of words costs several times as much.
    """
    places = [*range(CONTROL_AT, LEARNING_AT), *learning_words(config)]
    sources = {at: _sources(at, config) for at in places}
    kinds = [
        (LEARNING_AT + offset // WORD, 8 * (offset % WORD))
        for offset in map(dm.LEARNING.record.offset, ("x_kind", "y_kind"))
        if config.plasticity
    ]

    def at_one_of(chosen: list[int]) -> Value:
        return Cat(address == at for at in chosen).any() if chosen else Const(0)

    bits = []
    for k in range(32):
        bit = word[k]
        for source in sorted({bits[k] for bits in sources.values()} - {k, None}):
            bit = Mux(at_one_of([at for at in places if sources[at][k] == source]), word[source], bit)
        cleared = at_one_of([at for at in places if sources[at][k] is None])
        for at, low in kinds:
            if k == low:  # a kind of 3 is kept as 2
                cleared |= (address == at) & word[low + 1]
        bits.append(bit & ~cleared)
    return Cat(bits)


def load_learning(m: Module, learning: Value, word: Signal, at: int, config: Config) -> None:
    """Take the fields of the learning record that lie in the word at place `at`, as `kept` leaves them."""
    for name, _, first in _fields_of(at - LEARNING_AT):
        width = Learning(config)[name].width
        m.d.sync += learning[name].eq(word[first : first + width])


def _fields_of(word: int) -> list[tuple[str, int, int]]:
    """Name, width and first bit of the fields in a word of the learning record."""
    found = []
    for field in dm.LEARNING.record.fields:
        offset = dm.LEARNING.record.offset(field.name)
        if offset // WORD == word:
            width = 8 * dm.LEARNING.record.dtype[field.name].itemsize
            found.append((field.name, width, 8 * (offset % WORD)))
    return found


def merged(old: Value, new: Value, mask: Value) -> Value:
    """The bytes of `new` whose mask bit is set, and the others of `old`."""
    return Cat(Mux(bit, new.word_select(k, 8), old.word_select(k, 8)) for k, bit in enumerate(mask))
