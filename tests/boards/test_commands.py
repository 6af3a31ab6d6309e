"""The commands: tables and JSON, and exit codes."""

import json
from pathlib import Path

import pytest

from allspike.cli import main
from allspike_boards import BOARDS
from allspike_boards.board import Support
from allspike_boards.routed import ROUTED, render, reports

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


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
