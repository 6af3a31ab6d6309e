"""The link in gateware, on the virtual board: garbage and bad lines change no spike and no weight.

`python -m tests.link_rtl.fuzz BYTES` and `python -m tests.link_rtl.faulted RUNS` go on for longer.
"""

import pytest

from tests.evidence.counted import Count
from tests.examples import examples

from .faulted import run as faulted_run
from .fuzz import run as fuzz

BYTES = 1500
"""Of garbage, for each example."""


def test_garbage_writes_nothing_and_leaves_the_receiver_in_step(evidence: Count) -> None:
    count = BYTES * examples(20)
    trial, garbage = fuzz(count, seed=1)
    assert min(garbage.kinds.values()) > 0
    assert trial.model.counts["damaged"] > 0
    assert trial.model.counts["refused"] > 0
    evidence("garbage", count)


@pytest.mark.parametrize("rate", [1e-4, 1e-3, 1e-2])
def test_a_run_over_a_bad_line_is_right_or_an_error(rate: float, evidence: Count) -> None:
    for seed in range(max(examples(4) // 2, 2)):
        outcome = faulted_run(seed, rate)
        assert outcome.right or outcome.error, "a wrong answer"
        assert outcome.right or rate > 1e-3, "such a line is slow, but it works"
        evidence("bad lines")
