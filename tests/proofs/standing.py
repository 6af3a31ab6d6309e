"""The wide datapath at two points of a step, between its phases: what is in its registers and memories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from amaranth import Array, C, Cat, Module, Mux, Value
from amaranth.lib import data

from allspike.map.config import Config
from allspike.map.flags import NeuronFlag
from allspike_hdl.fabric.undefined import SET
from allspike_hdl.map.sizes import Sizes, bits_for
from allspike_hdl.wide.sequencer import Slot

from .harness import begins_with
from .opened import Opened
from .plain_step import Network

_DATA = {
    "access": "width place synapses__request__payload neurons__request__payload index",
    "access.cursor": "neuron axon at_bit here ready region",
    "scheduler": "rowed",
    "scheduler.relay": "target__payload",
    "inputs": "listing__arriving__payload learns base port__value",
    "walker.sequencer": "slot",
    "walker.host": "access__reply__payload",
    "walker.accumulators": "port__values block_0 block_1",
    "walker.traces": "values value",
    "walker.operands": "row column fades of_post clear contribution factor",
    "walker.multiplier": "products",
    "walker.dither": "dither",
    "walker.dither.generator": "state",
    "walker.rounding.lane_0": "rounded",
    "walker.rounding.lane_1": "rounded",
    "walker.new_weights": "new_weights",
    "population": "sweep__arriving__payload",
    "population.memory": "host_data",
    "population.neuron_0": "total $signal",
    "population.fired_list": "filled taken offered $signal",
    "population.arriving_list": "filled taken offered $signal",
}
"""Registers that may stand at any value, by the path of their part, beside those that no reset reaches. What
there is to say of them, `Standing.holds` says."""


class Point(StrEnum):
    """Of a step, by the scheduler's state."""

    REST = "IDLE"
    SWEEP = "SWEEP"
    """Its first clock."""
    TELL = "WORD"
    """Its first clock after a sweep: who fired is known."""


