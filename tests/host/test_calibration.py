"""Calibration: what it chooses loses less, on samples that it has not seen too, and is what it says it is."""

import itertools

import numpy as np
import pytest

import allspike as asp
from allspike import LIF, STDP, CapacityError, Config, Network, ParameterError, compile_network, delta_lif
from allspike.training import calibrate, float_run
from allspike.training.rounding import compensated, nearest, use

BUILD = Config(neurons=24, inputs=16, weight_bits=5)


def network(seed: int = 0, outlier: float = 6.0) -> Network:
    """Recurrent neurons, some behind an outlier among their weights, and a readout that never fires."""
    rng = np.random.default_rng(seed)
    net = Network()
    pre = net.inputs(16, "pre")
    cells = net.neurons(20, delta_lif(tau_m=8e-3, reset="subtract"), "cells")
    out = net.neurons(3, delta_lif(tau_m=np.inf, v_thresh=1e3), "out")
    w_in = rng.normal(0.06, 0.2, (16, 20))
    w_in[0, ::2] = outlier
    net.connect(pre, cells, w_in, name="in")
    net.connect(cells, cells, rng.normal(0, 0.04, (20, 20)) * (rng.random((20, 20)) < 0.5), name="rec")
    net.connect(cells, out, rng.normal(0, 0.2, (20, 3)), name="read")
    return net


def learning() -> Network:
    net = network()
    net.connect("pre", "out", weight=0.1, stdp=STDP(a_plus=0.1, a_minus=0.1, w_max=1.0))
    return net


def spikes(samples: int, seed: int) -> np.ndarray:
    """Inputs; the one with the outliers is seldom used."""
    rng = np.random.default_rng(seed)
    rates = np.full(16, 0.15)
    rates[0] = 0.002
    return rng.random((samples, 80, 16)) < rates


@pytest.mark.parametrize("rounding", ["compensated", "nearest"])
def test_less_is_lost_on_samples_that_were_not_seen(rounding: str) -> None:
    net = network()
    calibration = calibrate(net, {"pre": spikes(40, 1)}, BUILD, rounding=rounding)  # type: ignore[arg-type]
    before, after = calibration.evaluate({"pre": spikes(60, 2)})
    assert before.off > 1000
    assert after.off < 0.8 * before.off
    assert after.v_error < 0.7 * before.v_error
    assert calibration.after.value < calibration.before.value
    # The seldom outlier is what is given up.
    assert calibration.weights_after.clipped >= 5
    assert calibration.weights_after.zero < calibration.weights_before.zero
    assert (calibration.weights_after.further > 0) == (rounding == "compensated")
    if rounding == "nearest":
        image = compile_quietly(net, calibration.weight_unit, calibration.weight_shift)
        assert np.array_equal(image.weights, calibration.compile().weights)


def compile_quietly(net: Network, unit: object, shift: int) -> asp.Image:
    with pytest.warns(asp.QuantisationWarning, match="saturate"):
        return compile_network(net, BUILD, weight_unit=unit, weight_shift=shift)


def test_figures_are_those_of_the_emulator_beside_float64() -> None:
    net, given = network(2), spikes(60, 2)
    calibration = calibrate(net, {"pre": spikes(12, 1)}, BUILD)
    exact = float_run(net, {"pre": given}, record_v=True)
    for simulation, loss in zip(
        (asp.Simulation(net, config=BUILD), calibration.simulation()),
        calibration.evaluate({"pre": given}),
        strict=True,
    ):
        off = changed = spikes_of = 0
        error = power = 0.0
        with simulation:
            for k, array in enumerate(given):
                simulation.reset()
                result = simulation.run_steps(80, {"pre": array}, record_v="out")
                for name in ("cells", "out"):
                    off += int((result.array(name) != exact.spikes(name)[k]).sum())
                    spikes_of += int(exact.counts(name)[k].sum())
                error += float(np.square(result.v["out"] - exact.v("out")[k]).sum())
                power += float(np.square(exact.v("out")[k]).sum())
                changed += result.v["out"][-1].argmax() != exact.v("out")[k, -1].argmax()
        assert (loss.samples, loss.entries, loss.off, loss.spikes) == (60, 60 * 80 * 23, off, spikes_of)
        assert changed > 0
        assert loss.v_error == pytest.approx(np.sqrt(error / power))
        assert loss.classes_off == changed


def test_what_is_compiled_is_what_was_chosen() -> None:
    calibration = calibrate(network(), {"pre": spikes(8, 1)}, BUILD)
    image = calibration.compile(seed=5)
    assert (image.seed, image.weight_shift, image.config) == (5, calibration.weight_shift, BUILD)
    assert np.array_equal(image.weight_unit[:23], calibration.weight_unit)
    for name, entry in image.report["projections"].items():
        assert (entry["saturated"], entry["largest_error"]) == (0, pytest.approx(0, abs=1e-12)), name
    lines = calibration.report.splitlines()
    assert lines[0].split("|")[1].strip() == "as compiled"
    assert f"{calibration.before.off:,} (" in lines[1] and f"{calibration.after.off:,} (" in lines[1]
    assert str(calibration.neurons_changed) in lines[-1]
    assert repr(calibration).startswith("<Calibration for 23 neurons>\n2 samples compared")


