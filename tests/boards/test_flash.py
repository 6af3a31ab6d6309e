"""Loading: the tool that is there, or what to do without one."""

from pathlib import Path

import pytest

import allspike_boards.flash as flashing
from allspike_boards import BOARDS
from allspike_boards.errors import FlashError
from allspike_boards.flash import load, way_for

FILE = Path("top.bin")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the programs on this machine; none at first."""
    programs: set[str] = set()
    monkeypatch.setattr("shutil.which", lambda name, path=None: f"/bin/{name}" if name in programs else None)
    monkeypatch.setattr(flashing, "_MOUNTS", ())
    return programs


def test_openfpgaloader_comes_first(there: set[str]) -> None:
    there |= {"openFPGALoader", "iceprog"}
    board = BOARDS["icebreaker"]
    assert way_for(board, FILE).text() == "/bin/openFPGALoader -b ice40_generic --write-flash top.bin"
    assert way_for(board, FILE, keep=False).text() == "/bin/openFPGALoader -b ice40_generic top.bin"
    with_cable = way_for(BOARDS["colorlight-5a-75b"], FILE, keep=False, options=["--cable=ft232"])
    assert with_cable.text() == "/bin/openFPGALoader -b colorlight --cable=ft232 top.bin"


def test_then_the_boards_own_tool(there: set[str]) -> None:
    there |= {"iceprog", "dfu-util"}
    assert way_for(BOARDS["icebreaker"], FILE).text() == "/bin/iceprog top.bin"
    assert way_for(BOARDS["orangecrab-25f"], FILE).text() == "/bin/dfu-util -d 1209:5af0 -a 0 -D top.bin"


def test_then_its_drive(there: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drive = tmp_path / "iCELink"
    drive.mkdir()
    monkeypatch.setattr(flashing, "_MOUNTS", (f"{tmp_path}/*",))
    bitstream = tmp_path / "top.bin"
    bitstream.write_bytes(b"bits")
    way = way_for(BOARDS["icesugar"], bitstream)
    assert way.text() == f"cp {bitstream} {drive}"
    load(way)
    assert (drive / "top.bin").read_bytes() == b"bits"


def test_without_any_it_says_what_would_do(there: set[str]) -> None:
    with pytest.raises(FlashError) as caught:
        way_for(BOARDS["icebreaker"], FILE)
    assert str(caught.value) == (
        "there is no tool here that loads 1BitSquared iCEBreaker: install openFPGALoader or iceprog from "
        "your system's packages; the file is top.bin."
    )
    with pytest.raises(FlashError, match="or copy the file onto the drive iCELink; the file is"):
        way_for(BOARDS["icesugar"], FILE)
    assert caught.value.exit_code == 10


def test_a_tool_that_fails_is_told(there: set[str]) -> None:
    with pytest.raises(FlashError, match=r"false top.bin ended with 1: .* is the board plugged in"):
        load(flashing.Way(("false", "top.bin")))
