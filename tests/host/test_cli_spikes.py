"""`--spikes INPUTS=FILE`: every form of file, and what is said of those that are none."""

from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from tests.command import command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A network in which neuron k fires when its input k does."""
    net = asp.Network(dt=1e-4)
    pixels, cells = net.inputs(4, "pixels"), net.neurons(4, asp.delta_lif(tau_m=0.0), "cells")
    net.connect(pixels, cells, asp.OneToOne(), weight=1.0)
    net.save(tmp_path / "net.npz")
    return tmp_path


def code_of(folder: Path, file: str, steps: int = 40) -> int:
    spikes, out = f"pixels={folder / file}", folder / "result.npz"
    return command("run", folder / "net.npz", "--steps", steps, "--spikes", spikes, "--out", out)


def spikes_of(folder: Path, file: str) -> list[tuple[int, int]]:
    """Steps and inputs that came from a file."""
    assert code_of(folder, file) == 0
    when, who = asp.Result.load(folder / "result.npz").spikes["cells"]
    return list(zip((when - 1).tolist(), who.tolist(), strict=True))


def test_network_answers_in_the_next_step(folder: Path) -> None:
    (folder / "a.csv").write_text("3,1\n")
    when, _ = (
        asp.Simulation(asp.Network.load(folder / "net.npz"))
        .run_steps(9, {"pixels": asp.SpikeList([3], [1])})
        .spikes["cells"]
    )
    assert spikes_of(folder, "a.csv") == [(int(when[0]) - 1, 1)]


FILES = {
    "plain": b"0,0\n3,1\n",
    "header": b"step,input\n0,0\n3,1\n",
    "plural header": b"Steps, Inputs\n0,0\n3,1\n",
    "turned header": b"input,step\n0,0\n1,3\n",
    "seconds": b"time,input\n0,0\n3e-4,1\n",
    "comments and spaces": b"# spikes\n\n 0 , 0 # the first\n\n3,1\n",
    "comments before a header": b"# spikes\nstep,input\n0,0\n3,1\n",
    "Windows": b"\xef\xbb\xbfstep,input\r\n0,0\r\n3,1\r\n",
    "no end of line": b"0,0\n3,1",
    "whole numbers with a point": b"0.0,0\n3.0,1.0\n",
}


@pytest.mark.parametrize("contents", FILES.values(), ids=FILES)
def test_text_is_read(folder: Path, contents: bytes) -> None:
    first = (folder / "plain.csv", folder / "other.csv")
    first[0].write_bytes(FILES["plain"])
    first[1].write_bytes(contents)
    wanted = spikes_of(folder, "plain.csv")
    assert len(wanted) == 2
    assert spikes_of(folder, "other.csv") == wanted


def test_an_empty_file_is_silence(folder: Path) -> None:
    for contents in ("", "\n", "step,input\n", "# nothing\n"):
        (folder / "a.csv").write_text(contents)
        assert spikes_of(folder, "a.csv") == []


def test_arrays_are_read(folder: Path) -> None:
    (folder / "plain.csv").write_bytes(FILES["plain"])
    wanted = spikes_of(folder, "plain.csv")
    array = np.zeros((10, 4), bool)
    array[0, 0] = array[3, 1] = True
    for kind in (bool, np.int8, np.float64):
        np.save(folder / "a.npy", array.astype(kind))
        assert spikes_of(folder, "a.npy") == wanted
    np.savez(folder / "a.npz", array)
    assert spikes_of(folder, "a.npz") == wanted
    np.savez(folder / "a.npz", steps=[0, 3], inputs=[0, 1])
    assert spikes_of(folder, "a.npz") == wanted
    np.savez(folder / "a.npz", times=[0.0, 3e-4], inputs=[0, 1])
    assert spikes_of(folder, "a.npz") == wanted


BAD_TEXT = [
    ("0,0\n7\n", "line 2 of", "1 column where step,input are needed"),
    ("0,0\n1,2,3\n", "line 2 of", "3 columns"),
    ("0,0\n\n1.5,2\n", "line 3 of", "step 1.5 is no whole number"),
    ("1,0.5\n", "line 1 of", "input 0.5 is no whole number"),
    ("-1,0\n", "line 1 of", "step -1 is negative"),
    ("0,-2\n", "line 1 of", "input -2 is negative"),
    ("0,4\n", "line 1 of", "input 4 is not there; the population has 0 to 3"),
    ("0,0\n3,b\n", "line 2 of", "input 'b' is no number"),
    ("0,0\nnan,1\n", "line 2 of", "step 'nan' is no number"),
    ("0,0\nstep,input\n", "line 2 of", "no number"),
    ("when,who\n0,0\n", "line 1 of", "names the columns when,who"),
    ("step,time\n0,0\n", "line 1 of", "name them step,input or time,input"),
    ("time,input\n-1e-3,0\n", "line 2 of", "time -1e-3 is negative"),
]


@pytest.mark.parametrize(("contents", "line", "says"), BAD_TEXT, ids=[text for text, _, _ in BAD_TEXT])
def test_a_bad_line_is_named(
    folder: Path, contents: str, line: str, says: str, capsys: pytest.CaptureFixture
) -> None:
    (folder / "a.csv").write_text(contents)
    assert code_of(folder, "a.csv") == 5
    error = capsys.readouterr().err
    assert f"{line} {folder / 'a.csv'}" in error
    assert says in error


def test_arrays_that_are_no_spikes_are_refused(folder: Path, capsys: pytest.CaptureFixture) -> None:
    np.save(folder / "a.npy", np.zeros((10, 3)))
    assert code_of(folder, "a.npy") == 5
    assert "shape (10, 3); spikes here are [steps, 4]" in capsys.readouterr().err
    np.save(folder / "a.npy", np.full((10, 4), 2))
    assert code_of(folder, "a.npy") == 5
    assert "other values than 0 and 1" in capsys.readouterr().err
    np.savez(folder / "a.npz", steps=[0, 1], inputs=[0])
    assert code_of(folder, "a.npz") == 5
    assert "do not pair" in capsys.readouterr().err
    np.savez(folder / "a.npz", what=[0, 1], inputs=[0])
    assert code_of(folder, "a.npz") == 5
    assert "holds what, inputs" in capsys.readouterr().err
    (folder / "a.txt").write_text("0,0\n")
    assert code_of(folder, "a.txt") == 5
    assert "time,input" in capsys.readouterr().err
