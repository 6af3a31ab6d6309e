"""The virtual board's line: bytes keep their order and take their time, whatever stands at the other end."""

from pathlib import Path

import pytest
from amaranth import ClockDomain, ClockSignal, Module
from amaranth.back import verilog
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.errors import ParameterError
from allspike_sim.board import Board
from allspike_sim.verilate import MODULE, Toolchain, library
from allspike_sim.virtual import DRIVER, Virtual

CLOCK = 12e6
BAUD = 1e6
BYTE = 10 / BAUD


class Echo(wiring.Component):
    """Sends every level back, a clock later."""

    clk: In(1)
    rx: In(1)
    tx: Out(1, init=1)

    def elaborate(self, platform):
        m = Module()
        m.domains.sync = ClockDomain(reset_less=True)
        m.d.comb += ClockSignal().eq(self.clk)
        m.d.sync += self.tx.eq(self.rx)
        return m


@pytest.fixture(scope="module")
def echo() -> Path:
    text = verilog.convert(Echo(), name=MODULE, emit_src=False, strip_internal_attrs=True)
    return library(text, Toolchain(), driver=DRIVER)


def received(board: Board, count: int) -> bytes:
    """The next `count` bytes."""
    data = b""
    while len(data) < count:
        came = board.receive(1000 * BYTE)
        assert came, f"after {len(data)} bytes nothing comes"
        data += came
    return data


@pytest.mark.parametrize("baud", [BAUD, 115_200, 2_999_999.5])
@pytest.mark.parametrize("latency", [0, 1e-3])
def test_bytes_come_back_in_their_time(echo: Path, baud: float, latency: float) -> None:
    board = Board(echo, CLOCK, latency)
    board.set_rate(baud)
    sent = bytes(range(256)) * 2
    began = board.time
    board.send(sent)
    assert received(board, len(sent)) == sent
    spent = board.time - began
    needed = 2 * latency + len(sent) * 10 / baud
    assert needed - 1 / baud < spent < needed + 4e-4 + 30 / baud


def test_a_pause_passes_on_what_has_come(echo: Path) -> None:
    board = Board(echo, CLOCK)
    board.set_rate(BAUD)
    board.send(b"a")
    assert board.receive(100 * BYTE) == b"a"
    assert board.receive(100 * BYTE) == b""


def test_a_break_loses_itself_and_nothing_after_it(echo: Path) -> None:
    board = Board(echo, CLOCK)
    board.set_rate(BAUD)
    board.send(b"before")
    board.send_break(0.001)
    board.send(b"after")
    assert received(board, 11) == b"beforeafter"


def test_time_passes_while_nothing_moves(echo: Path) -> None:
    board = Board(echo, CLOCK)
    began = board.time
    assert board.receive(0.05) == b""
    assert board.time - began >= 0.05


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("allspike://", {}),
        ("allspike://core96", {"clock": 4_000_000, "baud": 1_000_000}),
        ("allspike://core96?clock=460800", {"baud": 115_200}),
        ("allspike://core96?clock=48e6", {"baud": 1_000_000}),
        ("allspike://core96?baud=3e6", {"clock": 12_000_000}),
        ("allspike://core96?clock=24e6&baud=3000000", {"clock": 24_000_000, "baud": 3_000_000}),
        ("allspike://?latency=0.01&waves=x.vcd", {"latency": 0.01, "waves": Path("x.vcd")}),
    ],
)
def test_a_url_tells_the_board(url: str, expected: dict) -> None:
    virtual = Virtual.from_url(url)
    assert {name: getattr(virtual, name) for name in expected} == expected
    assert virtual.config.neurons == (96 if "core96" in url else 256)


@pytest.mark.parametrize(
    "url",
    [
        "allspike://no-such",
        "allspike://?speed=3",
        "allspike://?clock=fast",
        "allspike://?config=x",
        "allspike://?clock=12e6&baud=5000000",
        "allspike://?clock=1000",
        "allspike://?clock=25e6&baud=3000000",
        "allspike://?latency=7",
    ],
)
def test_what_a_url_cannot_mean_is_refused(url: str) -> None:
    with pytest.raises(ParameterError):
        Virtual.from_url(url)
