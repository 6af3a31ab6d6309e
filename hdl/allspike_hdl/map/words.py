"""What a build keeps of the words of a record, and what they read as in the memory map."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from amaranth import C, Cat, Shape, Value

from allspike.map.config import Config
from allspike.map.neuron_model import DELAY
from allspike.map.record import Field, Record

from .regions import WORD

WORD_BITS = 8 * WORD


def shape_of(field: Field, config: Config) -> Shape:
    """What holds the field in a build."""
    return Shape(field.width(config), field.signed)


@dataclass(frozen=True)
class Kept:
    """The bits that a build keeps of one field of a word."""

    field: Field
    first: int
    """Its first bit in the word."""
    shape: Shape
    mask: int
    """Of these bits those that mean something."""

    def of(self, word: Value) -> Value:
        """The kept bits of a word of the map."""
        value = word[self.first : self.first + self.shape.width]
        return value.as_signed() if self.shape.signed else value

    def reads(self, value: Value) -> Value:
        """All bits of the field, from the kept ones."""
        size = 8 * self.field.dtype.itemsize
        if self.field == DELAY:  # what is kept as 0 is the longest
            longest = 1 << self.shape.width
            value = Cat(value, ~value.any()) if len(value) else C(longest)
        if self.mask != (1 << self.shape.width) - 1:
            value = value & self.mask
        sign = value[-1] if self.shape.signed else C(0, 1)
        return Cat(value, sign.replicate(size - len(value)))


@dataclass(frozen=True)
class RecordWord:
    """One word of a record."""

    index: int
    kept: tuple[Kept, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Fields of which something is kept."""
        return tuple(kept.field.name for kept in self.kept)

    @property
    def form(self) -> tuple[tuple[int, int, Shape, int, bool], ...]:
        """What two words have in common that read alike."""
        return tuple(
            (each.first, each.field.dtype.itemsize, each.shape, each.mask, each.field == DELAY)
            for each in self.kept
        )

    def reads(self, values: Mapping[str, Value]) -> Value:
        """The word, from the kept bits of its fields; all others are 0, or repeat a sign."""
        word = C(0, 0)
        for each in self.kept:
            word = Cat(word, C(0, each.first - len(word)), each.reads(values[each.field.name]))
        return Cat(word, C(0, WORD_BITS - len(word)))


def words_of(record: Record, config: Config, apart: Collection[Field] = ()) -> list[RecordWord]:
    """All words of a record; fields `apart` are not kept with the others."""
    kept: list[list[Kept]] = [[] for _ in range(record.size // WORD)]
    for field in record.fields:
        shape = shape_of(field, config)
        if (shape.width and field not in apart) or field == DELAY:
            word, byte = divmod(record.offset(field.name), WORD)
            kept[word].append(Kept(field, 8 * byte, shape, field.mask(config)))
    return [RecordWord(index, tuple(fields)) for index, fields in enumerate(kept)]
