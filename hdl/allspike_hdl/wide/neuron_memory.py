"""Parameters and state of the neurons: a memory for each word of the map's records."""

from collections.abc import Mapping
from dataclasses import dataclass

from amaranth import C, Cat, Module, Mux, Shape, Signal, Value, signed, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config
from allspike.map.device_map import NeuronFlag
from allspike.map.lif import LIF
from allspike.map.record import Record

from ..fabric.read_port import ATTRIBUTES, read_port
from ..map.sizes import Sizes, bits_for

WORD_BYTES = 4
HALF_BYTES = WORD_BYTES // 2
WORD_BITS = 8 * WORD_BYTES
MUX_BITS = 2
"""Bits of a word's number that the first stage of the host's read multiplexer takes."""


class NeuronParams(data.StructLayout):
    """The parameters of a neuron, each at the width that a store keeps (docs/model.md).

    `delay` keeps its low bits alone: `max_delay` is kept as 0, and so is what power-on leaves.
    """

    def __init__(self, config: Config) -> None:
        state, magnitude = signed(config.state_bits), unsigned(config.state_bits - 1)
        super().__init__(
            {
                "threshold": state,
                "reset": state,
                "bias": state,
                "leak": magnitude,
                "adapt_increment": magnitude,
                "beta": 16,
                "alpha": 16,
                "adapt_decay": 16,
                "adapt_period": 5,
                "refractory": 8,
                "delay": (config.max_delay - 1).bit_length(),
                "flags": max(NeuronFlag).bit_length(),
            }
        )


class NeuronState(data.StructLayout):
    """The state of a neuron, but for its post trace, which lies beside the synapses."""

    def __init__(self, config: Config) -> None:
        state = signed(config.state_bits)
        super().__init__({"v": state, "i": state, "a": config.state_bits - 1, "refractory": 8})


@dataclass(frozen=True)
class NeuronTiming:
    """When a neuron's pipeline takes and gives each field, in clocks from its start.

    Fields that share a word of the map are taken, and given, in the same clock.
    """

    params: Mapping[str, int]
    state: Mapping[str, int]
    next: Mapping[str, int]
    fired: int


class NeuronWords(data.StructLayout):
    """What the host asks of the memory: one word of the map; see `NeuronAccess`."""

    def __init__(self, sizes: Sizes) -> None:
        lane_bits = bits_for(sizes.config.neuron_lanes)
        super().__init__({"state": 1, "word": 3, "lane": lane_bits, "write": 1, "data": WORD_BITS})


