"""What is realised otherwise than asked is said, once, with both values and what to do; nothing else is."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import (
    LIF,
    STDP,
    Config,
    Image,
    Network,
    ParameterError,
    QuantisationWarning,
    Simulation,
    compile_network,
    delta_lif,
)

pytestmark = pytest.mark.filterwarnings("ignore::allspike.DescriptionWarning")

BUILD = Config(neurons=32, inputs=32)
LIMIT = 0.02


def alone(model: LIF, weight: float = 1e-9, dt: float = 1e-3, size: int = 1) -> Network:
    """Neurons of one population, each reached by one input."""
    net = Network(dt)
    cells = net.neurons(size, model, "cells")
    net.connect(net.inputs(1, "pre"), cells, weight=weight)
    return net


def learner(static: float = 0.0, **rule: object) -> Network:
    """Plastic weights of 0.05 of at most 0.1, and static ones onto the same neurons."""
    net = Network()
    cells = net.neurons(20, delta_lif(tau_m=np.inf), "cells")
    values = {"a_plus": 0.01, "a_minus": 0.01, "w_max": 0.1} | rule
    net.connect(net.inputs(20, "pre"), cells, weight=0.05, stdp=STDP(**values), name="learn")
    if static:
        net.connect(net.neurons(4, delta_lif(tau_m=np.inf), "others"), cells, weight=static, name="inhibit")
    return net


def compiled(net: Network, config: Config | str | None = BUILD, **options: object) -> Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", QuantisationWarning)
        return compile_network(net, config, **options)


# They arrive


def test_a_warning_arrives_once_at_the_line_of_the_user(tmp_path: Path) -> None:
    """From `compile_network` and from `Simulation`; not again when the image is loaded."""
    net = alone(LIF(delay=1.4e-3, t_ref=2.4e-3))
    for run in (compile_network, Simulation):
        with pytest.warns(QuantisationWarning) as caught:
            made = run(net)
        image = made if isinstance(made, Image) else made.image
        assert tuple(str(one.message) for one in caught) == image.warnings == tuple(image.report["warnings"])
        assert len(image.warnings) == 2
        assert {one.filename for one in caught} == {__file__}
    image.save(tmp_path / "image.npz")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = Image.load(tmp_path / "image.npz")
        Simulation(loaded)
    assert loaded.warnings == image.warnings
    assert json.loads(json.dumps(image.report))["warnings"] == list(image.warnings)


def test_nothing_is_warned_of_where_nothing_is_lost() -> None:
    net = Network()
    rule = STDP(a_plus=2e-11, a_minus=2.1e-11, w_max=1e-9, w_min=-0.25e-9, x_target=0.5)
    model = LIF(
        t_ref=2e-3, i_offset=1e-10, v_drift=0.1, leak=0.2, theta_plus=1e-4, tau_theta=100.0, delay=2e-3,
        v_reset=-63e-3,
    )  # fmt: skip
    pre, cells = net.inputs(40), net.neurons(12, model)
    net.connect(pre, cells, weight=lambda i, j: 1e-9 * (i + 1) / 40, stdp=rule)
    net.connect(cells, cells, weight=-5e-10)
    net.neurons(3, LIF(v_thresh=-50e-3, v_reset=-65e-3, tau_syn=0.0, tau_m=np.inf))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile_network(net)


# Whichever quantity


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 9999), shift=st.integers(0, 6), dt=st.sampled_from([1e-3, 5e-4]),
    current=st.booleans(),
)  # fmt: skip
def test_every_quantity_of_a_neuron_is_warned_of_if_and_only_if_it_is_off(
    seed: int, shift: int, dt: float, current: bool
) -> None:
    """Against the integers of the image, turned back into what they stand for, one neuron a population."""
    rng = np.random.default_rng(seed)
    model = LIF(
        tau_m=10.0 ** rng.uniform(-2.5, 1.5), tau_syn=10.0 ** rng.uniform(-2.5, 1.5) if current else 0.0,
        c_m=1.0, v_rest=0.0, v_thresh=10.0 ** rng.uniform(0.5, 3), v_reset=-(10.0 ** rng.uniform(-1, 2)),
        t_ref=rng.uniform(0, 9) * dt, delay=rng.uniform(0.3, 9) * dt, leak=10.0 ** rng.uniform(0, 5),
        i_offset=10.0 ** rng.uniform(0, 4) * (seed % 2), v_drift=10.0 ** rng.uniform(0, 4) * (1 - seed % 2),
        theta_plus=10.0 ** rng.uniform(-1, 3), tau_theta=10.0 ** rng.uniform(-1, 5),
        **({"reset": "subtract", "v_subtract": 10.0 ** rng.uniform(-1, 3)} if seed % 3 == 0 else {}),
    )  # fmt: skip
    weight = 100.0 / dt if current else 100.0
    image = compiled(alone(model, weight, dt), weight_unit=weight / 100, weight_shift=shift)
    held = {name: int(image.neuron_params[name][0]) for name in image.neuron_params.dtype.names}
    unit = image.v_unit[0]

    def tau(factor: int, steps: float = 1.0) -> float:
        with np.errstate(divide="ignore"):
            return float(-steps * dt / np.log(np.float64(factor) / 2**15))

    made = {
        "v_thresh": held["threshold"] * unit,
        "v_reset" if model.reset == "to" else "v_subtract": held["reset"] * unit,
        "t_ref": held["refractory"] * dt, "delay": held["delay"] * dt,
        "leak": held["leak"] * unit / dt, "tau_m": tau(held["beta"]),
        "i_offset": held["bias"] * image.current_unit[0], "theta_plus": held["adapt_increment"] * unit,
        "v_drift": held["bias"] * image.current_unit[0] / float(np.asarray(model.c_m)),
        "tau_theta": tau(held["adapt_decay"], 2.0 ** held["adapt_period"]), "tau_syn": tau(held["alpha"]),
    }  # fmt: skip
    for name, value in made.items():
        asked = float(np.asarray(getattr(model, name)))
        expected = bool(asked) and abs(value - asked) > LIMIT * abs(asked) * (1 + 1e-9)
        found = [sentence for sentence in image.warnings if sentence.startswith(f"cells: {name}")]
        assert len(found) == expected, (name, asked, value, image.warnings)
        if asked and "i_offset" not in name:
            entry = image.report["populations"]["cells"][name]
            assert entry["asked"] == pytest.approx([asked])
            if np.isfinite(value):
                assert entry["realised"] == pytest.approx([value])


def test_a_population_has_one_sentence_a_quantity_with_the_worst() -> None:
    net = alone(LIF(delay=[1e-3, 1.4e-3, 2.4e-3, 3e-3]), size=4)
    assert compiled(net).warnings == (
        "cells: delay = 1.4 ms becomes 1 ms (29 % off, the worst of 2 neurons): choose a dt of which it is a "
        "multiple.",
    )


def test_voltages_are_told_in_the_users_units() -> None:
    """Millivolts from rest where currents flow; plain numbers where weights are whatever the threshold is."""
    sentences = compiled(alone(LIF(v_thresh=-50.4e-3)), weight_unit=1e-6, weight_shift=5).warnings
    assert any("cells: v_thresh from rest = 14.6 mV becomes " in sentence for sentence in sentences)
    sentences = compiled(alone(delta_lif(v_thresh=10.4, tau_m=np.inf), 1.0), weight_unit=1.0, weight_shift=0)
    assert sentences.warnings[0].startswith("cells: v_thresh = 10.4 becomes 10 (3.8 % off): ")


def test_two_currents_are_one_quantity() -> None:
    model = delta_lif(i_offset=1.4e-6, v_drift=-1e3, v_thresh=100.0, tau_m=np.inf)
    (sentence,) = compiled(alone(model, 1.0), weight_unit=1.0, weight_shift=0).warnings
    assert sentence.startswith("cells: i_offset with v_drift = 400 nA becomes 0 A (100 % off): ")


# Learning


@settings(deadline=None, max_examples=60)
@given(
    a_plus=st.floats(-3, 3), target=st.sampled_from([0.0, 0.5, 3.0, 1e5]), tau=st.floats(-3, 2),
    low=st.floats(-1, 0.5), high=st.floats(0.6, 1), static=st.sampled_from([0.0, 3.0, 40.0]),
    window=st.booleans(),
)  # fmt: skip
def test_every_value_of_a_rule_is_warned_of_if_and_only_if_it_is_off(
    a_plus: float, target: float, tau: float, low: float, high: float, static: float, window: bool
) -> None:
    """Against the integers of the learning record."""
    seconds = min(10.0**tau, 0.127) if window else 10.0**tau
    rule = STDP(
        a_plus=10.0**a_plus * 1e-3, a_minus=0.01, w_min=low, w_max=high, x_target=target, tau_plus=seconds,
        pairing="window" if window else "all-to-all",
    )  # fmt: skip
    net = Network()
    cells = net.neurons(2, delta_lif(tau_m=np.inf), "cells")
    net.connect(net.inputs(2, "pre"), cells, weight=high, stdp=rule)
    if static:
        net.connect(net.inputs(1, "static"), cells, weight=static)
    image = compiled(net)
    record, unit = image.learning[0], image.weight_unit[0]
    one_trace = float(record["x_increment"])
    with np.errstate(divide="ignore"):
        decays = -1e-3 / np.log(float(record["x_decay"]) / 2**15)
    made = {
        "a_plus": one_trace / 4 / 2.0 ** int(record["plus_shift"]) * unit,
        "tau_plus": float(record["x_window"]) * 1e-3 if window else decays,
        "x_target": float(record["x_target"]) / max(one_trace, 1.0),
        "w_min": int(record["w_min"]) * unit, "w_max": int(record["w_max"]) * unit,
    }  # fmt: skip
    for name, value in made.items():
        asked = getattr(rule, name)
        off = abs(value - asked) > LIMIT * abs(asked) * (1 + 1e-9)
        found = [one for one in image.warnings if one.startswith(f"learning: {name} = ")]
        assert len(found) == (bool(asked) and off), (name, asked, value, image.warnings)


# Weights


@pytest.mark.parametrize(
    ("weights", "options", "words"),
    [
        ([1.0, *[0.001] * 8, *[0.5] * 11], {}, "8 of 20 weights round to zero: they are below half a unit"),
        ([1.0, 0.06], {}, None),
        ([0.011] * 20 + [1.0], {}, "weights are 5.1 % off on average, at worst 0.011 becomes 0.007874"),
        ([300.0, 1.0], {"weight_unit": 1.0}, "1 of 2 weights saturate, at worst 300 becomes 127: use a"),
        ([1.3] * 4, {"weight_unit": 1.0}, "23 % off on average, at worst 1.3 becomes 1: use a smaller"),
        ([1e-9], {}, "sets their unit: raise them"),
        ([0.0, 1.0], {}, None),
    ],
)  # fmt: skip
def test_weights_are_warned_of_with_what_sets_their_unit(
    weights: list[float], options: dict, words: str | None
) -> None:
    net = Network()
    cell = net.neurons(1, delta_lif(tau_m=np.inf), "cell")
    net.connect(net.inputs(len(weights), "pre"), cell, np.array(weights)[:, None], name="wires")
    found = compiled(net, **options).warnings
    if words is None:
        assert found == ()
    else:
        assert any(sentence.startswith("wires: ") and words in sentence for sentence in found), found


@pytest.mark.parametrize(
    ("config", "static", "levels"),
    [("up5k", -2.0, 4), ("core256", -2.0, 7), ("up5k", 0.0, 64), ("up5k", -0.2, 33), ("core256", 0.3, 43)],
)
def test_the_levels_of_plastic_weights_are_told_and_warned_of_if_few(
    config: str, static: float, levels: int
) -> None:
    image = compiled(learner(static), config)
    rule = image.learning[0]
    assert int(rule["w_max"]) - int(rule["w_min"]) + 1 == levels
    assert image.report["projections"]["learn"]["levels"] == levels
    found = [sentence for sentence in image.warnings if " levels" in sentence]
    assert len(found) == (levels < 32)
    if found:
        assert found[0].startswith(f"learn: {levels} levels, ")
        assert "from 0 to 0.1, because the static weights of inhibit reach 2 on the same neurons" in found[0]
        assert ("more weight bits" in found[0]) == (config == "up5k")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight_unit": 0.02}, "weight_unit says so"),
        ({"config": Config(weight_bits=4)}, "a weight has 4 bits"),
    ],
)
def test_few_levels_have_other_reasons_too(options: dict, words: str) -> None:
    found = [sentence for sentence in compiled(learner(), **options).warnings if " levels" in sentence]
    assert len(found) == 1
    assert words in found[0]


# What cannot be meant


def test_a_threshold_that_is_lost_to_neurons_that_learn_beside_it_says_so() -> None:
    """One learns in volts and one in amperes: one unit for both."""
    net = Network()
    rule = STDP(a_plus=1e-11, a_minus=1e-11, w_max=1e-9)
    pre = net.inputs(1, "pre")
    for model, name in ((LIF(v_thresh=-63e-3), "cells"), (LIF(tau_syn=0.0), "others")):
        net.connect(pre, net.neurons(1, model, name), weight=1e-9, stdp=rule)
    with pytest.raises(
        ParameterError, match=r"neuron 0 of cells .* all neurons that learn share one weight unit"
    ):
        compile_network(net, BUILD)


@pytest.mark.parametrize(
    ("net", "options", "words"),
    [
        (alone(LIF(), 1.0), {}, "neuron 0 of cells lies 15 mV above rest, .* weight of 1 A .* 1 nA is 1e-9"),
        (alone(LIF(), 1.0, size=30), {}, "neuron 0 of cells and of 29 more"),
        (alone(delta_lif(), 1e9), {}, "neuron 0 of cells lies 1 above rest, .* a weight of 1e.09 onto it"),
        (alone(LIF(v_thresh=-64.9e-3), 0.01), {}, "neuron 0 of cells lies 100 uV above rest"),
        (alone(LIF(), 1e-9), {"weight_unit": 1e-3, "weight_shift": 0}, "use a smaller weight_unit"),
    ],
)  # fmt: skip
def test_a_threshold_that_rounds_to_rest_is_refused(net: Network, options: dict, words: str) -> None:
    with pytest.raises(ParameterError, match=rf"^the threshold of .*{words}.*\.$"):
        compile_network(net, BUILD, **options)
