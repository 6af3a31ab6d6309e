"""The model of a Gowin block RAM: ports of all widths, as UG285 tells them, beside a list of bits."""

from dataclasses import dataclass, field
from random import Random

import numpy as np
import pytest

from .bench import MODULE, ran
from .gowin import MODELS

CLOCKS = 3000
SELECTS = (0, 5)
"""What selects port A, and B."""
WIDTHS = [(w, w) for w in (1, 2, 4, 9, 18, 36)] + [(36, 9), (4, 36), (18, 1)]
KEEPS, NEW, OLD = range(3)
"""What is read at a write: what was read last, what is written, what was there."""
KINDS = [(*widths, write) for widths in WIDTHS for write in (KEEPS, NEW, OLD)]
BUSES = {"DIA": 18, "DIB": 18, "ADA": 14, "ADB": 14, "BLKSELA": 3, "BLKSELB": 3}
LINES = ("CEA", "CEB", "WREA", "WREB", "RESETA", "RESETB")
PINS = BUSES | dict.fromkeys(LINES, 1)
BITS = 18 << 10
HALF = (1 << 18) - 1


@dataclass
class Port:
    """A port: in each clock it reads or writes some bits."""

    width: int
    write: int
    bits: list[int]
    read: int = field(default=0, init=False)

    def clock(self, address: int, data: int, writes: bool) -> None:
        places = self.places(address)
        old = [self.bits[place] for place in places]
        if writes:
            for k, place in enumerate(places):
                if self.width < 18 or address >> k // 9 & 1:
                    self.bits[place] = data >> k & 1
        new = [self.bits[place] for place in places]
        if not (writes and self.write == KEEPS):
            self.read = sum(bit << k for k, bit in enumerate(old if self.write == OLD else new))

    def places(self, address: int) -> range:
        """Addresses count bits, eight a byte; words of whole bytes have the ninth bits, too."""
        byte = address >> 3
        if self.width < 9:
            first = 9 * byte + (address & 7) // self.width * self.width
        else:
            first = 9 * (byte - byte % (self.width // 9))
        return range(first, first + self.width)


def drawn(random: Random) -> list[dict[str, int]]:
    """Lines of each clock. Where one port writes, the other is at another block of 36 bits, if at any."""
    clocks = []
    for _ in range(CLOCKS):
        line = {name: random.getrandbits(width) for name, width in BUSES.items()}
        line |= {name: int(random.random() < 0.7) for name in LINES}
        line |= {f"RESET{side}": int(random.random() < 0.05) for side in "AB"}
        line |= {f"AD{side}": line[f"AD{side}"] & 0x207F for side in "AB"}
        for side, select in zip("AB", SELECTS, strict=True):
            if random.random() < 0.8:
                line[f"BLKSEL{side}"] = select
        if line["ADA"] >> 5 == line["ADB"] >> 5:
            line["ADB"] ^= 1 << 5
        clocks.append(line)
    return clocks


def bench(contents: int) -> str:
    """Memories of all kinds side by side, on the same lines; each has two words of results."""
    ends = np.cumsum(list(PINS.values()))
    places = {name: f"lines[{end - 1}:{end - PINS[name]}]" for name, end in zip(PINS, ends, strict=True)}
    pins = ", ".join(f".{name}({place})" for name, place in places.items())
    text = f"module {MODULE} (input clk, input [95:0] lines, output [{64 * len(KINDS) - 1}:0] results);\n"
    for k, (width_a, width_b, write) in enumerate(KINDS):
        words = f".WIDTH_A({width_a}), .WIDTH_B({width_b}), .WRITE_A({write}), .WRITE_B({write})"
        words += f", .SELECT_A({SELECTS[0]}), .SELECT_B({SELECTS[1]}), .CONTENTS({BITS}'h{contents:x})"
        found = f".DOA(results[{64 * k} +: 18]), .DOB(results[{64 * k + 18} +: 18])"
        text += (
            f"BSRAM #({words}) b{k} ({pins}, .CLKA(clk), .CLKB(clk), .OCEA(1'b1), .OCEB(1'b1), {found});\n"
        )
        text += f"assign results[{64 * k + 36} +: 28] = 0;\n"
    return text + "endmodule\n" + MODELS.read_text("utf-8")


def packed(clocks: list[dict[str, int]]) -> np.ndarray:
    """Lines as the bench takes them, uint32 [clocks, 3]."""
    found = np.zeros((len(clocks), 3), np.uint32)
    for k, line in enumerate(clocks):
        whole, first = 0, 0
        for name, width in PINS.items():
            whole |= line[name] << first
            first += width
        found[k] = [whole >> 32 * word & 0xFFFFFFFF for word in range(3)]
    return found


def expected(kind: tuple[int, int, int], contents: int, clocks: list[dict[str, int]]) -> list[int]:
    """What comes out after each clock: of port A below, where it reads, and of port B."""
    width_a, width_b, write = kind
    bits = [contents >> k & 1 for k in range(BITS)]
    ports = {"A": Port(width_a, write, bits), "B": Port(width_b, write, bits)}
    found = []
    for line in clocks:
        for (side, port), select in zip(ports.items(), SELECTS, strict=True):
            if line[f"CE{side}"] and line[f"BLKSEL{side}"] == select:
                data = line["DIA"] | line["DIB"] << 18 if side == "A" else line["DIB"]
                writes = bool(line[f"WRE{side}"]) and (side, port.width) != ("B", 36)
                port.clock(line[f"AD{side}"], data, writes)
            if line[f"RESET{side}"]:
                port.read = 0
        if width_b == 36:
            found.append(ports["B"].read)
        else:
            found.append(ports["A"].read & HALF | ports["B"].read << 18)
    return found


@pytest.fixture(scope="module")
def contents() -> int:
    return Random(1).getrandbits(BITS)


@pytest.fixture(scope="module")
def clocks() -> list[dict[str, int]]:
    return drawn(Random(2))


@pytest.fixture(scope="module")
def found(contents: int, clocks: list[dict[str, int]]) -> np.ndarray:
    results = ran(bench(contents), packed(clocks), 2 * len(KINDS)).astype(np.uint64)
    return results[:, ::2] | results[:, 1::2] << np.uint64(32)


@pytest.mark.parametrize("kind", KINDS)
def test_a_memory_of_any_width_reads_what_it_woke_up_with_and_what_was_written(
    kind: tuple[int, int, int], contents: int, clocks: list[dict[str, int]], found: np.ndarray
) -> None:
    assert found[:, KINDS.index(kind)].tolist() == expected(kind, contents, clocks)
