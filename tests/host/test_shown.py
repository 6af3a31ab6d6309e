"""What objects and signatures show of themselves fits a screen."""

import inspect
import pydoc
import types
from collections.abc import Iterator

import numpy as np
import pytest

import allspike as asp

MANY = np.linspace(1e-3, 2e-3, 500)


def public() -> Iterator[tuple[str, object]]:
    """Every public name, and the public members of every public class."""
    for name in asp.__all__:
        value = getattr(asp, name)
        yield name, value
        if inspect.isclass(value):
            for member in vars(value):
                if not member.startswith("_") and callable(getattr(value, member)):
                    yield f"{name}.{member}", getattr(value, member)


@pytest.mark.parametrize(("name", "value"), list(public()), ids=[name for name, _ in public()])
def test_help_is_short_and_names_types_by_their_names(name: str, value: object) -> None:
    if callable(value):
        try:
            signature = str(inspect.signature(value))
        except ValueError:
            signature = ""
        assert len(signature) < 700, signature
    text = pydoc.render_doc(value)
    assert "_SupportsArray" not in text and "Buffer |" not in text
    assert inspect.getdoc(value), f"{name} says nothing"


def test_dir_shows_what_is_public_and_no_more() -> None:
    assert dir(asp) == sorted(asp.__all__)
    for name in dir(asp):
        value = getattr(asp, name)
        if isinstance(value, types.ModuleType):
            assert name in ("plot", "training", "units")
        assert not name.startswith("_")


def crowd() -> asp.Network:
    net = asp.Network()
    for k in range(50):
        net.neurons(500, asp.LIF(tau_m=10 * MANY, t_ref=MANY), f"cells {k} {'x' * 90}")
    for k in range(10):
        net.connect(f"cells {k} {'x' * 90}", f"cells 9 {'x' * 90}", asp.OneToOne(), weight=1e-9)
    return net


ALL = {
    name: 2e-3 * np.ones(3) for name in ("tau_m", "tau_syn", "t_ref", "delay", "i_offset", "v_drift", "leak")
}
RULE = asp.STDP(a_plus=0.1, a_minus=0.2, w_max=1.0, w_min=-1.0, tau_plus=1e-2, tau_minus=3e-2,
                pairing="nearest", x_target=0.5, rounding="nearest")  # fmt: skip


@pytest.mark.parametrize(
    "shown",
    [
        crowd(), crowd()[f"cells 3 {'x' * 90}"], crowd()[f"cells 3 {'x' * 90}"][5:400], asp.Network(),
        next(iter(crowd().projections.values())), RULE, asp.delta_lif(theta_plus=0.1, tau_theta=1.0),
        asp.Pairs(np.arange(9999), np.arange(9999)), asp.Layers((1,) * 999), asp.SmallWorld(4, 0.1),
        asp.FixedProbability(0.1), asp.Grid(3, 4), asp.AllToAll(), asp.OneToOne(), asp.Config(),
    ],
    ids=lambda shown: type(shown).__name__,
)  # fmt: skip
def test_repr_fits_ten_lines(shown: object) -> None:
    lines = repr(shown).splitlines()
    assert 1 <= len(lines) <= 10 and max(map(len, lines)) <= 110, repr(shown)


def test_repr_of_a_network_counts_what_it_leaves_out() -> None:
    text = repr(crowd())
    assert "50 populations and 10 projections" in text and "populations more" in text
    small = asp.Network()
    small.connect(small.inputs(3, "in"), small.neurons(2, "out"), weight=1e-9)
    assert repr(small).splitlines() == [
        "<Network dt=0.001 s>", "  <Inputs 'in': 3>", "  <Neurons 'out': 2 LIF()>",
        "  <Projection 'in-out': 6 static synapses>",
    ]  # fmt: skip


def test_what_a_model_shows_makes_it_again() -> None:
    for model in (
        asp.LIF(tau_m=np.float64(0.01), reset="subtract"),
        asp.LIF(reset="subtract", v_subtract=np.float32(0.25)),
        asp.delta_lif(t_ref=1e-3, leak=1.0, tau_theta=1.0),
    ):
        assert eval(repr(model), {"LIF": asp.LIF, "inf": np.inf}) == model
    assert eval(repr(RULE), {"STDP": asp.STDP}) == RULE


def test_html_of_a_network_is_escaped_and_bounded() -> None:
    net = asp.Network()
    for k in range(60):
        net.neurons(1, name=f"<b onload='x'>{k}")
    net.connect("<b onload='x'>1", "<b onload='x'>2", weight=1e-9)
    html = net._repr_html_()
    assert "<b onload" not in html and "&lt;b onload=&#x27;x&#x27;&gt;1" in html
    assert html.count("<table>") == html.count("</table>") == 2
    assert "20 populations more" in html and "script" not in html and "http" not in html
