"""The products of chips without multipliers: rows of carry chains that are proven to be products."""

import re
from pathlib import Path

import pytest

from allspike_boards import board, flow
from allspike_boards.tools import Step

_CASES = (
    (5, 4, 9, "signed"), (4, 6, 10, "signed"), (5, 4, 7, "signed"), (4, 2, 12, "signed"), (5, 5, 10, ""),
    (3, 6, 9, ""), (5, 6, 11, "signed"), (6, 5, 8, ""),
)  # fmt: skip
_GATEWARE = """\
module {name}_{case}(input {sign} [{a}:0] a, input {sign} [{b}:0] b, output {sign} [{y}:0] y);
assign y = a * b;
endmodule
"""
_BEGIN = f"""\
read_verilog design.v
techmap -map {flow.MULTIPLIER} rows_*
select -assert-none rows_*/t:$mul
read_verilog cells.v
hierarchy
proc
flatten rows_*
opt
"""
_PROOF = """\
miter -equiv -flatten gold_{case} rows_{case} both_{case}
sat -verify -prove trigger 0 both_{case}
"""
_CELLS = """\
module SB_CARRY(output CO, input I0, I1, CI);
assign CO = I0 & I1 | CI & (I0 | I1);
endmodule
module SB_LUT4(output O, input I0, I1, I2, I3);
parameter [15:0] LUT_INIT = 0;
assign O = LUT_INIT >> {I3, I2, I1, I0};
endmodule
"""
"""As in Yosys's `ice40/cells_sim.v`."""


@pytest.mark.parametrize("many", [12, 4])
def test_a_product_of_rows_is_the_product(tmp_path: Path, many: int) -> None:
    """In one chain of rows, and in two, which are else for factors that a proof would take too long for."""
    text = (Path(flow.__file__).parent / flow.MULTIPLIER).read_text()
    text, count = re.subn(r"(?<=MANY = )\d+", str(many), text)
    assert count == 1
    (tmp_path / flow.MULTIPLIER).write_text(text)
    design, script = "", _BEGIN
    for case, (a, b, y, sign) in enumerate(_CASES):
        for name in ("gold", "rows"):
            design += _GATEWARE.format(name=name, case=case, sign=sign, a=a - 1, b=b - 1, y=y - 1)
        script += _PROOF.format(case=case)
    for name, text in (("design.v", design), ("cells.v", _CELLS), ("prove.ys", script)):
        (tmp_path / name).write_text(text)
    Step("proof", "yosys", ("-q", "-l", "prove.rpt", "prove.ys"), "prove.rpt").run(tmp_path)
    assert (tmp_path / "prove.rpt").read_text().count("SUCCESS") == len(_CASES)


def test_it_is_for_chips_that_have_none() -> None:
    for name, made in (("ice40-hx8k-evn", True), ("icebreaker", False), ("tang-nano-9k", False)):
        one = board(name)
        script = flow.overrides(one)["script_after_read"]
        assert bool(re.search(rf"^techmap -map {flow.MULTIPLIER}$", script, re.MULTILINE)) == made
        assert (flow.MULTIPLIER in flow.more_files(one)) == made
