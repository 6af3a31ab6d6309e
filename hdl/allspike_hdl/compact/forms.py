"""What a word of the store reads as in the memory map."""

from amaranth import Cat, Module, Shape, Signal, Value

from allspike.map.config import Config
from allspike.map.device_map import INPUT_PARAMS
from allspike.map.neuron_model import TRACE

from ..map.sizes import bits_for
from ..map.words import RecordWord, words_of
from .store import STORE_BYTES, STORE_WORD

_BYTE = 8


class Forms:
    """Which bits of a word mean something: for each way to read words, a number.

    Attributes
    ----------
    params, state : list of int
        The forms of the words of a neuron's records. The post trace is elsewhere, and reads 0.
    input, weights : int
        Those of an input's parameters, and of synapses.
    shape : Shape
        Of a form.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._words: list[RecordWord] = []
        self.params = [self._number(word) for word in words_of(config.model.params_record, config)]
        self.state = [self._number(word) for word in words_of(config.model.state_record, config, [TRACE])]
        self.input = self._number(*words_of(INPUT_PARAMS.record, config))
        self.weights = len(self._words)
        self.shape = Shape(bits_for(self.weights + 1))

    def _number(self, word: RecordWord) -> int:
        for number, known in enumerate(self._words):
            if known.form == word.form:
                return number
        self._words.append(word)
        return len(self._words) - 1

    def canonical(self, m: Module, form: Value, word: Value) -> Signal:
        """The word as the map has it: bits that are not kept are 0, or repeat the sign."""
        read = Signal(STORE_WORD, name="read")
        with m.Switch(form):
            for number, known in enumerate(self._words):
                with m.Case(number):
                    m.d.comb += read.eq(known.reads({kept.field.name: kept.of(word) for kept in known.kept}))
            with m.Case(self.weights):
                bits = self._config.weight_bits
                weights = (word[_BYTE * k :][:bits] for k in range(STORE_BYTES))
                m.d.comb += read.eq(Cat(Cat(w, w[-1].replicate(_BYTE - bits)) for w in weights))
        return read
