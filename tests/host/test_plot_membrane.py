"""Membrane potentials as lines with ticks at spikes, and as an image where they are many."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

import allspike as asp
from allspike import Result, plot
from allspike.errors import ParameterError

from .plots import beside, described, random_result, silent

pytestmark = pytest.mark.usefixtures("closed")


def test_membranes_are_lines_with_a_tick_for_each_spike(result: Result) -> None:
    axes = plot.membrane(result, "more")
    axes.figure.canvas.draw()
    lines = axes.get_lines()
    assert [line.get_label() for line in lines] == ["more 2", "more 0"]
    ticks = [c for c in axes.collections if isinstance(c, LineCollection)]
    when, who = result.spikes["more"]
    for k, neuron in enumerate((2, 0)):
        np.testing.assert_allclose(lines[k].get_xdata(), np.arange(50) * 2.0)
        np.testing.assert_allclose(lines[k].get_ydata(), result.v["more"][:, k] * 1e3)
        segments = np.array(ticks[k].get_segments())
        np.testing.assert_allclose(segments[:, 0, 0], (when[who == neuron] - 100) * 2.0)
        assert (segments[:, 0, 1] > result.v["more"].max() * 1e3).all()
        assert (segments[:, 1, 1] > segments[:, 0, 1]).all()
        assert to_hex(ticks[k].get_colors()[0]) == to_hex(lines[k].get_color())
    assert axes.get_ylabel() == "membrane potential (mV)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["more 2", "more 0"]
    assert beside(axes)


def test_the_threshold_is_drawn_where_it_is_known() -> None:
    net, cells, result = described()
    axes = plot.membrane(result, cells)
    assert [text.get_text() for text in axes.get_legend().get_texts()][-1] == "threshold"
    assert axes.get_lines()[-1].get_ydata() == [-50, -50]
    ticks = np.concatenate([c.get_segments() for c in axes.collections if isinstance(c, LineCollection)])
    assert ticks[:, :, 1].min() > -50
    assert len(plot.membrane(result, "cells").get_lines()) == 3
    adapting = net.neurons(6, asp.LIF(theta_plus=1e-3), "adapting")
    unequal = net.neurons(6, asp.LIF(v_thresh=np.linspace(-50, -45, 6) * 1e-3), "unequal")
    for other in (adapting, unequal):
        renamed = replace(
            result, sizes={other.name: 6}, spikes={other.name: result.spikes["cells"]},
            v={other.name: result.v["cells"]}, v_neurons={other.name: result.v_neurons["cells"]},
        )  # fmt: skip
        assert len(plot.membrane(renamed, other).get_lines()) == 3


def test_potentials_of_many_neurons_are_an_image() -> None:
    v = np.random.default_rng(0).normal(-0.06, 0.005, (200, 20))
    members = np.arange(20)[::-1]
    axes = plot.membrane(random_result(20, 0.2, 20, v={"cells": v}, v_neurons={"cells": members}))
    axes.figure.canvas.draw()
    (image,) = axes.get_images()
    np.testing.assert_allclose(image.get_array(), v.T * 1e3)
    assert image.get_extent() == [0, 200, -0.5, 19.5]
    assert image.colorbar.ax.get_ylabel() == "membrane potential (mV)"
    formatted = axes.yaxis.get_major_formatter()
    assert [formatted(row, None) for row in (0, 19, 0.5, -1, 20)] == ["19", "0", "", "", ""]
    assert axes.get_ylabel() == "cells neuron"


def test_potentials_of_machine_learning_are_plain_numbers() -> None:
    v = {"cells": np.linspace(0, 0.99, 20)[:, None]}
    axes = plot.membrane(replace(silent(1), v=v, v_neurons={"cells": np.array([0])}))
    assert axes.get_ylabel() == "membrane potential"
    np.testing.assert_array_equal(axes.get_lines()[0].get_ydata(), v["cells"][:, 0])


def test_which_potentials_is_asked_where_there_are_several(result: Result) -> None:
    assert len(plot.membrane(result).get_lines()) == 2
    both = replace(result, v=dict(result.v) | {"some": np.zeros((50, 1))},
                   v_neurons=dict(result.v_neurons) | {"some": np.array([0])})  # fmt: skip
    with pytest.raises(ParameterError, match=r"^potentials of more, some were recorded: say of which one\.$"):
        plot.membrane(both)
    with pytest.raises(ParameterError, match=r"^no potentials were recorded: .*record_v.*\.$"):
        plot.membrane(silent())


def test_ticks_are_seen_above_a_flat_potential_too() -> None:
    """A neuron that fires at every step is at its reset whenever it is read."""
    spikes = {"cells": (np.arange(5), np.zeros(5, np.int64))}
    flat = Result(
        dt=1e-3, start=0, steps=5, sizes={"cells": 1}, spikes=spikes,
        v={"cells": np.full((5, 1), -0.065)}, v_neurons={"cells": np.array([0])},
    )  # fmt: skip
    axes = plot.membrane(flat, "cells")
    (ticks,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    segments = np.array(ticks.get_segments())
    assert len(segments) == 5
    assert (segments[:, 1, 1] > segments[:, 0, 1]).all()


@pytest.mark.parametrize("population", ["some", "nobody"])
def test_potentials_that_were_not_recorded_are_asked_for(result: Result, population: str) -> None:
    with pytest.raises(ParameterError, match=rf"^no potentials? of '{population}' .*record_v.*\.$"):
        plot.membrane(result, population)