@dataclass
class Standing:
    """The datapath at a point of a step.

    All its registers that control something have one value there, that after a reset but for `values`; all
    others, and the memories, hold a network and its state.
    """

    config: Config
    opened: Opened
    word: Callable[[str, int], Any]
    """From the path of a memory and an address to the word there."""
    point: Point
    values: Mapping[tuple[str, str], int] = field(init=False)

    def __post_init__(self) -> None:
        sweeping = int(self.point is Point.SWEEP)
        machine = self.opened.machine(path="scheduler")
        self.values = {
            ("walker.sequencer", "restarting"): 0,
            ("inputs", "clearing"): 0,
            ("scheduler", machine.state.name): machine.encoding[self.point],
            ("population", "valid"): sweeping,
            ("population", "busy"): sweeping,
        }

    def begin(self) -> None:
        """Have it stand there at the start."""
        for path, register in self.opened.registers():
            if not register.attrs.keys() & SET.keys():
                begins_with(register, self._value(path, register))

    def rests(self) -> dict[str, Value]:
        """Whether it stands there, apart from the network."""
        found = {}
        for k, (path, register) in enumerate(self.opened.registers()):
            if (value := self._value(path, register)) is not None:
                found[f"{path}.{register.name}.{k}"] = register == value
        return found

    def _value(self, path: str, register: Any) -> int | None:
        """None: any."""
        if register.attrs.keys() & SET.keys():
            return register.init
        if register.reset_less or register.name in _DATA.get(path, "").split():
            return None
        return self.values.get((path, register.name), register.init)

    def holds(self, network: Network) -> dict[str, Value]:
        """Whether it has this network and its state, and nothing else."""
        register = self.opened.register
        slot = data.View(Slot(Sizes(self.config)), register("slot", "walker.sequencer"))
        state = register("state", "walker.dither.generator")
        spiked, learns = self.word("inputs.spiked", 0), self.word("inputs.flags", 0)
        blocks = [register(f"block_{k}", "walker.accumulators") for k in range(2)]
        sums = [blocks[j // 2].word_select(j % 2, len(blocks[0]) // 2) for j in range(self.config.neurons)]
        found = {
            "no_walk_begins": ~slot.first,
            "draws": state == network.draws,
            "inputs": (spiked == 0) & (learns[: self.config.inputs] == Cat(network.learns)),
        }
        if self.point is Point.SWEEP:
            found["first_group"] = register("group", "population")[: bits_for(self.config.neurons)] == 0
            found |= {f"sum_{j}": value.as_signed() == network.acc[j] for j, value in enumerate(sums)}
        else:
            found |= {f"sum_{j}": value == 0 for j, value in enumerate(sums)}
        return found | self._synapses(network) | self._neurons(network) | self._lists(network)

    def _synapses(self, network: Network) -> dict[str, Value]:
        sizes, found = Sizes(self.config), {}
        for i in range(self.config.axons):
            for j in range(self.config.neurons):
                at = (i // 2 * sizes.row_blocks + j // 2) * 2 + i % 2
                held = self.word(f"walker.synapses.bank_{(i ^ j) % 2}.memory", at)
                found[f"synapse_{i}_{j}"] = held == Cat(network.weights[i][j], network.plastic[i][j])
        posts = 1 << (sizes.column_blocks - 1).bit_length()
        for name, first, traces in (("x", 0, network.x), ("y", posts, network.y)):
            for k in range(0, len(traces), 2):
                held = self.word("walker.traces.memory.memory", first + k // 2)
                found[f"{name}_{k}"] = held == Cat(traces[k : k + 2])
        return found

    def _neurons(self, network: Network) -> dict[str, Value]:
        found = {}
        for j in range(self.config.neurons):
            words = (self.word(f"population.memory.params_{k}", j) for k in (0, 1, 7))
            fields = (getattr(network, name)[j] for name in ("bias", "threshold", "delay", "flags"))
            found |= {
                f"parameters_{j}": Cat(words) == Cat(fields),
                f"v_{j}": self.word("population.memory.state_0", j) == network.v[j].as_unsigned(),
                f"way_{j}": self.word("population.delays.memory", j) == network.way[j],
            }
        return found

    def _lists(self, network: Network) -> dict[str, Value]:
        """Who fired and who arrives, in the one list from the sweep to the last word, in the other one from
        the sweep to the next rows.
        """
        neurons = range(self.config.neurons)
        nobody = [C(0, 1) for _ in neurons]
        tags = [
            Cat(network.has(j, flag) for flag in (NeuronFlag.PLASTIC_IN, NeuronFlag.SILENT)) for j in neurons
        ]
        fires = network.fires if self.point is Point.TELL else nobody
        arrives = nobody if self.point is Point.SWEEP else [network.arrives(j) for j in neurons]
        return self._list("fired", fires, tags) | self._list("arriving", arrives, nobody)

    def _list(self, name: str, spikes: list[Value], tags: list[Value]) -> dict[str, Value]:
        """Neurons ascending: the first one is offered and the second one read; but right after the sweep the
        last neuron is at most read.
        """
        path = f"population.{name}_list"
        filled, taken, offered, waiting, offer, read = (
            self.opened.register(register, path)
            for register in ("filled", "taken", "offered", "$signal", "offer", "entry_value")
        )
        total = sum(spikes, C(0))
        late = spikes[-1] & (total == 1) & int(self.point is Point.TELL)
        found = {
            name: Cat(offered == ((total > 0) & ~late), waiting == ((total > 1) | late)).all(),
            f"{name}_rest": (filled - taken)[: len(filled)] == Mux(total > 2, total - 2, 0),
        }
        if self.point is Point.REST and name == "fired":  # what is left from the sweep
            return found | {f"{name}_count": filled <= len(spikes)}
        found[f"{name}_count"] = filled == total
        places = Array([offer, read, *(self.word(f"{path}.memory", k) for k in range(2, len(spikes)))])
        for j, is_there in enumerate(spikes):
            place = sum(spikes[:j], C(0)) + late
            entry = Cat(C(j, bits_for(len(spikes))), tags[j])[: len(offer)]
            found[f"{name}_{j}"] = ~is_there | (places[place] == entry)
        return found


def words_of(m: Module, opened: Opened) -> Callable[[str, int], Any]:
    """Words of memories, each read by a port of its own."""
    known: dict[tuple[str, int], Value] = {}

    def word(path: str, k: int) -> Value:
        if (path, k) not in known:
            port = opened.peek(path, k)
            m.d.comb += port.addr.eq(k)
            known[path, k] = Value.cast(port.data)
        return known[path, k]

    return word
