"""Garbage for the gateware's receiver, and what a model of the device makes of the same bytes.

python -m tests.link_rtl.fuzz [BYTES]
"""

import struct
import sys
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from cobs import cobs

from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from tests.link.faults import Faults
from tests.link.model import READ, WRITE, WRITE_PACKED, Model

from .boards import CONFIG, VIRTUAL

BEYOND = 0.1
"""Share of requests for the very end of a region's addresses, or of all there are, and past it."""
LAST = 0xFF << 24
SPAN = 300
"""Bytes of garbage between two requests that have to be answered, about."""
PATIENCE = 0.05
"""Seconds of the board after which a request counts as unanswered: 10 times what any takes."""
KINDS = ("random", "no end", "valid", "damaged", "cut", "zeros", "long")
SHARES = (0.16, 0.16, 0.16, 0.16, 0.16, 0.16, 0.04)
TARGETS = (dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.TRACES, dm.WEIGHTS, dm.PLASTIC, dm.LEARNING)
"""Regions that valid requests write; those that let the core run stay as they are."""


def sealed(body: bytes) -> bytes:
    """A frame, ready for the line."""
    return cobs.encode(body + struct.pack("<I", zlib.crc32(body))) + b"\0"


@dataclass
class Garbage:
    """Random and mutated bytes, from a seed; some valid requests among them."""

    seed: int
    kinds: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        self._damage = Faults(self.seed, 0.02)

    def request(self) -> bytes:
        """A valid request, carried out or refused."""
        rng = self._random
        region = TARGETS[rng.integers(len(TARGETS))]
        size = int(rng.integers(1, 40))
        address = region.base + int(rng.integers(max(region.size(CONFIG), 1) + 4))
        if rng.random() < BEYOND:
            address = int(rng.choice((region.base, LAST))) + (1 << 24) - int(rng.integers(1, 60))
        operation = int(rng.integers(7))
        body = struct.pack("<HBI", rng.integers(1 << 16), operation, address)
        if operation == WRITE:
            return sealed(body + rng.bytes(size))
        if operation == WRITE_PACKED:
            return sealed(body + struct.pack("<I", size) + bytes((0xC0 + size - 1, int(rng.integers(256)))))
        return sealed(body + struct.pack("<I", size) + (rng.bytes(2) if rng.random() < 0.1 else b""))

    def long(self) -> bytes:
        """A frame of about the most bytes that have room: a WRITE with a right CRC or not, or no frame."""
        rng = self._random
        head = struct.pack("<HBI", rng.integers(1 << 16), WRITE, dm.WEIGHTS.base)
        data = rng.bytes(VIRTUAL.buffer // 2 - len(head) - 4 + int(rng.integers(-2, 3)))
        frame = b"\0" + sealed(head + data)
        return {"whole": frame, "cut": frame[:-2] + b"\0", "damaged": self._damage(frame)}[
            str(rng.choice(("whole", "cut", "damaged")))
        ]

    def next(self) -> bytes:
        """Some bytes for the line."""
        rng = self._random
        out = b""
        while len(out) < SPAN:
            kind = str(rng.choice(KINDS, p=SHARES))
            self.kinds[kind] += 1
            size = int(rng.integers(1, 60))
            out += {
                "random": lambda size=size: rng.bytes(size),
                "no end": lambda size=size: bytes(rng.integers(1, 256, size, np.uint8)),
                "valid": lambda size=size: b"\0" + self.request(),
                "damaged": lambda size=size: self._damage(self.request()),
                "cut": lambda size=size: self.request()[:size],
                "zeros": lambda size=size: bytes(size % 4),
                "long": self.long,
            }[kind]()
        return out


class Trial:
    """A board and a model, both just powered on."""

    def __init__(self) -> None:
        self.board = VIRTUAL.power_on()
        self.board.set_rate(VIRTUAL.baud)
        self.model = Model(EmulatorBus(CONFIG), VIRTUAL.buffer, divisor=round(VIRTUAL.clock / VIRTUAL.baud))
        self.bytes = self.answers = 0
        self._came = b""

    def send(self, data: bytes, mark: int) -> None:
        """Send, then ask for the identity; everything up to its answer has to be what the model says."""
        data += b"\0" + sealed(struct.pack("<HBII", mark, READ, dm.IDENTITY.base, 32))
        expected = self.model.feed(data)
        self.board.send(data)
        self.bytes += len(data)
        began = self.board.time
        while self._came.count(b"\0") < len(expected):
            came = self.board.receive(PATIENCE)
            self._came += came
            assert came or self.board.time - began < PATIENCE + len(data) * 10 / VIRTUAL.baud, (
                f"not in step again after {self.bytes} bytes"
            )
        *found, self._came = self._came.split(b"\0")
        assert [one + b"\0" for one in found] == expected, f"another answer before byte {self.bytes}"
        self.answers += len(found)

    def check(self) -> None:
        """What is held is what valid requests wrote, and the counts are the model's."""
        digests = b"".join(
            sealed(struct.pack("<HBII", k, 4, region.base, region.size(CONFIG)))
            for k, region in enumerate(TARGETS)
        )
        self.send(digests, 0xFFFF)
        self.send(sealed(struct.pack("<HBII", 1, READ, 0x05000000, 28)), 0xFFFF)


def run(count: int, seed: int = 0) -> tuple[Trial, Garbage]:
    """Send `count` bytes and more."""
    trial, garbage = Trial(), Garbage(seed)
    mark = 0
    while trial.bytes < count:
        mark = (mark + 1) % (1 << 16)
        trial.send(garbage.next(), mark)
    trial.check()
    return trial, garbage


if __name__ == "__main__":
    began = time.monotonic()
    trial, garbage = run(int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000)
    print(
        f"{trial.bytes:,} bytes ({dict(garbage.kinds)}), {trial.answers:,} answers as the model's, "
        f"counts {trial.model.counts}, in {time.monotonic() - began:.0f} s"
    )
