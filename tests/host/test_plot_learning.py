"""What was learned: the history of weights, and windows of STDP beside their theory."""

from dataclasses import replace

import numpy as np
import pytest

import allspike as asp
from allspike import Result, Window, plot
from allspike.errors import ParameterError

from .plots import beside, silent

pytestmark = pytest.mark.usefixtures("closed")


def with_history(values: np.ndarray) -> Result:
    steps = 7 + np.arange(len(values)) * 10
    return replace(
        silent(1, 100), start=7, weight_steps={"p": steps}, weight_history={"p": np.asarray(values, float)}
    )


def test_the_history_of_few_weights_is_a_line_each_and_their_mean() -> None:
    values = np.random.default_rng(0).uniform(1e-9, 2e-9, (11, 3, 4))
    values[:, 1] = 0  # no synapses
    axes = plot.weight_history(with_history(values))
    lines = axes.get_lines()
    assert len(lines) == 9
    np.testing.assert_allclose(lines[0].get_xdata(), np.arange(11) * 10.0)
    np.testing.assert_allclose([line.get_ydata() for line in lines[:4]], values[:, 0].T * 1e9)
    np.testing.assert_allclose(lines[-1].get_ydata(), values[:, [0, 2]].mean((1, 2)) * 1e9)
    assert lines[-1].get_label() == "mean of 8"
    assert axes.get_ylabel() == "weight (nA)"
    assert beside(axes)


def test_the_history_of_many_weights_is_their_spread() -> None:
    values = np.random.default_rng(0).uniform(0, 1, (11, 10, 10))
    axes = plot.weight_history(with_history(values), "p")
    assert axes.get_ylabel() == "weight"
    assert len(axes.get_lines()) == 1
    wide, narrow = (band.get_paths()[0].vertices for band in axes.collections)
    low, high = np.percentile(values[4], (5, 95))
    at = wide[wide[:, 0] == 40, 1]
    assert (at.min(), at.max()) == pytest.approx((low, high))
    assert np.ptp(narrow[narrow[:, 0] == 40, 1]) < np.ptp(at)


def test_the_history_of_a_window_reaches_its_edges() -> None:
    axes = plot.weight_history(with_history(np.ones((11, 1, 2))), window=(0.025, 0.055))
    np.testing.assert_allclose(axes.get_lines()[0].get_xdata(), [20, 30, 40, 50, 60])
    assert axes.get_xlim() == (25, 55)


def test_weights_that_were_not_recorded_are_asked_for() -> None:
    for projection in (None, "p"):
        with pytest.raises(ParameterError, match=r"^no weights were recorded: run with record_weights.*\.$"):
            plot.weight_history(silent(), projection)
    with pytest.raises(ParameterError, match=r"no projection 'q'; .*there are: p"):
        plot.weight_history(with_history(np.ones((2, 1, 1))), "q")


@pytest.mark.parametrize(
    "values", [np.zeros((0, 2, 2)), np.zeros((3, 2, 2)), np.full((3, 2, 2), np.nan), np.ones((1, 2, 2))]
)
def test_histories_that_show_nothing_can_be_drawn(values: np.ndarray) -> None:
    plot.weight_history(with_history(values)).figure.canvas.draw()


def test_a_window_is_drawn_beside_its_theory() -> None:
    lags = np.array([-2e-3, -1e-3, 0.0, 1e-3])
    measured = Window(lags, np.array([-1.0, -2, 4, 2]), np.full(4, 0.5), np.array([-1.5, -2, 4, 3]), 0.1)
    axes = plot.window(measured)
    axes.figure.canvas.draw()
    curves = {tuple(line.get_xdata()): line.get_ydata() for line in axes.lines}
    np.testing.assert_array_equal(curves[(-2, -1)], [-1.5, -2])
    np.testing.assert_array_equal(curves[(0, 1)], [4, 3])
    np.testing.assert_array_equal(curves[(-2, -1, 0, 1)], measured.measured)


def test_a_rectangular_window_has_upright_flanks() -> None:
    rule = asp.STDP(a_plus=0.3, a_minus=0.4, w_max=1.0, tau_plus=0.03, tau_minus=0.02, pairing="window")
    lags = np.array([-31e-3, -13e-3, 0.0, 17e-3, 29e-3, 41e-3])
    theory = rule.window(lags)
    axes = plot.window(Window(lags, theory, np.zeros(6), theory, 0.01, rule))
    before, after = (np.array(line.get_xydata()) for line in axes.get_lines()[2:4])
    for curve, edge, inside in ((before, -20, -0.4), (after, 30, 0.3)):
        near = np.abs(curve[:, 0] - edge) < 1e-6
        assert sorted({0.0, inside}) == sorted(set(curve[near, 1]))
        assert set(curve[:, 1]) == {0.0, inside}
        assert set(curve[np.abs(curve[:, 0]) < abs(edge) - 1e-6, 1]) == {inside}
    assert (before[0, 0], after[-1, 0]) == pytest.approx((-31, 41))


@pytest.mark.parametrize("lags", [[-2e-3, -1e-3], [0.0, 1e-3], [0.0], [-1e-3]])
def test_a_window_of_one_side_can_be_drawn(lags: list[float]) -> None:
    rule = asp.STDP(a_plus=1.0, a_minus=1.0, w_max=10.0)
    for known in (rule, None):
        theory = rule.window(lags)
        axes = plot.window(Window(np.array(lags), theory, theory * 0, theory, 0.1, known))
        axes.figure.canvas.draw()
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["theory", "device"]


def test_a_measured_window_knows_its_rule() -> None:
    rule = asp.STDP(a_plus=1e-10, a_minus=1e-10, w_max=2e-9)
    measured = asp.measure_window(rule, lags=[-5e-3, 5e-3], repeats=2)
    assert measured.rule == rule
    assert plot.window(measured).get_ylabel() == "weight change (pA)"
