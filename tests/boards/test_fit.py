"""Which boards a network fits: by its needs, with a speed that the core's own counters confirm."""

import numpy as np
import pytest

import allspike
from allspike.compiler import compile_network
from allspike.errors import ParameterError
from allspike.map.config import SINGLE_PORT_LANES, Config, Memory
from allspike.units import ms, nA
from allspike_boards import BOARDS
from allspike_boards.fit import best, clocks_a_step, fit


def network(neurons: int, inputs: int, *, learns: bool = False, delay: int = 1) -> allspike.Network:
    net = allspike.Network(dt=1 * ms)
    source = net.inputs(inputs, "in")
    cells = net.neurons(neurons, allspike.LIF(delay=delay * ms), "cells")
    rule = allspike.STDP(a_plus=0.01 * nA, a_minus=0.01 * nA, w_max=0.5 * nA) if learns else None
    net.connect(source, cells, allspike.AllToAll(), weight=0.5 * nA, stdp=rule)
    return net


def test_a_network_fits_where_its_neurons_and_inputs_do() -> None:
    found = {name: fit(network(200, 60), board, 0.02) for name, board in BOARDS.items()}
    for name, board in BOARDS.items():
        assert found[name].fits == (board.config.neurons >= 200 and board.config.inputs >= 60)
    assert found["icebreaker"].fits
    assert found["icebreaker"].build == "allspike build icebreaker"
    assert found["icebreaker"].change == ""
    assert not found["ice40-hx8k-evn"].fits
    assert " neurons, where it has 32" in found["ice40-hx8k-evn"].change


def test_inputs_are_traded_for_neurons_where_memory_allows() -> None:
    one = fit(network(128, 500), BOARDS["icebreaker"], 0.02)
    assert not one.fits
    assert one.change == "500 inputs, where it has 128"
    assert one.build == "allspike build icebreaker --neurons 128 --inputs 500"
    assert one.steps_per_second > 0


def test_nothing_is_traded_where_the_store_fills_block_ram() -> None:
    one = fit(network(16, 200), BOARDS["ice40-hx8k-evn"], 0.02)
    assert (one.fits, one.build) == (False, "")
    assert one.change == "200 inputs, where it has 128"


def test_what_the_compiler_warns_of_is_in_the_answer_and_not_raised(recwarn: pytest.WarningsRecorder) -> None:
    net = network(16, 16)
    net.neurons(1, allspike.LIF(delay=1.4 * ms), "late")
    one = fit(net, BOARDS["icebreaker"], 0.02)
    assert any("late: delay = 1.4 ms becomes 1 ms" in sentence for sentence in one.warnings)
    assert not recwarn


def test_a_network_too_large_has_no_build() -> None:
    one = fit(network(3000, 10), BOARDS["icebreaker"], 0.02)
    assert (one.fits, one.build, one.steps_per_second) == (False, "", 0.0)


def test_the_best_come_first() -> None:
    boards = [BOARDS[name] for name in ("ice40-hx8k-evn", "icebreaker", "ulx3s-85f")]
    shown = best([fit(network(256, 128), board, 0.02) for board in boards])
    assert [one.board for one in shown] == ["ulx3s-85f", "icebreaker", "ice40-hx8k-evn"]


@pytest.mark.parametrize("memory", Memory)
@pytest.mark.parametrize("learns", [False, True])
def test_the_speed_is_what_the_core_counts(learns: bool, memory: Memory) -> None:
    """The estimate against the clocks that the gateware counts in a run."""
    rng = np.random.default_rng(1)
    net = network(32, 32, learns=learns)
    compact = {"memory": memory, "weight_bits": 7} if memory is Memory.SINGLE_PORT else {}
    lanes = SINGLE_PORT_LANES[learns] if compact else 4
    config = Config(neurons=32, inputs=32, lanes=lanes, plasticity=learns, **compact)
    steps = 200
    with allspike.Simulation(net, "rtl", config) as simulation:
        result = simulation.run_steps(steps, {"in": allspike.SpikeArray(rng.random((steps, 32)) < 0.1)})
    counted = result.counters
    arriving, firing = counted["events"] / steps, counted["firings"] / steps
    assert firing > 1
    estimate = clocks_a_step(compile_network(net, config), arriving, firing)
    running = counted["clocks"] - counted["clocks_stalled"]
    assert running / steps == pytest.approx(estimate, rel=0.1)


def test_an_activity_that_is_no_share_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"activity = 2 is no share: give a number from 0 to 1"):
        fit(network(8, 8), BOARDS["icebreaker"], 2)
