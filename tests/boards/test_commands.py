"""The commands: tables and JSON, and exit codes."""

import json
from pathlib import Path

import pytest

from allspike_boards import BOARDS
from allspike_boards.board import Support
from allspike_boards.routed import ROUTED, render, reports
from tests.command import command as run

ROOT = Path(__file__).parents[2]


def test_boards_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("boards", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert {one["name"] for one in listed} == set(BOARDS)
    assert run("boards") == 0
    assert "icebreaker" in capsys.readouterr().out


def test_a_board_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("boards", "upduino3") == 0
    told = capsys.readouterr().out
    assert "gpio_38" in told
    assert "12 MHz oscillator" in told


def test_a_dry_run_prints_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shutil.which", lambda name, path=None: f"/bin/{name}")
    file = tmp_path / "top.bit"
    file.touch()
    assert run("flash", "ulx3s-25f", str(file), "--dry-run") == 0
    assert capsys.readouterr().out == f"/bin/openFPGALoader -b ulx3s --write-flash {file}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("build", "icebraker"), 3, "no board named 'icebraker'"),
        (("build", "icebreaker", "--lanes", "3"), 3, "lanes = 3 is not a power of two"),
        (
            ("flash", "icebreaker", "absent.bin"),
            10,
            "there is no file absent.bin: build it with allspike build",
        ),
        (("flash", "cmod-a7-35t"), 10, "needs the vendor's tool: run allspike build cmod-a7-35t --out"),
        (("fit", "absent.npz"), 5, "absent.npz"),
    ],
)
def test_errors_are_sentences_with_an_exit_code(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert run(*arguments) == code
    assert message in capsys.readouterr().err


def test_the_page_has_the_tables_of_the_boards_and_their_reports() -> None:
    page = (ROOT / "docs" / "boards.md").read_text("utf-8")
    assert render(page, reports(ROOT / "docs" / "reports")) == page, "run make boards"


def test_what_is_said_to_be_routed_has_a_report_that_met_its_clock() -> None:
    found = {one.board: one for one in reports(ROOT / "docs" / "reports")}
    said = {name for name, board in BOARDS.items() if board.support is Support.ROUTED}
    assert said == set(found) <= set(ROUTED)
    for name, figures in found.items():
        config = BOARDS[name].config
        assert (figures.neurons, figures.inputs, figures.lanes) == (
            config.neurons,
            config.inputs,
            config.lanes,
        )
        assert figures.clock_mhz * 1e6 == config.clock_hz
        assert figures.met


@pytest.mark.parametrize("width", ["", "80", "40"])
def test_the_table_is_never_cut(
    width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert run("boards") == 0
    told = capsys.readouterr().out
    assert "…" not in told
    assert "\x1b" not in told
    words = told.split()
    for name, board in BOARDS.items():
        assert name in told
        assert board.chip.part in told
        assert any(word.strip(",") == board.support for word in words)
    if width:
        assert max(map(len, told.splitlines())) <= int(width)
    if width != "40":  # a line a board, below the titles
        assert len(told.splitlines()) == len(BOARDS) + 1


def test_a_board_without_usb_is_not_said_to_have_one(capsys: pytest.CaptureFixture[str]) -> None:
    for name, board in BOARDS.items():
        assert run("boards", name, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["line"] == "on the board's USB") is (board.usb is not None)
        assert not ("It has no USB" in " ".join(told["notes"]) and board.usb)


@pytest.mark.parametrize(
    ("board", "command"),
    [
        ("icebreaker", "openFPGALoader -b ice40_generic --write-flash "),
        ("icesugar", "icesprog "),
        ("orangecrab-25f", "openFPGALoader -b orangeCrab --write-flash "),
    ],
)
def test_a_dry_run_builds_nothing_and_needs_no_loader(
    board: str, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allspike_boards.flash._found", lambda tool: None)
    monkeypatch.setattr("allspike_boards.build.make", lambda *given: pytest.fail("it builds"))
    assert run("flash", board, "--dry-run") == 0
    told = capsys.readouterr().out
    assert told.startswith(command)
    assert len(told.splitlines()) == 1


def test_the_loader_is_looked_for_before_the_build(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allspike_boards.flash._found", lambda tool: None)
    monkeypatch.setattr("allspike_boards.build.make", lambda *given: pytest.fail("it builds"))
    assert run("flash", "icebreaker") == 10
    assert "install openFPGALoader or iceprog" in capsys.readouterr().err


def test_what_only_openfpgaloader_does_is_refused_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("flash", "icesugar", "--volatile", "--dry-run") == 10
    assert "--volatile is for openFPGALoader" in capsys.readouterr().err


def test_where_a_bitstream_goes_is_looked_at_before_the_build(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("allspike_boards.build.make", lambda *given: pytest.fail("it builds"))
    assert run("build", "icebreaker", "--out", str(tmp_path / "absent" / "top.bin")) == 5
    assert "absent" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert run("build", "cmod-a7-35t", "--out", str(tmp_path / "file")) == 5
    assert "is built as a folder" in capsys.readouterr().err
