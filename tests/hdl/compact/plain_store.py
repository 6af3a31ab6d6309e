"""The store as a part of the datapath sees it: two sides of plain words, anything where nothing was read."""

import random
from typing import Any

from allspike.map.config import SINGLE_PORT_LANES, Config, Memory
from allspike_hdl.compact.layout import StoreLayout

SIDES = 2
WORD = 32


BLOCK = 4
"""Synapses in a word."""


def build(neurons: int, inputs: int, plasticity: bool = True, weight_bits: int = 7, **options: Any) -> Config:
    """A build of the compact core."""
    return Config(
        neurons=neurons, inputs=inputs, plasticity=plasticity, lanes=SINGLE_PORT_LANES[plasticity],
        weight_bits=weight_bits, memory=Memory.SINGLE_PORT, **options,
    )  # fmt: skip


def place(config: Config, axon: int, neuron: int) -> tuple[int, int]:
    """Entry and side of a synapse: see `StoreLayout`."""
    block, blocks = neuron // BLOCK, config.neurons // BLOCK
    if config.plasticity:
        return axon // 2 * blocks + block, (block ^ axon) % 2
    return (axon * blocks + block) // 2, block % 2


class PlainStore:
    """Words that were there before anything was written, by side and entry."""

    def __init__(self, config: Config, rng: random.Random) -> None:
        self.layout = StoreLayout(config)
        self.rng = rng
        self.words = [
            [rng.getrandbits(WORD) for _ in range(1 << self.layout.entry_bits)] for _ in range(SIDES)
        ]
        self.records = (1 << self.layout.entry_bits) - 8 * config.neurons
        """The entry of the first neuron's record: the last are the neurons'."""

    def serve(self, asks: Any) -> list[int]:
        """Do what is asked in a clock; the words of both sides in the next."""
        values = []
        for side, words in enumerate(self.words):
            entry = asks.entries[side]
            if asks.write >> side & 1:
                bits = sum(0xFF << 8 * k for k in range(4) if asks.mask >> k & 1)
                words[entry] = words[entry] & ~bits | asks.data & bits
                values.append(self.rng.getrandbits(WORD))
            else:
                values.append(words[entry])
        return values
