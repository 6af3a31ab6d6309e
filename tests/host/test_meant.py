"""What can hardly be meant is warned of, what cannot be is refused, and what is meant passes in silence."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

import allspike as asp
from allspike import LIF, STDP, delta_lif
from allspike.units import ms, mV, nA, uV

MEANT = [
    LIF(),
    LIF(tau_m=1.0, tau_syn=0.2, t_ref=0.5, delay=0.1, tau_theta=1e4),
    LIF(tau_m=np.inf, leak=0.1),
    LIF(i_offset=1 * nA),
    LIF(i_offset=200 * nA),
    LIF(v_rest=-45 * mV, i_offset=-1 * nA),
    LIF(v_rest=-45 * mV, v_drift=-2.0),
    LIF(v_rest=-60 * mV, v_thresh=-60 * mV + 10 * uV),
    LIF(v_thresh=40 * mV),
    LIF(v_rest=0.0, v_reset=0.0, v_thresh=15.0),
    LIF(v_rest=0.0, v_reset=0.0, v_thresh=1.0, c_m=1.0, i_offset=2.0),
    LIF(v_rest=0.0, v_reset=-80.0, v_thresh=15.0, c_m=1.0),
    delta_lif(),
    delta_lif(v_thresh=100.0),
    delta_lif(v_thresh=1e6, v_reset=-50.0),
    delta_lif(v_rest=-5.0, v_reset=-5.0, v_thresh=0.5),
    LIF(v_rest=-38.0, v_reset=-101.0, v_thresh=-1.0, c_m=1.0, tau_syn=0.0),
    delta_lif(v_rest=-65.0, v_reset=-65.0, v_thresh=-50.0),
    delta_lif(v_rest=3.0, v_reset=2.0, v_thresh=0.0, v_drift=1.0),
    delta_lif(v_rest=2.0, v_thresh=1.0, tau_m=np.inf),
    delta_lif(v_thresh=np.array([1.0, 100.0, 10.0])),
    delta_lif(v_drift=1e6),
    delta_lif(reset="subtract", v_reset=7.0),
    delta_lif(reset="subtract", v_subtract=0.0),
    delta_lif(reset="subtract", v_subtract=1e5),
    delta_lif(reset="subtract", v_thresh=2.0, v_subtract=np.array([0.0, 1.0, 2.0 / 0.9])),
    LIF(reset="subtract", v_subtract=15 * mV),
    LIF(v_rest=-65.0, v_thresh=-50.0, v_subtract=15.0, reset="subtract", tau_syn=0.0),
]
"""Made when this file is read: a warning there would be an error."""


@pytest.fixture(autouse=True)
def _strict() -> None:
    warnings.simplefilter("error", asp.AllspikeWarning)


@pytest.mark.parametrize("model", MEANT, ids=repr)
@pytest.mark.filterwarnings("error::allspike.AllspikeWarning")
def test_what_is_meant_passes_in_silence(model: LIF) -> None:
    again = LIF(**model.non_default())
    asp.Network().neurons(max(np.size(value) for value in vars(model).values()), again)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: LIF(tau_m=20.0), r"tau_m = 20 s .* 20 \* ms"),
        (lambda: LIF(tau_m=[20e-3, 20.0]), r"tau_m = 20 s .* 20 \* ms"),
        (lambda: LIF(tau_syn=5), r"tau_syn = 5 s .* 5 \* ms"),
        (lambda: LIF(t_ref=3), r"t_ref = 3 s .* 3 \* ms"),
        (lambda: LIF(delay=10), r"delay = 10 s .* 10 \* ms"),
        (lambda: LIF(c_m=1), r"c_m = 1 F .* 1 \* nF"),
        (lambda: LIF(c_m=250), r"c_m = 250 F .* 250 \* pF"),
        (lambda: LIF(i_offset=0.5), r"i_offset = 0.5 A .* 0.5 \* nA"),
        (lambda: delta_lif(i_offset=2), r"i_offset = 2 A .* v_drift"),
        (lambda: LIF(v_thresh=50), r"v_thresh = 50 V .* 50 \* mV"),
        (lambda: LIF(v_reset=0.0), r"v_reset = 0 V is not below v_thresh = -0.05 V"),
        (lambda: LIF(v_subtract=15 * mV), r'v_subtract = 0.015 V has no effect where reset = "to"'),
        (lambda: LIF(reset="subtract", v_subtract=15), r"v_subtract = 15 V .* 0.015 V from rest.* 15 \* mV"),
        (lambda: LIF(reset="subtract", v_subtract=[0, -15]), r"v_subtract = -15 V .* -15 \* mV"),
        (lambda: delta_lif(reset="subtract", v_subtract=-1), r"v_subtract = -1 V is below 0"),
        (lambda: STDP(a_plus=0.01, a_minus=0, w_max=1e-9), r"a_plus = 0.01 .* 1e\+07 times its whole range"),
        (lambda: STDP(a_plus=0, a_minus=-0.01, w_max=1e-9), r"a_minus = -0.01 .* times its whole range"),
        (lambda: STDP(a_plus=0.1, a_minus=0.1, w_max=1, tau_plus=20), r"tau_plus = 20 s .* 20 \* ms"),
        (lambda: STDP(a_plus=0.1, a_minus=0.1, w_max=1, tau_minus=20), r"tau_minus = 20 s .* 20 \* ms"),
        (lambda: asp.Network(dt=0.1), r"dt = 0.1 makes a step of 0.1 s: did you mean 0.1 \* ms"),
        (lambda: asp.Network(dt=1), r"dt = 1 makes a step of 1 s: did you mean 1 \* ms"),
        (lambda: asp.Network(dt=1e-9), r"dt = 1e-09 .* below a microsecond"),
        (lambda: setattr(asp.Network(), "dt", 0.5), r"dt = 0.5 makes a step"),
    ],
)
def test_what_can_hardly_be_meant_is_warned_of(make: Callable[[], object], words: str) -> None:
    with pytest.warns(asp.DescriptionWarning, match=words) as caught:
        make()
    assert len(caught) == 1 and caught[0].filename == __file__


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: LIF(v_thresh=-50), r"v_thresh = -50 V where v_rest = -0.065 V.* -50 \* mV"),
        (lambda: LIF(v_rest=-65), r"v_rest = -65 V where v_thresh = -0.05 V.* -65 \* mV"),
        (lambda: LIF(v_reset=-70), r"v_reset = -70 V where v_thresh = -0.05 V.* -70 \* mV"),
        (lambda: LIF(v_rest=-65, v_reset=-65, v_thresh=-50), r"-65 \* mV and -50 \* mV"),
        (lambda: LIF(v_rest=[-65e-3, -65], v_thresh=-50 * mV), r"v_rest = -65 V"),
        (lambda: LIF(v_thresh=-70e-3), r"v_rest = -0.065 V is not below v_thresh = -0.07 V.* for ever"),
        (lambda: LIF(v_rest=-50 * mV), r"v_rest = -0.05 V is not below v_thresh = -0.05 V.* for ever"),
        (lambda: LIF(v_rest=[-65 * mV, -40 * mV], v_reset=-70 * mV), r"v_rest = -0.04 V is not below"),
    ],
)
def test_what_cannot_be_meant_is_refused(make: Callable[[], LIF], words: str) -> None:
    """By the population; the model alone is warned of already."""
    with pytest.warns(asp.DescriptionWarning, match=words):
        model = make()
    net = asp.Network()
    with pytest.raises(asp.ParameterError, match=words):
        net.neurons(2, model)
    assert not net.populations


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: delta_lif(v_thresh=0.0), r"v_rest = 0 V is not below v_thresh = 0 V"),
        (lambda: delta_lif(v_thresh=-1.0, tau_m=np.inf, v_reset=-1.0), "for ever"),
        (lambda: delta_lif(v_rest=2.0, v_reset=2.0), "v_rest = 2 V is not below v_thresh = 1 V"),
    ],
)
def test_a_clock_among_numbers_without_units_is_warned_of_and_ticks(
    make: Callable[[], LIF], words: str
) -> None:
    net = asp.Network()
    with pytest.warns(asp.DescriptionWarning, match=words):
        cells = net.neurons(2, make())
    warnings.simplefilter("ignore", asp.QuantisationWarning)  # any rounding is much of no threshold
    assert asp.Simulation(net).run(0.005).counts(cells).tolist() == [5, 5]


@pytest.mark.parametrize("plastic", [False, True])
def test_amperes_for_nanoamperes_are_warned_of_and_volts_are_not(plastic: bool) -> None:
    rule = STDP(a_plus=0.01, a_minus=0.01, w_max=1.0) if plastic else None
    for model, quiet in (
        (LIF(), False),
        (delta_lif(), True),
        (LIF(v_rest=0, v_reset=0, v_thresh=1, c_m=1), True),
    ):
        net = asp.Network()
        pre, cells = net.inputs(2), net.neurons(2, model)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            net.connect(pre, cells, weight=0.0 if plastic else 1.0, stdp=rule)
        assert [w.category for w in caught] == [] if quiet else [asp.DescriptionWarning]
        assert quiet or "a weight of 1 A" in str(caught[0].message)


@pytest.mark.filterwarnings("error::allspike.AllspikeWarning")
@pytest.mark.parametrize("weight", [0.1 * nA, -5 * nA, 100 * nA])
def test_strong_weights_pass_in_silence(weight: float) -> None:
    net = asp.Network()
    net.connect(net.inputs(2), net.neurons(2, LIF(v_thresh=[-50 * mV, -64 * mV])), weight=weight)


def test_the_parameters_are_checked_by_what_their_table_says() -> None:
    from allspike.describe.neuron import parameter_table  # noqa: PLC0415

    table = {parameter.name: parameter for parameter in parameter_table(LIF)}
    assert len(table) == 16 and all(p.meaning and p.brian2 for p in table.values())
    assert {n for n, p in table.items() if p.pynn} == {
        "tau_m", "tau_syn", "c_m", "v_rest", "v_reset", "v_thresh", "t_ref", "i_offset", "delay"
    }  # fmt: skip
    for name, parameter in table.items():
        assert getattr(LIF(), name) == parameter.default
        assert f"{name} : " in (LIF.__doc__ or "") and parameter.meaning in (LIF.__doc__ or "")
        if parameter.low == 0:
            with pytest.raises(
                asp.ParameterError, match=f"{name} = -1 is out of range: it takes {parameter.takes[:9]}"
            ):
                LIF(**{name: -1.0})


def test_milliseconds_are_milliseconds() -> None:
    assert LIF(tau_m=20 * ms) == LIF()
