"""The machinery notices what is broken, leaves alone what is not, and goes on where it was stopped."""

import json
import re
import subprocess
import sys
from pathlib import Path

from allspike_sim.verilate import MODULE as TOP

from .ledger import Fate, Ledger, Result
from .netlist import Mutant, drawn, plain
from .proof import equal
from .small import COUNT, SEED, UNIT


def session(folder: Path) -> str:
    command = [sys.executable, "-m", "tests.mutants.small", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr  # among them that the original passes
    return done.stdout


def test_mutants_that_matter_are_killed_and_the_original_is_not(tmp_path: Path) -> None:
    session(tmp_path)
    lines = (tmp_path / "small.jsonl").read_text("utf-8").splitlines()
    fates = {told["mutant"]: told["fate"] for told in map(json.loads, lines)}
    assert set(fates) == {mutant.name for mutant in drawn(plain(UNIT.design()), COUNT, SEED)}
    assert Fate.KILLED in fates.values()
    assert set(fates.values()) != {Fate.KILLED}, "the test looks at one byte: some must survive it"
    assert not session(tmp_path), "what is known is not tried again"


def test_a_draw_begins_with_every_shorter_one() -> None:
    netlist = plain(UNIT.design())
    many = drawn(netlist, 40, 7)
    assert drawn(netlist, 15, 7) == many[:15]
    assert drawn(netlist, 15, 8) != many[:15]
    assert len({mutant.name for mutant in many}) == 40
    assert not [mutant for mutant in many if "port clk" in mutant.command or "CLK" in mutant.command]


def test_a_proof_is_of_what_is_equal_alone() -> None:
    """A bit of the constant that an address is compared with, set to what it is and to what it is not."""
    netlist = plain(UNIT.design())
    found = re.search(
        r"cell \$eq (\S+)\n(?: +parameter .*\n)+ +connect \\A .*\n +connect \\B 9'100000000\n", netlist
    )
    assert found
    told = [
        equal(
            netlist, Mutant(f"mutate -mode {mode} -module {TOP}.core -cell {found[1]} -port B -portbit 0", "")
        )
        for mode in ("const0", "const1")
    ]
    assert told == [True, False]


def test_a_ledger_keeps_the_last_of_its_own_source(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    ledger = Ledger(path, "now")
    ledger.add(Result("a", Fate.SURVIVED))
    ledger.add(Result("b", Fate.KILLED, "a test"))
    ledger.add(Result("a", Fate.EQUAL, "a proof"))
    assert [one.fate for one in Ledger(path, "now")] == [Fate.EQUAL, Fate.KILLED]
    assert not list(Ledger(path, "then"))
