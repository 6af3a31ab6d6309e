"""The virtual board's clock and rate: what this machine holds, told by the terminal to whoever opens it."""

import os
import termios
from pathlib import Path

import pytest

import allspike_sim.pace
from allspike.cli import main
from allspike.errors import DeviceWarning
from allspike.link.finding import OTHER_RATES
from allspike.link.terminals import is_pseudo, told_rate
from allspike.map.link_map import DEFAULT_BAUD
from allspike.map.presets import preset
from allspike_sim import cli
from allspike_sim.pace import held, speed
from allspike_sim.virtual import RATES, Virtual

posix = pytest.mark.skipif(os.name != "posix", reason="terminal devices are POSIX's")
VIRTUAL = Virtual(preset("core96"))


class Timed:
    """A board whose clocks take as long as they are told to, on a clock of its own."""

    now = 0.0

    def __init__(self, rate: float) -> None:
        self.clocks = 0
        self._rate = rate

    def let_pass(self, clocks: int) -> None:
        self.clocks += clocks
        Timed.now += clocks / self._rate

    def close(self) -> None:
        pass


def machine(monkeypatch: pytest.MonkeyPatch, rate: float) -> None:
    """A machine that simulates so many clocks a second."""
    monkeypatch.setattr(Virtual, "power_on", lambda self: Timed(rate))
    monkeypatch.setattr(allspike_sim.pace.time, "perf_counter", lambda: Timed.now)


@pytest.mark.parametrize(
    ("rate", "baud"), [(20e6, 1_000_000), (4.7e6, 460_800), (1.4e6, 115_200), (0.7e6, 57_600), (5e4, 19_200)]
)
def test_the_highest_rate_that_is_held_with_a_margin_is_chosen(
    rate: float, baud: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(monkeypatch, rate)
    assert speed(VIRTUAL) == pytest.approx(rate)
    virtual, found = held(VIRTUAL)
    assert (virtual.baud, virtual.clock, found) == (baud, 4 * baud, pytest.approx(rate))


def test_a_host_looks_for_a_board_at_all_rates_that_may_be_chosen() -> None:
    assert {*RATES} <= {DEFAULT_BAUD, *OTHER_RATES}


@pytest.mark.filterwarnings("error::allspike.AllspikeWarning")
def test_what_is_chosen_is_said_and_what_is_given_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, 1.4e6)
    virtual, says = cli._board(VIRTUAL.config, None, None, 0.0, None)
    assert (virtual.clock, virtual.baud) == (460_800, 115_200)
    assert says == (
        "simulates at 1.4 MHz here: clock 0.4608 MHz, line 115,200 baud; --clock and --baud override"
    )
    virtual, says = cli._board(VIRTUAL.config, 1e6, 250_000, 0.0, None)
    assert (virtual.clock, virtual.baud) == (1_000_000, 250_000)
    assert says == "simulates at 1.4 MHz here: clock 1 MHz, line 250,000 baud"


def test_what_this_machine_does_not_hold_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, 1.4e6)
    with pytest.warns(DeviceWarning, match="simulates at 1.4 MHz now, .* at 12 MHz.*choose a lower --clock"):
        cli._board(VIRTUAL.config, 12e6, None, 0.0, None)
    machine(monkeypatch, 5e4)
    with pytest.warns(DeviceWarning, match="simulates at 0.05 MHz now, .*choose a smaller --config"):
        cli._board(VIRTUAL.config, None, None, 0.0, None)


def test_a_rate_that_cannot_be_is_refused_before_anything_is_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(Virtual, "power_on", lambda self: pytest.fail("compiled"))
    for options in (["--clock", "12e6", "--baud", "5000000"], ["--clock", "1000"], ["--baud", "0"]):
        with pytest.raises(SystemExit) as stopped:
            main(["simulate", "--pty", "--config", "core96", *options])
        assert stopped.value.code == 3
        assert "baud" in capsys.readouterr().err


@posix
def test_a_terminal_tells_the_rate_of_its_board(tmp_path: Path) -> None:
    from allspike_sim.terminal import Terminal  # noqa: PLC0415  (only where there are terminals)

    class Board:
        rates: list[float] = []  # noqa: RUF012

        def set_rate(self, baud: float) -> None:
            self.rates.append(baud)

        def close(self) -> None:
            pass

    terminal = Terminal(Board(), 115_200)  # type: ignore[arg-type]
    (tmp_path / "board").symlink_to(terminal.name)
    for name in (terminal.name, str(tmp_path / "board")):
        assert is_pseudo(name) and told_rate(name) == 115_200
    attributes = termios.tcgetattr(terminal._theirs)
    assert attributes[4] == attributes[5] == termios.B115200
    assert Board.rates == [115_200]
    terminal.close()
    assert told_rate(terminal.name) is None


@posix
def test_other_terminals_tell_none() -> None:
    ours, theirs = os.openpty()
    assert is_pseudo(os.ttyname(theirs)) and told_rate(os.ttyname(theirs)) is None
    os.close(ours)
    os.close(theirs)
    for port in ("/dev/ttyUSB0", "/dev/null", "socket:///dev/pts/1", "COM3"):
        assert not is_pseudo(port)
