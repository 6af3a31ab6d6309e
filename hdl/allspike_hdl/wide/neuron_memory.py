"""Parameters and state of the neurons: a memory for each word of the map's records."""

from collections.abc import Mapping

from amaranth import C, Cat, Module, Mux, Signal, Value, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from allspike.map.neuron_model import DELAY, FLAGS, TRACE

from ..fabric.read_port import ATTRIBUTES, read_port
from ..fabric.target import Target
from ..map.sizes import Sizes, bits_for
from ..map.words import WORD_BITS, RecordWord, shape_of, words_of
from ..neurons.gateware import FLAGS_AHEAD, NeuronTiming

HALF_BITS = WORD_BITS // 2
MUX_BITS = 2
"""Bits of a word's number that the first stage of the host's read multiplexer takes."""


class NeuronWords(data.StructLayout):
    """What the host asks of the memory: one word of the map; see `NeuronAccess`."""

    def __init__(self, sizes: Sizes) -> None:
        lane_bits = bits_for(sizes.config.neuron_lanes)
        super().__init__({"state": 1, "word": 3, "lane": lane_bits, "write": 1, "data": WORD_BITS})


class NeuronMemory(wiring.Component):
    """Holds parameters and state of every neuron, `neuron_lanes` of them (a group) abreast.

    Of the model's fields, of delay and flags, not of the post trace, which lies beside the synapses.

    A sweep's groups pass through a chain of stages; each word is read at the stage that hands it to the
    neuron when its pipeline takes it, and so no field waits in registers.

    Parameters
    ----------
    timing
        Of the neuron's pipeline.
    lead
        Stage in which the neuron's pipeline starts; a field that it takes in clock k is read at stage
        lead + k - 1 and one that it gives in clock k written at stage lead + k.

    Members
    -------
    group : In(ArrayLayout(group_bits, stages))
        The group in each stage.
    params, state : Out(ArrayLayout(StructLayout, neuron_lanes))
        Straight from memory, one clock after the field's reading stage; delay and flags `FLAGS_AHEAD` clocks
        before it is known who fires.
    next : In(ArrayLayout(StructLayout, neuron_lanes))
    write : In(StructLayout)
        Per field of the state, the lanes of `next` to be stored.
    clear : In(1)
        What is stored is 0 instead.
    look : In(1), look_group : In, look_enable : In(1)
        While `look` is high, `params.flags` is of `look_group`, from one clock after `look_enable`.
    host : In(NeuronWords)
        One word of the group, which must lie in all stages. A write acts at once.
    host_data : Out(32)
        The word, two clocks after it was asked for with its group in all stages.
    """

    def __init__(self, sizes: Sizes, timing: NeuronTiming, lead: int) -> None:
        config, model = sizes.config, sizes.config.model
        late = timing.fired - FLAGS_AHEAD
        self._lead = lead
        self._params = {**timing.params, DELAY.name: late, FLAGS.name: late}
        self._state, self._next = timing.state, timing.next
        self._params_words = words_of(model.params_record, config)
        self._state_words = words_of(model.state_record, config, apart=[TRACE])
        self._lanes = config.neuron_lanes
        self._depth = max(2, config.neurons // self._lanes)
        params = data.StructLayout({f.name: shape_of(f, config) for f in (*model.params, DELAY, FLAGS)})
        state = data.StructLayout({f.name: shape_of(f, config) for f in model.state})
        group = unsigned(bits_for(self._depth))
        super().__init__(
            {
                "group": In(data.ArrayLayout(group, lead + timing.fired + 1)),
                "params": Out(data.ArrayLayout(params, self._lanes)),
                "state": Out(data.ArrayLayout(state, self._lanes)),
                "next": In(data.ArrayLayout(state, self._lanes)),
                "write": In(data.StructLayout({name: self._lanes for name, _ in state})),
                "clear": In(1),
                "look": In(1),
                "look_group": In(group),
                "look_enable": In(1),
                "host": In(NeuronWords(sizes)),
                "host_data": Out(WORD_BITS),
            }
        )

    def elaborate(self, platform):
        m = Module()
        self._target = Target.of(platform)
        words = {(0, word.index): self._params_word(m, word) for word in self._params_words if word.kept}
        words |= {(1, word.index): self._state_word(m, word) for word in self._state_words if word.kept}
        self._host_read(m, words)
        return m

    def _params_word(self, m: Module, word: RecordWord) -> Value:
        read, write = self._memory(m, f"params_{word.index}", word, self._stage(word, self._params) - 1)
        m.d.comb += [write.addr.eq(self.group[0]), write.en.eq(self._host_lanes(0, word))]
        for lane in range(self._lanes):
            m.d.comb += Value.cast(write.data[lane]).eq(self._packed(word))
            for name in word.names:
                m.d.comb += self.params[lane][name].eq(read.data[lane][name])
        if FLAGS.name in word.names:
            with m.If(self.look):
                m.d.comb += [read.addr.eq(self.look_group), read.en.eq(self.look_enable)]
        return self._host_lane(word, read.data)

    def _state_word(self, m: Module, word: RecordWord) -> Value:
        read, write = self._memory(m, f"state_{word.index}", word, self._stage(word, self._state) - 1)
        # Fields of a word are stored together.
        stored = self.write[word.names[0]]
        m.d.comb += [
            write.addr.eq(self.group[self._stage(word, self._next)]),
            write.en.eq(stored | self._host_lanes(1, word)),
        ]
        for lane in range(self._lanes):
            new = Cat(self.next[lane][name] for name in word.names)
            m.d.comb += Value.cast(write.data[lane]).eq(
                Mux(stored.any(), Mux(self.clear, 0, new), self._packed(word))
            )
            for name in word.names:
                m.d.comb += self.state[lane][name].eq(read.data[lane][name])
        return self._host_lane(word, read.data)

    def _stage(self, word: RecordWord, clocks: Mapping[str, int]) -> int:
        """The stage at which a word is given, or handed over."""
        (clock,) = {clocks[name] for name in word.names}
        return self._lead + clock

    def _memory(self, m: Module, name: str, word: RecordWord, stage: int):
        fields = data.StructLayout({each.field.name: each.shape for each in word.kept})
        shape = data.ArrayLayout(fields, self._lanes)
        m.submodules[name] = memory = Memory(shape=shape, depth=self._depth, init=[], attrs=ATTRIBUTES)
        # In a sweep a group is in one stage only, and so never read and written in one clock; the host's is
        # in all of them, but is looked at long after a write.
        write = memory.write_port(granularity=1)
        read = read_port(m, memory, write, name, self._target)
        m.d.comb += read.addr.eq(self.group[stage])
        return read, write

    def _packed(self, word: RecordWord) -> Value:
        """What is kept of the host's word."""
        return Cat(each.of(self.host.data << _moved(word)) for each in word.kept)

    def _host_lanes(self, state: int, word: RecordWord) -> Value:
        """Lanes of the word that the host writes now."""
        chosen = self.host.write & (self.host.state == state) & (self.host.word == word.index)
        return Cat(chosen & (self.host.lane == lane) for lane in range(self._lanes))

    def _host_lane(self, word: RecordWord, kept: data.View) -> Value:
        lanes = [word.reads(kept[lane])[_moved(word) :] for lane in range(self._lanes)]
        return _select(lanes, self.host.lane)

    def _host_read(self, m: Module, words: Mapping[tuple[int, int], Value]) -> None:
        """The word that the host asks for, chosen in two clocks."""
        low = self.host.word[:MUX_BITS]
        high = Cat(self.host.word[MUX_BITS:], self.host.state)
        parts: dict[int, Signal] = {}
        for (state, index), value in words.items():
            part = (index | state << len(self.host.word)) >> MUX_BITS
            if part not in parts:
                parts[part] = Signal(WORD_BITS, name=f"host_part_{part}", reset_less=True)
                m.d.sync += parts[part].eq(0)
            with m.If(low == index % (1 << MUX_BITS)):
                m.d.sync += parts[part].eq(value)
        chosen = C(0, WORD_BITS)
        for part, value in parts.items():
            chosen = Mux(high == part, value, chosen)
        m.d.sync += self.host_data.eq(chosen)


def _moved(word: RecordWord) -> int:
    """A word of which the lower half is elsewhere has its upper half in that place."""
    return min(each.first for each in word.kept) // HALF_BITS * HALF_BITS


def _select(values: list[Value], index: Value) -> Value:
    """`values[index]`."""
    chosen = values[0]
    for k, value in enumerate(values[1:], 1):
        chosen = Mux(index == k, value, chosen)
    return chosen
