"""Bad lines change nothing: the results of a clean one, or an error in time.

`python -m tests.link.faulted RUNS` runs more of them, and counts what was injected and survived.
"""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples

from .faulted import LONGEST, RATES, faulted_run
from .faults import KINDS, Faults

thorough = settings(
    deadline=None, max_examples=examples(12), suppress_health_check=list(HealthCheck), derandomize=False
)


@pytest.mark.parametrize("rate", RATES)
def test_a_run_over_a_bad_line_is_right_or_an_error(rate: float) -> None:
    survived, ran = 0, 0
    injected: Counter[str] = Counter()

    @thorough
    @given(st.integers(0, 2**32 - 1))
    def run(seed: int) -> None:
        nonlocal survived, ran
        outcome = faulted_run(seed, rate)
        assert outcome.right or outcome.error, "a wrong answer"
        assert outcome.seconds < LONGEST
        injected.update(outcome.injected)
        survived += outcome.right
        ran += 1

    run()
    print(f"{rate:g}: {survived} of {ran} runs survived {dict(injected)}")
    assert injected.total() > 0
    if rate <= 1e-3:
        assert survived == ran, "such a line is slow, but it works"


@given(st.binary(min_size=1, max_size=300), st.integers(0, 100))
def test_a_line_without_faults_changes_nothing_and_faults_repeat(data: bytes, seed: int) -> None:
    assert Faults(seed, 0.0)(data) == data
    first, again = Faults(seed, 0.1), Faults(seed, 0.1)
    assert first(data) == again(data)
    assert first.injected == again.injected


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_fault_does_what_it_says(kind: str) -> None:
    data = bytes(range(1, 200)) + b"\0" + bytes(range(1, 200)) + b"\0"
    faults = Faults(3, 0.01, (kind,))
    arrived = faults(data)
    count = faults.injected[kind]
    assert count
    assert faults.injected.keys() == {kind}
    longer = {"flip": 0, "drop": -count, "double": count, "insert": count, "burst": 0}
    if kind == "truncate":
        assert len(arrived) < len(data)
        assert arrived.count(0) == 2
    else:
        assert len(arrived) - len(data) == longer[kind]
