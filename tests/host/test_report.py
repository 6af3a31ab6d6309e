"""The compiler's report counts what was lost, and warns where that could be felt and nowhere else."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import LIF, STDP, AllToAll, Config, Network, compile_network, delta_lif, format_report

pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")

SMALL = Config(neurons=16, inputs=128)


def still(**parameters: object) -> LIF:
    """A neuron without leak, of which nothing is rounded that is not asked for."""
    return delta_lif(**{"tau_m": np.inf} | parameters)


def one(weights: object, model: LIF | None = None, **options: object) -> dict:
    """The report of one neuron with these incoming weights."""
    net = Network()
    column = np.atleast_1d(np.asarray(weights, float))[:, None]
    cell = net.neurons(1, model or still(), "cell")
    net.connect(net.inputs(len(column), "pre"), cell, column, name="wires")
    return compile_network(net, SMALL, **options).report


def learned(rule: STDP, static: float = 0.0, **options: object) -> dict:
    """The report of one neuron that learns by this rule, beside a static weight."""
    net = Network()
    cell = net.neurons(1, delta_lif(), "cell")
    net.connect(net.inputs(1, "pre"), cell, weight=(rule.w_min + rule.w_max) / 2, stdp=rule, name="learn")
    if static:
        net.connect(net.inputs(1, "drive"), cell, weight=static)
    return compile_network(net, SMALL, **options).report


@settings(deadline=None)
@given(seed=st.integers(0, 9999), unit=st.none() | st.floats(0.02, 0.5))
def test_counts_and_errors_are_those_of_the_image(seed: int, unit: float | None) -> None:
    rng = np.random.default_rng(seed)
    net = Network()
    cells = net.neurons(4, delta_lif(), "cells")
    weights = rng.normal(size=(30, 4)) * 10.0 ** rng.uniform(-3, 1, (30, 4))
    weights[3] = 0.0  # a synapse that was asked to be zero has lost nothing
    net.connect(net.inputs(30, "pre"), cells, AllToAll(), weight=weights, name="wires")
    net.connect(cells, cells, weight=0.01, name="more")
    image = compile_network(net, SMALL, weight_unit=unit)
    zeros = saturated = 0
    errors = []
    for i in range(30):
        for j in range(4):
            held = int(image.weights[i, j])
            wanted = weights[i, j] / image.weight_unit[j]
            zeros += held == 0 and weights[i, j] != 0
            saturated += not -128.5 <= wanted <= 127.5
            errors.append(abs(held * image.weight_unit[j] - weights[i, j]))
    entry = image.report["projections"]["wires"]
    assert (entry["synapses"], entry["rounded_to_zero"], entry["saturated"]) == (120, zeros, saturated)
    assert entry["largest_error"] == pytest.approx(max(errors))
    assert entry["mean_error"] == pytest.approx(np.mean(errors))
    assert entry["largest_weight"] == np.abs(weights).max()
    assert image.report["synapses"] == [136, SMALL.synapses]
    assert image.report["neurons"] == [4, 16]
    assert image.report["inputs"] == [30, 128]


def test_a_clean_network_is_compiled_without_a_word() -> None:
    """Of weights, currents, refractoriness, adaptation and learning."""
    net = Network()
    rule = STDP(a_plus=2e-11, a_minus=2.1e-11, w_max=1e-9)
    pre = net.inputs(40)
    cells = net.neurons(12, LIF(t_ref=2e-3, i_offset=1e-10, theta_plus=1e-4, tau_theta=100.0, delay=2e-3))
    net.connect(pre, cells, weight=lambda i, j: 1e-9 * (i + 1) / 40, stdp=rule)
    net.connect(cells, cells, weight=-5e-10)
    assert compile_network(net).report["warnings"] == []


def tiny(count: int) -> list[float]:
    """A hundred weights, of which so many are below half a unit of the largest."""
    return [1.0] * (100 - count) + [0.001] * count


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (lambda: one(tiny(1)), None),
        (lambda: one(tiny(4)), None),
        (lambda: one(tiny(7)), "wires: 7 of 100 weights round to zero"),
        (lambda: one([0.0] * 50 + [1.0] * 50), None),
        (lambda: one([100.0, 50.0], weight_unit=1.0), None),
        (lambda: one([200.0, 50.0], weight_unit=1.0), "wires: 1 of 2 weights saturate, at worst 200"),
        (lambda: one([-128.0], weight_unit=1.0), None),
        (lambda: one([-129.0], weight_unit=1.0), "wires: 1 of 1 weights saturate"),
        (lambda: one(1.0, still(t_ref=2e-3)), None),
        (lambda: one(1.0, still(t_ref=2.4e-3)), "cell: t_ref = 2.4 ms becomes 2 ms (17 % off)"),
        (lambda: one(1.0, still(t_ref=0.4e-3)), "cell: t_ref = 400 us becomes 0 s"),
        (lambda: one(1.0, still(delay=3e-3)), None),
        (lambda: one(1.0, still(delay=2.4e-3)), "cell: delay = 2.4 ms becomes 2 ms"),
        (lambda: one(1.0, still(delay=1.4e-3)), "cell: delay = 1.4 ms becomes 1 ms (29 % off)"),
        (lambda: one(1.0, still(delay=0.4e-3)), "cell: delay = 400 us becomes 1 ms"),
        (lambda: one(1.0, still(tau_m=0.5)), None),
        (lambda: one(1.0, still(tau_m=np.inf)), None),
        (lambda: one(1.0, still(tau_m=100.0)), "cell: tau_m = 100 s becomes infinite"),
        (lambda: one(1.0, still(tau_m=[20.0])), "cell: tau_m = 20 s becomes 16.38 s (18 % off)"),
        (lambda: one(1e-9, LIF(tau_syn=30.0, tau_m=0.02)), "cell: tau_syn = 30 s becomes 32.77 s"),
        (lambda: one(1e-9, LIF(tau_syn=20e-6)), None),
        (lambda: one(1.0, still(theta_plus=0.1, tau_theta=1e4)), None),
        (lambda: one(1.0, still(tau_theta=1e9)), None),
        (lambda: one(1.0, still(v_thresh=10.0), weight_unit=1.0, weight_shift=0), None),
        (
            lambda: one(1.0, still(v_thresh=10.4), weight_unit=1.0, weight_shift=0),
            "cell: v_thresh = 10.4 becomes 10 (3.8 % off)",
        ),
        (lambda: one(1.0, still(v_thresh=10.4), weight_unit=1.0, weight_shift=8), None),
        (
            lambda: one(1.0, still(v_thresh=100.0, v_drift=400.0), weight_unit=1.0, weight_shift=0),
            "cell: v_drift = 400 /s becomes 0 /s",
        ),
        (
            lambda: one(1.0, still(v_thresh=100.0, v_drift=1400.0), weight_unit=1.0, weight_shift=0),
            "cell: v_drift = 1400 /s becomes 1000 /s (29 % off)",
        ),
        (
            lambda: one(1.0, still(v_thresh=100.0, theta_plus=1.4), weight_unit=1.0, weight_shift=0),
            "cell: theta_plus = 1.4 becomes 1 (29 % off)",
        ),
    ],
)  # fmt: skip
def test_what_can_be_felt_is_warned_of(report: object, words: str | None) -> None:
    """One sentence for each; silence where nothing is lost."""
    warnings = report()["warnings"]
    if words is None:
        assert warnings == []
    else:
        (warning,) = (warning for warning in warnings if words in warning)
        assert warning.endswith(".")


@pytest.mark.parametrize(
    ("rule", "options", "words"),
    [
        ({}, {}, None),
        ({"a_minus": -0.1}, {}, None),
        ({"a_plus": 0.0}, {}, None),
        ({"a_plus": 1e-4}, {}, "learning: a_plus"),
        ({"a_minus": -1e-4}, {}, "learning: a_minus"),
        ({"tau_plus": 100.0}, {}, "learning: tau_plus = 100 s becomes infinite"),
        ({"pairing": "window", "tau_minus": 5.4e-3}, {}, "learning: tau_minus = 5.4 ms becomes 5 ms"),
        # Bounds that come out elsewhere change what is learned as much as an amplitude does.
        ({"w_max": 4.0}, {"weight_unit": 0.01}, "learning: w_max = 4 becomes 1.27"),
        ({"w_max": 0.5, "a_plus": 0.3, "a_minus": 0.3}, {"static": 20.0}, "learning: w_max = 0.5 becomes"),
        ({"x_target": 0.5}, {}, None),
    ],
)
def test_what_learning_loses_is_warned_of(rule: dict, options: dict, words: str | None) -> None:
    values = {"a_plus": 0.1, "a_minus": 0.1, "w_max": 1.0} | rule
    warnings = learned(STDP(**values), **options)["warnings"]
    learning = [warning for warning in warnings if warning.startswith("learning")]
    if words is None:
        assert learning == []
    else:
        assert any(words in warning for warning in learning), warnings


@pytest.mark.parametrize("pairing", ["all-to-all", "nearest", "window"])
@pytest.mark.parametrize("share", [0.5, 4.0, 1e6])
def test_a_target_of_the_trace_is_kept_or_warned_of(pairing: str, share: float) -> None:
    """A trace holds few spikes, so a target of many needs a smaller increment; and there is a least."""
    rule = STDP(a_plus=0.1, a_minus=0.1, w_max=1.0, pairing=pairing, x_target=share)
    net = Network()
    net.connect(net.inputs(1), net.neurons(1, delta_lif()), weight=0.5, stdp=rule)
    image = compile_network(net, SMALL)
    kept = int(image.learning["x_target"][0]) / int(image.learning["x_increment"][0])
    warned = any(warning.startswith("learning: x_target") for warning in image.report["warnings"])
    assert warned == (abs(kept - share) > 0.02 * share)


def test_a_rule_is_reported_as_asked_and_as_realised() -> None:
    entries = learned(STDP(a_plus=0.1, a_minus=-0.2, w_max=1.0, tau_plus=0.03))["learning"]
    assert {key: entry["asked"] for key, entry in entries.items() if key[:2] in ("a_", "ta")} == {
        "a_plus": 0.1, "tau_plus": 0.03, "a_minus": -0.2, "tau_minus": 0.02,
    }  # fmt: skip
    for entry in entries.values():
        assert entry["realised"] == pytest.approx(entry["asked"], rel=0.01)


def test_a_population_is_reported_in_units_and_seconds() -> None:
    net = Network()
    taus = [0.01, 0.02, 0.04]
    net.neurons(3, delta_lif(tau_m=taus, t_ref=3e-3, v_thresh=[1.0, 2.0, 4.0]), "cells")
    image = compile_network(net, SMALL)
    entry = image.report["populations"]["cells"]
    assert entry["size"] == 3
    assert entry["tau_m"]["asked"] == [0.01, 0.04]
    assert entry["tau_m"]["realised"] == pytest.approx([0.01, 0.04], rel=2e-3)
    assert entry["t_ref"] == {"asked": [3e-3], "realised": [3e-3]}
    thresholds = image.neuron_params["threshold"][:3]
    assert entry["threshold_units"] == sorted({float(thresholds.min()), float(thresholds.max())})
    assert "tau_theta" not in entry  # nothing adapts


def test_the_text_names_everything_and_ends_with_the_warnings() -> None:
    report = one(tiny(10))
    text = format_report(report)
    first, *_, last = text.splitlines()
    assert first.startswith("compiled for custom: 1 of 16 neurons, 100 of 128 inputs, 100 of 2,304 synapses")
    assert "projection wires: 100 static synapses" in text
    assert "10 rounded to zero, 0 saturated" in text
    assert "population cell: 1 neuron\n" in text
    assert last == f"  warning: {report['warnings'][0]}"
    rule = format_report(learned(STDP(a_plus=0.1, a_minus=0.2, w_max=1.0)))
    assert "plastic" in rule
    assert "learning: a_minus 0.2, realised" in rule


def test_a_report_is_plain_data() -> None:
    """A preset's name too, where one was chosen; and no number that JSON has not."""
    net = Network()
    net.neurons(2, LIF(tau_m=np.inf))
    report = compile_network(net).report
    assert report["preset"] == "core96"
    assert json.loads(json.dumps(report)) == report
    with pytest.raises(ValueError, match="Out of range float"):
        json.dumps({"tau": float("inf")}, allow_nan=False)
    assert json.dumps(report, allow_nan=False)
