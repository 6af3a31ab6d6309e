"""The report is read in the user's units, at the width of the terminal, and in a notebook."""

import doctest
from html.parser import HTMLParser
from importlib import import_module

import numpy as np
import pytest

import allspike
from allspike import LIF, STDP, Image, Network, compile_network, delta_lif, format_report


def network(name: str = "cells") -> Network:
    net = Network()
    cells = net.neurons(12, LIF(t_ref=2e-3, i_offset=1e-10, delay=3e-3, tau_m=[0.01] * 6 + [0.04] * 6), name)
    rule = STDP(a_plus=2e-11, a_minus=2e-11, w_max=1e-9)
    net.connect(net.inputs(40, "pre"), cells, weight=0.5e-9, stdp=rule, name="learn")
    return net


@pytest.mark.filterwarnings("ignore::allspike.QuantisationWarning")
def test_quantities_have_their_units() -> None:
    text = format_report(compile_network(network(), "up5k").report)
    for line in (
        "  projection learn: 480 plastic synapses, weights up to 500 pA, error at most 7.9 pA, mean 7.9 pA; ",
        "; 64 levels from w_min to w_max\n",
        "  population cells: 12 neurons\n",
        "    v_thresh from rest 15 mV\n",
        "    tau_m 10 to 40 ms\n",
        "    t_ref 2 ms\n",
        "    delay 3 ms\n",
        "    i_offset 100 pA",
        "  learning: a_plus 20 pA, realised 20 pA\n",
        "  learning: tau_plus 20 ms, realised 20 ms\n",
        "  learning: w_max 1 nA, realised 1 nA",
    ):
        assert line in text


def test_numbers_without_a_dimension_have_no_unit() -> None:
    net = Network()
    net.connect(net.inputs(2, "pre"), net.neurons(3, delta_lif(v_drift=2.0), "cells"), weight=0.5)
    text = format_report(compile_network(net).report)
    assert "weights up to 0.5, error at most 0, mean 0; " in text
    assert "    v_thresh 1\n" in text
    assert "    v_drift 2 /s" in text


@pytest.mark.filterwarnings("ignore::allspike.QuantisationWarning")
@pytest.mark.parametrize("width", [40, 80, 100])
def test_lines_are_wrapped_between_words(width: int) -> None:
    net = network("a-rather-long-name-of-cells")
    net.neurons(2, LIF(delay=1.4e-3), "other")
    report = compile_network(net).report
    text = format_report(report, width)
    assert max(map(len, text.splitlines())) <= width
    assert text.split() == format_report(report).split()
    assert "warning: other: delay = 1.4 ms becomes 1 ms" in " ".join(text.split())


class _Cells(HTMLParser):
    """What a browser would show of each cell, and which elements there are."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.filterwarnings("ignore::allspike.QuantisationWarning")
def test_a_notebook_shows_tables_and_names_do_no_harm() -> None:
    name = "<script>alert('x')</script>"
    net = network(name)
    net.neurons(2, LIF(delay=1.4e-3), "b&b")
    seen = _Cells()
    seen.feed(compile_network(net)._repr_html_())
    assert "script" not in seen.elements
    assert "table" in seen.elements
    assert {name, "b&b", "500 pA", "15 mV", "10 to 40 ms"} <= set(seen.texts)
    assert any(text.startswith("b&b: delay = 1.4 ms becomes 1 ms") for text in seen.texts)


@pytest.mark.filterwarnings("ignore::allspike.QuantisationWarning")
def test_an_image_shows_itself_within_ten_lines() -> None:
    image = compile_network(network(), "icebreaker", seed=3)
    assert repr(image).splitlines() == [
        "<Image for icebreaker: 12 neurons and 40 inputs, 480 synapses of 7 bits, dt=0.001 s, seed=3>",
        "  cells: 12 neurons",
        "  pre: 40 inputs",
        "  learn: 480 plastic synapses",
    ]
    net = Network()
    for k in range(30):
        net.neurons(2, LIF(delay=1.4e-3), f"a-population-of-a-long-name-{'x' * 200}{k}")
    lines = repr(compile_network(net)).splitlines()
    assert len(lines) <= 10
    assert max(map(len, lines)) <= 100
    assert lines[-1] == "  30 warnings: see its `warnings`"


def test_an_image_without_a_report_shows_itself_too() -> None:
    image = compile_network(network())
    bare = Image(**{name: getattr(image, name) for name in image.__dataclass_fields__ if name != "report"})
    assert repr(bare).startswith("<Image for custom: 12 neurons")
    assert bare._repr_html_().startswith("<pre>&lt;Image")
    assert bare.warnings == ()
    assert np.array_equal(bare.weights, image.weights)


@pytest.mark.parametrize(
    "module", ["map.config", "compiler.compile", "image.formatting", "quantities"], ids=lambda name: name
)
def test_the_examples_of_docstrings_are_right(module: str) -> None:
    loaded = import_module(f"allspike.{module}")
    names = {name: getattr(allspike, name) for name in allspike.__all__}
    found = doctest.testmod(loaded, extraglobs=names | vars(loaded))
    assert found.attempted
    assert not found.failed