@dataclass(frozen=True)
class _Word:
    """What a build keeps of one word of a record."""

    record: Record
    index: int
    kept: Mapping[str, Shape]

    @staticmethod
    def all_of(record: Record, kept: data.StructLayout) -> "list[_Word]":
        """The words of a record of which something is kept."""
        words: dict[int, dict[str, Shape]] = {}
        for name, field in kept:
            words.setdefault(record.offset(name) // WORD_BYTES, {})[name] = Shape.cast(field.shape)
        return [_Word(record, index, fields) for index, fields in sorted(words.items())]

    def _offset(self, name: str) -> int:
        """First bit of a field in the word, moved down by a lower half of which nothing is kept."""
        offsets = {each: self.record.offset(each) % WORD_BYTES for each in self.kept}
        return 8 * (offsets[name] - min(offsets.values()) // HALF_BYTES * HALF_BYTES)

    def pack(self, word: Value) -> Value:
        """The bits that are kept of a word of the map."""
        return Cat(word[self._offset(name) :][: shape.width] for name, shape in self.kept.items())

    def unpack(self, kept: data.View, config: Config) -> Value:
        """The word of the map that reads from the bits that are kept."""
        word = C(0, 0)
        for name in sorted(self.kept, key=self._offset):
            value = Value.cast(kept[name])
            if name == "delay":
                value = Cat(value, ~value.any()) if len(value) else C(config.max_delay)
            size = 8 * self.record.dtype[name].itemsize
            sign = value[-1] if value.shape().signed else C(0, 1)
            word = Cat(word, C(0, self._offset(name) - len(word)))
            word = Cat(word, value, sign.replicate(size - len(value)))
        return Cat(word, C(0, WORD_BITS - len(word)))


class NeuronMemory(wiring.Component):
    """Holds `NeuronParams` and `NeuronState` of every neuron, `neuron_lanes` of them (a group) abreast.

    A sweep's groups pass through a chain of stages; each word is read at the stage that hands it to the
    neuron when its pipeline takes it, and so no field waits in registers.

    Parameters
    ----------
    timing
        Of the neuron.
    lead
        Stage in which the neuron's pipeline starts; a field that it takes in clock k is read at stage
        lead + k - 1 and one that it gives in clock k written at stage lead + k.

    Members
    -------
    group : In(ArrayLayout(group_bits, stages))
        The group in each stage.
    params, state : Out(ArrayLayout(NeuronParams or NeuronState, neuron_lanes))
        Straight from memory, one clock after the field's reading stage.
    next : In(ArrayLayout(NeuronState, neuron_lanes))
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
        config = sizes.config
        self._sizes, self._timing, self._lead = sizes, timing, lead
        self._lanes = config.neuron_lanes
        self._depth = max(2, config.neurons // self._lanes)
        params, state = NeuronParams(config), NeuronState(config)
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
        config = self._sizes.config
        of_params = _Word.all_of(LIF.params_record, NeuronParams(config))
        of_state = _Word.all_of(LIF.state_record, NeuronState(config))
        words = {(0, word.index): self._params_word(m, word) for word in of_params}
        words |= {(1, word.index): self._state_word(m, word) for word in of_state}
        self._host_read(m, words)
        return m

    def _params_word(self, m: Module, word: _Word) -> Value:
        read, write = self._memory(
            m, f"params_{word.index}", word, self._stage(word, self._timing.params, -1)
        )
        write_lanes = self._host_lanes(0, word)
        m.d.comb += [write.addr.eq(self.group[0]), write.en.eq(write_lanes)]
        for lane in range(self._lanes):
            m.d.comb += Value.cast(write.data[lane]).eq(word.pack(self.host.data))
            for name in word.kept:
                m.d.comb += self.params[lane][name].eq(read.data[lane][name])
        if "flags" in word.kept:
            with m.If(self.look):
                m.d.comb += [read.addr.eq(self.look_group), read.en.eq(self.look_enable)]
        return self._host_lane(word, read.data)

    def _state_word(self, m: Module, word: _Word) -> Value:
        read, write = self._memory(m, f"state_{word.index}", word, self._stage(word, self._timing.state, -1))
        (name,) = word.kept
        host_lanes = self._host_lanes(1, word)
        m.d.comb += [
            write.addr.eq(self.group[self._stage(word, self._timing.next, 0)]),
            write.en.eq(self.write[name] | host_lanes),
        ]
        for lane in range(self._lanes):
            m.d.comb += [
                Value.cast(write.data[lane]).eq(
                    Mux(
                        self.write[name].any(),
                        Mux(self.clear, 0, self.next[lane][name]),
                        word.pack(self.host.data),
                    )
                ),
                self.state[lane][name].eq(read.data[lane][name]),
            ]
        return self._host_lane(word, read.data)

    def _stage(self, word: _Word, clocks: Mapping[str, int], ahead: int) -> int:
        """The stage at which a word is read or written."""
        (clock,) = {clocks[name] for name in word.kept}
        return self._lead + clock + ahead

    def _memory(self, m: Module, name: str, word: _Word, stage: int):
        shape = data.ArrayLayout(data.StructLayout(word.kept), self._lanes)
        m.submodules[name] = memory = Memory(shape=shape, depth=self._depth, init=[], attrs=ATTRIBUTES)
        # In a sweep a group is in one stage only, and so never read and written in one clock; the host's is
        # in all of them, but is looked at long after a write.
        read, write = read_port(m, memory, name), memory.write_port(granularity=1)
        m.d.comb += read.addr.eq(self.group[stage])
        return read, write

    def _host_lanes(self, state: int, word: _Word) -> Value:
        """Lanes of the word that the host writes now."""
        chosen = self.host.write & (self.host.state == state) & (self.host.word == word.index)
        return Cat(chosen & (self.host.lane == lane) for lane in range(self._lanes))

    def _host_lane(self, word: _Word, kept: data.View) -> Value:
        lanes = [word.unpack(kept[lane], self._sizes.config) for lane in range(self._lanes)]
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


def _select(values: list[Value], index: Value) -> Value:
    """`values[index]`."""
    chosen = values[0]
    for k, value in enumerate(values[1:], 1):
        chosen = Mux(index == k, value, chosen)
    return chosen
