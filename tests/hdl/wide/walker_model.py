"""What walk commands do, by the reference: docs/model.md, phases 2, 4 and 5, one command at a time."""

from random import Random

from allspike.map.config import Config
from allspike.map.device_map import LEARNING
from tests.reference.learning import Synapses

ROW, COLUMN, FIRED, FADE = range(4)
RULE = LEARNING.record.names


class WalkerModel(Synapses):
    """Synapses and traces of a core, and its accumulators."""

    def __init__(self, config: Config, seed: int) -> None:
        super().__init__(config)
        self.acc_bits = config.weight_bits + (config.axons - 1).bit_length()
        self.seed = seed
        self.rule = dict.fromkeys(RULE, 0)
        self.begin()

    def begin(self) -> None:
        """What a restart leaves."""
        self.restart(self.seed)
        self.acc = [0] * self.config.neurons

    def do(self, kind: int, index: int, learn: int) -> None:
        if kind == ROW:
            self._arrive(index, learn)
        elif kind == COLUMN:
            self.potentiate(index)
        elif kind == FIRED:
            self.y.spike(index)
        else:
            self.fade()

    def _arrive(self, i: int, learn: int) -> None:
        half = 1 << self.acc_bits - 1  # only an axon that arrives twice in a step can go beyond
        sums = [acc + w for acc, w in zip(self.acc, self.weights[i], strict=True)]
        self.acc = [(total + half) % (2 * half) - half for total in sums]
        if learn:
            self.depress(i)
        if self.config.plasticity:
            self.x.spike(i)


def random_rule(random: Random, config: Config) -> dict[str, int]:
    """A learning rule, extremes more often than chance has them."""
    top = config.trace_max
    trace = [0, 1, top // 3, top - 1, top]
    low, high = config.weight_min, config.weight_max
    bounds = [low, high, random.randint(low, high), random.randint(low, high)]
    return {
        "gain": random.choice([-128, 127, 64, -1, 1, random.randint(-128, 127)]),
        "flags": random.choice([0, 0, 1, 2, 4, 6, 7]),
        "x_kind": random.randrange(3),
        "y_kind": random.randrange(3),
        "plus_shift": random.choice([random.randrange(32), random.randint(2, 14)]),
        "minus_shift": random.choice([random.randrange(32), random.randint(2, 14)]),
        "x_window": random.choice([0, 1, 2, 127]),
        "y_window": random.choice([0, 1, 2, 127]),
        "x_increment": random.choice([*trace, random.randint(0, top)]),
        "y_increment": random.choice([*trace, random.randint(0, top)]),
        "x_decay": random.choice([0, 0x7FFF, 0x8000, 0xFFFF, random.randint(0x4000, 0x7FFF)]),
        "y_decay": random.choice([0, 0x7FFF, 0x8000, 0xFFFF, random.randint(0x4000, 0x7FFF)]),
        "x_target": random.choice([0, 0, *trace, random.randint(0, top)]),
        "w_min": random.choice([low, low, *bounds]),
        "w_max": random.choice([high, high, *bounds]),
    }


def random_step(random: Random, config: Config) -> list[tuple[int, int, int]]:
    """The commands of one step, as the core gives them: rows and firings ascend."""
    density = random.choice([0.1, 0.5, 1.0])
    arriving = [i for i in range(config.axons) if random.random() < density]
    commands = [(ROW, i, random.randrange(2) * config.plasticity) for i in arriving]
    if config.plasticity:
        for j in range(config.neurons):
            if random.random() < density:
                commands += [(COLUMN, j, 0)] * random.randrange(2) + [(FIRED, j, 0)]
        commands.append((FADE, 0, 0))
    return commands


def random_commands(random: Random, config: Config, count: int) -> list[tuple[int, int, int]]:
    """Commands in any order, the same index again and again."""
    few = random.choice([1, 2, 3, 1 << 15])
    kinds = random.choice([(ROW,), (COLUMN, FIRED), (ROW, COLUMN), (ROW, COLUMN, FIRED, FADE)])
    commands = []
    for _ in range(count):
        kind = random.choice(kinds) if config.plasticity else ROW
        index = random.randrange(min(few, config.axons if kind == ROW else config.neurons))
        commands.append((kind, index, random.randrange(2) * config.plasticity))
    return commands
