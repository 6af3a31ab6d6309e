"""What networks that others trained lose by rounding, and what calibration gets back."""

import numpy as np
import pytest

from tests.data import needs_data

from .__main__ import files
from .measured import braille, surrogates

with_data = needs_data("nir_golden", "nir")


@with_data
@pytest.mark.parametrize(
    ("name", "exact", "compiled"),
    [("braille_noDelay_bias_zero", 0, 90), ("braille_noDelay_noBias_subtract", 46, 77)],
)
def test_braille_loses_less_that_was_not_seen(name: str, exact: int, compiled: int) -> None:
    found = braille(name, seed=0)
    assert (found.exact, found.compiled) == (exact, compiled)
    assert found.calibrated < compiled
    assert found.calibrated < 0.01 * found.hidden
    assert found.after.off < 0.93 * found.before.off
    assert found.after.classes_off <= found.before.classes_off + 1
    if name.endswith("zero"):
        read = found.calibration.original
        unit = np.abs(np.vstack([read[p].matrix() for p in read.projections if p.endswith("lif1.lif")])).max(
            axis=0
        )
        recurrent = read["lif1.lif-lif1.lif"].matrix()
        assert int((np.abs(recurrent) < unit / 127 / 2).sum()) == 121
    page = files({name: [found, found]})
    assert f"| {compiled} |" in page and f"({found.calibrated} to {found.calibrated})" in page


def test_surrogates_have_the_rates_of_the_sample_and_are_not_it() -> None:
    sample = np.random.default_rng(0).random((200, 6)) < np.linspace(0.05, 0.3, 6)
    made = surrogates(sample, 9, seed=1)
    assert len(made) == 9
    for kind, one in enumerate(made[:3]):
        assert one.shape == sample.shape and one.dtype == bool
        assert not np.array_equal(one, sample)
        assert one.sum() == (sample.sum() if kind < 2 else pytest.approx(sample.sum(), rel=0.3))
    for one, other in zip(made, surrogates(sample, 9, seed=1), strict=True):
        assert np.array_equal(one, other)
