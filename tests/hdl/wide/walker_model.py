"""What walk commands do, in Python's integers: docs/model.md, phases 2, 4 and 5, one command at a time."""

from dataclasses import dataclass, field
from random import Random

from allspike.map.config import Config
from tests.host.model import (
    MINUS_NEGATIVE,
    NEAREST_ROUNDING,
    PLUS_NEGATIVE,
    Generator,
    Traces,
    change,
)

SEED_LEARNING = 0x9E3779B9
ROW, COLUMN, FIRED, FADE = range(4)
RULE = (
    "gain", "flags", "x_kind", "y_kind", "plus_shift", "minus_shift", "x_window", "y_window", "x_increment",
    "y_increment", "x_decay", "y_decay", "x_target", "w_min", "w_max",
)  # fmt: skip


@dataclass
class WalkerModel:
    """Synapses, accumulators and traces of a core."""

    config: Config
    seed: int
    rule: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RULE, 0))

    def __post_init__(self) -> None:
        n, a = self.config.neurons, self.config.axons
        self.acc_bits = self.config.weight_bits + (a - 1).bit_length()
        self.weights = [[0] * n for _ in range(a)]
        self.plastic = [[0] * n for _ in range(a)]
        self.restart()

    def restart(self) -> None:
        n, a, top = self.config.neurons, self.config.axons, self.config.trace_max
        self.x, self.y = Traces(a, top), Traces(n, top)
        self.acc = [0] * n
        self.updates = 0
        self.dither = Generator(self.seed ^ SEED_LEARNING)
        self.take(self.rule)

    def take(self, rule: dict[str, int]) -> None:
        self.rule = rule
        for side, traces in (("x", self.x), ("y", self.y)):
            traces.kind, traces.inc = rule[f"{side}_kind"], rule[f"{side}_increment"]
            traces.factor, traces.window = rule[f"{side}_decay"], rule[f"{side}_window"]

    def do(self, kind: int, index: int, learn: int) -> None:
        if kind == ROW:
            self._row(index, learn)
        elif kind == COLUMN:
            self._column(index)
        elif kind == FIRED:
            self.y.spike(index)
        else:
            self.x.fade()
            self.y.fade()

    def _row(self, i: int, learn: int) -> None:
        half = 1 << self.acc_bits - 1  # only an axon that arrives twice in a step can go beyond
        sums = [acc + w for acc, w in zip(self.acc, self.weights[i], strict=True)]
        self.acc = [(total + half) % (2 * half) - half for total in sums]
        if learn:
            gain = self.rule["gain"] * (-1 if self.rule["flags"] & MINUS_NEGATIVE else 1)
            r = self._draw()
            for j in range(self.config.neurons):
                if self.plastic[i][j]:
                    q = change(self.y.contribution(j), gain, self.rule["minus_shift"])
                    self._learn(i, j, -self._round(q, r, j))
        if self.config.plasticity:
            self.x.spike(i)

    def _column(self, j: int) -> None:
        gain = self.rule["gain"] * (-1 if self.rule["flags"] & PLUS_NEGATIVE else 1)
        r = self._draw()
        for i in range(self.config.axons):
            if self.plastic[i][j]:
                e = self.x.contribution(i) - self.rule["x_target"]
                self._learn(i, j, self._round(change(e, gain, self.rule["plus_shift"]), r, i))

    def _draw(self) -> int:
        return 0 if self.rule["flags"] & NEAREST_ROUNDING else self.dither.top(8)

    def _round(self, q: int, r: int, k: int) -> int:
        u = 128 if self.rule["flags"] & NEAREST_ROUNDING else (r + 159 * k) % 256
        return (q + u) // 256

    def _learn(self, i: int, j: int, n: int) -> None:
        self.updates += 1
        if n:
            w = self.weights[i][j] + n
            self.weights[i][j] = min(max(w, self.rule["w_min"]), self.rule["w_max"])


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
