"""Networks of SuperNeuroMAT: files, delays, units, learning rules, and what is refused."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import superneuromat

import allspike as asp
from allspike.superneuromat.description import read
from allspike.superneuromat.rule import mapped
from tests.command import command


def model() -> superneuromat.SNN:
    """Two neurons with a delayed and a direct synapse, one of which learns, and a few input spikes."""
    snn = superneuromat.SNN()
    snn.backend = "cpu"
    first = snn.create_neuron(threshold=1.0, leak=1.0, refractory_period=1)
    second = snn.create_neuron(threshold=3.5)
    snn.create_synapse(first, second, weight=4.0, delay=3)
    snn.create_synapse(second, first, weight=1.0, stdp_enabled=True)
    for step in (0, 4, 5, 11):
        snn.add_spike(step, first, value=2.0)
    snn.stdp_setup(Apos=[1.0], positive_update=True, negative_update=False)
    return snn


def spikes_there(snn: superneuromat.SNN, steps: int) -> set[tuple[int, int]]:
    snn.simulate(steps)
    return set(zip(*(k.tolist() for k in np.nonzero(np.asarray(snn.ispikes))), strict=True))


def spikes_here(net: asp.Network, steps: int, **options: object) -> set[tuple[int, int]]:
    translation = net.translation
    assert translation is not None
    simulation = asp.Simulation(net, **options)  # type: ignore[arg-type]
    translation.start(simulation)
    when, who = simulation.run_steps(steps, translation.stimuli(steps)).spikes["neurons"]
    return set(zip(when.tolist(), translation.ids[who].tolist(), strict=True))


def kept(spikes: set[tuple[int, int]], net: asp.Network) -> set[tuple[int, int]]:
    assert net.translation is not None
    return {(step, neuron) for step, neuron in spikes if neuron in net.translation.ids}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with (tmp_path / "net.snn.json").open("w") as stream:
        model().saveas_json(stream, net_name="pair")
    return tmp_path / "net.snn.json"


@pytest.mark.parametrize("form", ["json-native", "base64", "base85"])
def test_a_file_says_what_the_object_says(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "net.snn.json").open("w") as stream:
        model().saveas_json(stream, array_representation=form, net_name="pair")
    from_object = read(model())
    monkeypatch.setitem(sys.modules, "superneuromat", None)  # files are read without the package
    for name in (0, "pair"):
        from_file = read(tmp_path / "net.snn.json", name)
        for key, value in vars(from_object).items():
            assert np.array_equal(getattr(from_file, key), value), key


@pytest.mark.parametrize("form", ["json-native", "base64", "base85"])
@pytest.mark.parametrize(
    "skipped",
    [["spike_train"], ["input_spikes"], ["apos"], ["aneg"], ["apos", "aneg"], ["stdp"], ["enable_stdp"],
     ["stdp_positive_update"], ["stdp_negative_update"], ["synaptic_delays"], ["num_neurons", "num_synapses"],
     ["default_dtype", "_sparse", "_backend", "manual_setup"],
     ["allow_incorrect_stdp_sign", "allow_signed_leak"],
     ["pre_synaptic_neuron_ids", "post_synaptic_neuron_ids", "synaptic_weights", "synaptic_delays",
      "enable_stdp", "num_synapses"]],
    ids=lambda keys: "-".join(keys)[:40],
)  # fmt: skip
def test_what_a_file_leaves_out_is_what_superneuromat_reads(
    tmp_path: Path, skipped: list[str], form: str
) -> None:
    path = tmp_path / "net.snn.json"
    model().saveas_json(path.open("w"), array_representation=form, skipkeys=skipped)
    from_file = read(path)
    if form == "json-native":  # its encoded files SuperNeuroMAT 3.5 does not read itself
        theirs = superneuromat.SNN().from_jsons(path.read_text())
        theirs.backend = "cpu"
        for key, value in vars(read(theirs)).items():
            assert np.array_equal(getattr(from_file, key), value), key
        net = asp.Network.from_superneuromat(path)
        assert spikes_here(net, 20) == kept(spikes_there(theirs, 20), net)
    else:
        model().saveas_json(path.open("w"), skipkeys=skipped)
        for key, value in vars(read(path)).items():
            assert np.array_equal(getattr(from_file, key), value), key


def test_what_no_network_runs_without_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "net.snn.json"
    for key in ("neuron_states", "neuron_thresholds", "neuron_leaks", "neuron_refractory_periods_state"):
        model().saveas_json(path.open("w"), skipkeys=[key])
        with pytest.raises(asp.FileError, match=rf"^cannot read {path}: it leaves out {key}, .*again.*\.$"):
            asp.Network.from_superneuromat(path)
    model().saveas_json(path.open("w"), skipkeys=["synaptic_weights"])
    with pytest.raises(asp.FileError, match="pre_synaptic_neuron_ids has 4 entries where 0 are needed"):
        asp.Network.from_superneuromat(path)


def test_networks_of_a_file_are_chosen_by_place_or_name(file: Path) -> None:
    for name in (0, -1, "pair"):
        assert len(read(file, name)) == 4
    with pytest.raises(asp.FileError, match="has no network 3, for it has 1"):
        read(file, 3)
    with pytest.raises(asp.FileError, match="no network is named 'pari': did you mean 'pair'"):
        read(file, "pari")


@pytest.mark.parametrize("form", ["json-native", "base64", "base85"])
def test_whether_a_network_of_a_file_has_run(tmp_path: Path, form: str) -> None:
    """Spikes that the learning rule has forgotten do not count."""
    path = tmp_path / "net.snn.json"
    for train, has_run in (([[1, 0, 0, 0], [0] * 4], False), ([[0] * 4, [1, 0, 0, 0]], True)):
        snn = model()
        snn.spike_train = [np.array(spikes, bool) for spikes in train]
        snn.saveas_json(path.open("w"), array_representation=form)
        assert read(path).has_run is has_run is read(snn).has_run


def test_delays_become_axonal_ones_and_relays() -> None:
    snn = superneuromat.SNN()
    snn.backend = "cpu"
    cells = [snn.create_neuron(threshold=0.0) for _ in range(5)]
    for post, delay in ((1, 5), (2, 40), (3, 1), (4, 5)):
        snn.create_synapse(0, post, weight=1.0, delay=delay)
    snn.create_synapse(cells[1], cells[0], weight=1.0, delay=7)
    snn.add_spike(2, 0, 3.0)
    net = asp.Network.from_superneuromat(snn, exact=True)
    translation = net.translation
    # Neuron 0 sends after 1, 5 and 40 steps: 40 takes three relays of up to 16 after the one for 5.
    assert len(net["relays"]) == 4
    assert "became 1 axonal delays and 4 relays" in translation.facts[0]
    assert spikes_here(net, 60) == kept(spikes_there(snn, 60), net)


def test_a_chain_that_was_changed_stays_as_it_is() -> None:
    def changed() -> superneuromat.SNN:
        snn = model()
        snn.add_spike(8, 2, 1.0)  # into the first hidden neuron
        return snn

    net = asp.Network.from_superneuromat(changed(), exact=True)
    assert net.translation.ids.tolist() == [0, 1, 2, 3]
    assert spikes_here(net, 20) == spikes_there(changed(), 20)


def test_two_delayed_synapses_between_two_neurons() -> None:
    snn = superneuromat.SNN()
    snn.backend = "cpu"
    snn.create_neuron(threshold=0.0)
    snn.create_neuron(threshold=3.0)
    for weight in (1.0, 3.0):
        snn.create_synapse(0, 1, weight=weight, delay=3)
    snn.add_spike(0, 0, 1.0)
    net = asp.Network.from_superneuromat(snn, exact=True)
    assert spikes_here(net, 6) == kept(spikes_there(snn, 6), net) >= {(3, 1)}


@pytest.mark.parametrize(
    ("amplitudes", "gap"),
    [([3.0], 1), ([5.0] * 4, 4), ([2.0] * 40, 40), ([1.0, 0.5, 0.25], 1), ([64.0, 32, 16, 8, 4, 2, 1], 1),
     ([9.0, 3, 1], 1), ([32.0, 8, 2], 1), ([100.0, 10, 1], 1), ([50.0, 5], 1)],
)  # fmt: skip
def test_rules_that_a_trace_follows_exactly(amplitudes: list[float], gap: int) -> None:
    unit = min(1.0, *amplitudes)
    assert mapped(np.array(amplitudes), gap, unit, 1e-3, asp.Config()).largest == 0


@pytest.mark.parametrize(("amplitudes", "gap"), [([5.0] * 4, 2), ([4.0, 3, 2, 1], 1), ([12.0, 6], 1)])
def test_rules_that_no_trace_follows_say_by_how_much(amplitudes: list[float], gap: int) -> None:
    found = mapped(np.array(amplitudes), gap, 1.0, 1e-3, asp.Config())
    assert 0 < found.mean <= found.largest <= sum(amplitudes)


def test_what_is_not_exact_is_said_and_refused_if_told() -> None:
    def changed(**lists: list) -> superneuromat.SNN:
        snn = model()
        for name, values in lists.items():
            setattr(snn, name, values)
        return snn

    weights = list(model().synaptic_weights)
    cases = {
        "no common unit": changed(synaptic_weights=[*weights[:-1], 0.00123456]),
        "in binary": changed(synaptic_weights=[*weights[:-1], 0.1]),
        "held as 255": changed(neuron_refractory_periods=[1000, 0, 0, 0]),
        "has run before": changed(spike_train=[[True, False, False, False]]),
        "No trace follows": changed(apos=[1.0, 0.9]),
        "depression of every enabled": changed(aneg=[-0.5], stdp_negative_update=True),
        "farther from the reset": changed(neuron_thresholds=[1.0, 1e12, 0.0, 0.0]),
    }
    for words, snn in cases.items():
        net = asp.Network.from_superneuromat(snn)
        assert any(words in difference for difference in net.translation.differences), words
        report = asp.format_report(asp.compile_network(net).report)
        assert words in report and "not exact" in report
        with pytest.raises(asp.ParameterError, match="cannot be exact"):
            asp.Network.from_superneuromat(snn, exact=True)
    with pytest.raises(asp.ParameterError, match="exact = 'no' must be True or False"):
        asp.Network.from_superneuromat(snn, exact="no")  # type: ignore[arg-type]


def test_a_narrower_build_wants_its_own_translation() -> None:
    with pytest.raises(asp.CapacityError, match="translated for weight_bits = 8"):
        asp.compile_network(asp.Network.from_superneuromat(model()), "up5k")
    net = asp.Network.from_superneuromat(model(), config="up5k", exact=True)
    assert spikes_here(net, 20, config="up5k") == kept(spikes_there(model(), 20), net)


def test_its_own_file_is_where_it_is_kept(tmp_path: Path) -> None:
    with pytest.raises(asp.ParameterError, match="in its JSON"):
        asp.Network.from_superneuromat(model()).save(tmp_path / "net.npz")


def test_things_that_are_no_network() -> None:
    with pytest.raises(asp.ParameterError, match="is no SuperNeuroMAT network"):
        asp.Network.from_superneuromat(object())
    with pytest.raises(asp.ParameterError, match="no neurons"):
        asp.Network.from_superneuromat(superneuromat.SNN())
    snn = model()
    snn.neuron_leaks[0] = -1.0
    with pytest.raises(asp.ParameterError, match="neuron_leaks holds -1"):
        asp.Network.from_superneuromat(snn)


def test_the_command_line_takes_its_files(file: Path, capsys: pytest.CaptureFixture) -> None:
    out = file.parent / "result.npz"
    assert command("run", file, "--steps", 20, "--exact", "--json", "--out", out) == 0
    assert json.loads(capsys.readouterr().out)["steps"] == 20
    when, who = asp.Result.load(out).spikes["neurons"]
    net = asp.Network.from_superneuromat(file)
    assert set(zip(when.tolist(), who.tolist(), strict=True)) == kept(spikes_there(model(), 20), net)
    assert command("compile", file, "--config", "up5k") == 0
    assert "hidden neurons of delays" in capsys.readouterr().out
    assert command("info", file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["populations"] == {"spikes": 1, "neurons": 2}


def test_the_command_line_says_and_refuses(file: Path, capsys: pytest.CaptureFixture) -> None:
    document = json.loads(file.read_text())
    document["networks"][0]["data"]["synaptic_weights"][-1] = 0.1
    file.write_text(json.dumps(document))
    assert command("run", file, "--steps", 5) == 0
    assert "not exact: Values such as 0.1" in capsys.readouterr().err
    assert command("run", file, "--steps", 5, "--exact") == 3
    document["networks"][0]["data"]["synaptic_weights"][-1] = 126.0
    file.write_text(json.dumps(document))
    assert command("run", file, "--steps", 12, "--exact") == 4
    assert "stand at their bound" in capsys.readouterr().err
    file.write_text("{}")
    assert command("run", file, "--steps", 5) == 5