def test_what_is_exact_already_is_left_alone() -> None:
    net = Network()
    cells = net.neurons(3, delta_lif(tau_m=np.inf), "cells")
    net.connect(
        net.inputs(4, "pre"), cells, np.array([[127, 3, 9], [5, 127, -4], [1, 2, 127], [8, 9, 0]]) / 256
    )
    calibration = calibrate(net, {"pre": np.random.default_rng(0).random((5, 30, 4)) < 0.5}, "core96")
    assert calibration.before.off == calibration.after.off == calibration.neurons_changed == 0
    assert calibration.network is net
    assert calibration.before.spikes > 10


def test_the_best_rounding_of_all_is_nearly_found() -> None:
    """Of six weights there are 64 ways to round; coordinate descent is within a few of the best."""
    rng = np.random.default_rng(4)
    config = Config(neurons=8, inputs=6, weight_bits=4)
    used = use(rng.random((4, 200, 6)) < 0.4, 0.8, 0.9)
    share = []
    for _ in range(20):
        weights = rng.normal(0, 0.4, (6, 1))
        unit = np.abs(weights).max(axis=0) / config.weight_max

        def loss(made: np.ndarray, weights: np.ndarray = weights) -> float:
            return float((made - weights).ravel() @ used @ (made - weights).ravel())

        sides = itertools.product(
            *np.stack((np.floor(weights / unit), np.ceil(weights / unit)), axis=-1)[:, 0]
        )
        every = sorted(loss(np.array(side)[:, None] * unit) for side in sides)
        found, plain = loss(compensated(weights, unit, used, config)), loss(nearest(weights, unit, config))
        assert every[0] * (1 - 1e-9) <= found <= plain * (1 + 1e-9)
        share.append(np.searchsorted(every, found * (1 - 1e-9)) / len(every))
    assert np.mean(share) < 0.1


def test_use_is_the_mean_product_of_unthresholded_potentials() -> None:
    arrived = np.random.default_rng(0).random((2, 30, 3)) < 0.3
    kernel = np.convolve(0.5 ** np.arange(30), 0.8 ** np.arange(30))[:30]
    v = np.array([[np.convolve(train, kernel)[:30] for train in sample.T] for sample in arrived])
    np.testing.assert_allclose(use(arrived, 0.5, 0.8), np.einsum("sat,sbt->ab", v, v) / 60)


def test_progress_is_told_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    calibrate(network(), {"pre": spikes(4, 1)}, BUILD, progress=lambda done, of: told.append((done, of)))
    counts = [done for done, _ in told]
    assert counts == sorted(counts) and len(counts) > 10
    assert told[-1] == (told[-1][1], told[-1][1]) and len({of for _, of in told}) == 1


def test_it_can_be_asked_of_a_narrow_v_and_takes_no_shift_that_does_not_fit() -> None:
    config = Config(neurons=24, inputs=16, weight_bits=3, state_bits=12)
    net = network(outlier=1.0)
    net.projections.pop("read")
    net.populations.pop("out")
    calibration = calibrate(net, {"pre": spikes(6, 1)}, config, output="cells")
    assert calibration.after.value <= calibration.before.value
    assert calibration.output == "cells"
    calibration.compile()


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"rounding": "up"}, ParameterError, "rounding = 'up': it is"),
        ({"output": "pre"}, ParameterError, "no population of neurons 'pre'"),
        ({"output": 3}, ParameterError, "3 is no population of neurons"),
        ({"runs": {}}, ParameterError, "give steps="),
        ({"runs": []}, ParameterError, "runs has no sample"),
        ({"runs": {"pre": np.full((2, 80, 16), np.nan)}}, ParameterError, "not nan"),
        ({"runs": {"pre": np.zeros((2, 80, 15))}}, ParameterError, r"\(80, 15\) is not \[steps, 16\]"),
        ({"network": Network()}, CapacityError, "the network has no neurons"),
        ({"config": Config(neurons=8, inputs=16)}, CapacityError, "23 neurons"),
        ({"config": "core97"}, ParameterError, "core97"),
        ({"progres": print}, ParameterError, "progress"),
        ({"network": learning()}, ParameterError, "synapses that learn"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(
    options: dict, kind: type, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("allspike.training.calibration.run_samples", nothing)
    with pytest.raises(kind, match=words):
        calibrate(**{"network": network(), "runs": {"pre": spikes(2, 0)}, "config": BUILD} | options)


def test_it_chooses_the_same_each_time() -> None:
    first, second = (calibrate(network(), {"pre": spikes(8, 1)}, BUILD) for _ in range(2))
    assert (first.before, first.after) == (second.before, second.after)
    assert np.array_equal(first.compile().weights, second.compile().weights)
    assert np.array_equal(first.compile().neuron_params, second.compile().neuron_params)


def test_networks_without_much_can_be_calibrated() -> None:
    """No projection, one sample, no step, neurons that nothing reaches."""
    net = Network()
    net.neurons(2, LIF(i_offset=1e-9), "cells")
    for runs, steps in (({}, 50), ([{}] * 5, 0)):
        assert calibrate(net, runs, steps=steps).after.off == 0
