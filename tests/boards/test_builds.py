"""A board's name stands for its default build wherever a configuration is wanted."""

import json
from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.cli import main
from allspike_boards.builds import BUILDS
from allspike_boards.catalog import BOARDS
from allspike_boards.options import Options, configured
from allspike_sim import rtl


def network() -> asp.Network:
    """Noise into cells that inhibit one another, and learn."""
    net = asp.Network()
    noise, cells = net.inputs(20, "noise"), net.neurons(30, asp.LIF(), "cells")
    rule = asp.STDP(a_plus=2e-11, a_minus=2e-11, w_max=1e-9)
    net.connect(noise, cells, weight=0.8e-9, stdp=rule)
    net.connect(cells, cells, asp.FixedProbability(0.2, seed=1), weight=-0.3e-9)
    return net


def test_every_board_has_the_build_that_is_made_for_it() -> None:
    assert {name: configured(board, Options())[0] for name, board in BOARDS.items()} == BUILDS
    named = asp.configurations()
    assert {name: named[name] for name in BUILDS} == dict(BUILDS)
    assert list(named) == [*asp.PRESETS, *BOARDS]


def test_a_network_is_compiled_for_a_board_by_its_name() -> None:
    image = asp.compile_network(network(), "icebreaker")
    assert image.config == BUILDS["icebreaker"]
    assert image.report["preset"] == "icebreaker"
    assert asp.format_report(image.report).startswith("compiled for icebreaker: ")


def test_the_icebreaker_computes_what_its_preset_does() -> None:
    """Spikes, weights and draws; and so does the emulator of that name."""
    results = [
        asp.Simulation(network(), device, config).run(0.3, {"noise": asp.Poisson(60.0)})
        for device, config in (
            ("emulator", "up5k"), ("emulator", "icebreaker"), ("emulator:icebreaker", "up5k"),
            (asp.open("emulator:icebreaker"), None),
        )
    ]  # fmt: skip
    first, *others = results
    assert first.counts("cells").sum() > 100
    for other in others:
        np.testing.assert_array_equal(first.array("cells"), other.array("cells"))
        np.testing.assert_array_equal(first.weights["noise-cells"], other.weights["noise-cells"])


def test_the_gateware_is_simulated_as_a_board_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[asp.Config] = []
    monkeypatch.setattr(rtl, "RtlBus", lambda config, waves: opened.append(config))
    rtl.open_rtl("icebreaker", None)
    assert opened == [BUILDS["icebreaker"]]


def test_what_does_not_fit_a_board_says_so_by_its_name() -> None:
    net = asp.Network()
    net.neurons(300)
    with pytest.raises(asp.CapacityError, match="needs 300 neurons; icebreaker has 256: 44 too many"):
        asp.compile_network(net, "icebreaker")


def test_the_command_line_takes_a_board_where_it_takes_a_preset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.npz"
    network().save(path)
    with pytest.raises(SystemExit) as end:
        main(["compile", str(path), "--config", "icebreaker", "--json"])
    assert end.value.code == 0
    assert json.loads(capsys.readouterr().out)["preset"] == "icebreaker"
    with pytest.raises(SystemExit) as end:
        main(["compile", str(path), "--config", "icebraker"])
    assert end.value.code == 3
    assert "did you mean 'icebreaker'?" in capsys.readouterr().err
