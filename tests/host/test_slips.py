"""Slips of the hand are answered by what was meant: names, orders, types, sizes; never from inside."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

import allspike as asp
from allspike.errors import UnknownArgumentError

RULE = {"a_plus": 0.1, "a_minus": 0.1, "w_max": 1.0}


def net() -> asp.Network:
    made = asp.Network()
    made.inputs(3, "in")
    made.neurons(3, asp.delta_lif(), "out")
    return made


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        (lambda: asp.Neuronz, "'Neurons'"),
        (lambda: asp.simulation_, "'Simulation'"),
        (lambda: net().neuron, "'neurons'"),
        (lambda: net()["out"].siez, "'size'"),
        (lambda: net()["out"][:2].indexes, "'indices'"),
        (lambda: net()["in"].naem, "'name'"),
        (lambda: asp.LIF().tau_mem, "'tau_m'"),
        (lambda: asp.STDP(**RULE).wmax, "'w_max'"),
        (lambda: asp.FixedProbability(0.1).sede, "'seed'"),
        (lambda: net().connect("in", "out", weight=1).weight, "'weights'"),
        (lambda: asp.Simulation(net()).run(0.01).spike, "'spikes'"),
        (lambda: setattr(net(), "sed", 3), "'seed'"),
        (lambda: setattr(net(), "population", {}), "'populations'"),
        (lambda: asp.Simulation(net()).device.cofig, "'config'"),
        (lambda: setattr(asp.Simulation(net()).device, "cofig", None), "'config'"),
        (lambda: asp.Simulation(net()).image.wieghts, "'weights'"),
        (lambda: asp.Config().neurones, "'neurons'"),
        (lambda: asp.LIF(tau_mem=0.1), "'tau_m'"),
        (lambda: asp.LIF(threshold=0.1), "'v_thresh'"),
        (lambda: asp.delta_lif(tau_reff=0.1), "'t_ref'"),
        (lambda: asp.STDP(A_plus=0.1, **RULE), "'a_plus'"),
        (lambda: asp.FixedProbability(prob=0.1), "p, seed"),
        (lambda: asp.SmallWorld(4, 0.1, sede=1), "'seed'"),
        (lambda: asp.Grid(rows=1, colums=3), "'columns'"),
        (lambda: asp.AllToAll(self_connection=True), "'self_connections'"),
        (lambda: asp.Network(seeds=1), "'seed'"),
        (lambda: net().connect("in", "out", weights=1.0), "'weight'"),
        (lambda: net().neurons(3, nme="x"), "'name'"),
        (lambda: net().inputs(3, nme="x"), "'name'"),
        (lambda: asp.Simulation(net(), sede=1), "'seed'"),
        (lambda: asp.Simulation(net()).run(0.01, record_w=1), "'record_v'|'record_weights'"),
    ],
)
def test_what_is_not_there_is_answered_with_the_nearest(slip: Callable[[], object], meant: str) -> None:
    with pytest.raises((AttributeError, asp.ParameterError), match=meant):
        slip()


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (asp.STDP, "STDP: missing a required argument: 'a_plus'; it takes: a_plus"),
        (lambda: asp.LIF(20e-3), "LIF: too many positional arguments; it takes: tau_m"),
        (asp.FixedProbability, "FixedProbability: missing a required argument: 'p'"),
        (lambda: net().connect("in"), "Network.connect: missing a required argument: 'post'"),
        (lambda: net().neurons(), "Network.neurons: missing a required argument: 'size'"),
        (lambda: net().connect("in", "out", None, 1.0), "Network.connect: too many positional arguments"),
    ],
)
def test_calls_that_do_not_fit_say_what_is_taken(slip: Callable[[], object], words: str) -> None:
    with pytest.raises(asp.ParameterError, match=words) as caught:
        slip()
    assert isinstance(caught.value, TypeError)


def test_a_type_error_within_a_call_stays_what_it_is() -> None:
    with pytest.raises(TypeError, match="mine"):
        net().connect("in", "out", weight=lambda pre, post: (_ for _ in ()).throw(TypeError("mine")))


def test_a_model_may_be_left_out_or_be_a_class() -> None:
    made = net()
    for k, arguments in enumerate(
        [(4, "b"), (4, asp.LIF, "b"), (4, "b", asp.LIF), (4, asp.LIF()), (np.int64(4), None, np.str_("b"))]
    ):
        population = asp.Network().neurons(*arguments)
        assert population.size == 4 and population.model == asp.LIF()
        assert population.name == ("neurons" if k == 3 else "b")
    assert made.neurons(2, asp.delta_lif, "d").model == asp.delta_lif()
    assert made.connect("in", "out", asp.OneToOne, weight=1.0).matrix().tolist() == np.eye(3).tolist()


WRONG = [
    None, "three", "", 3.5, np.nan, -1, 0, True, {}, {"a": 1}, {1, 2}, object(), np.array([object()]),
    (k for k in range(3)), [[1], [1, 2]], np.ones((2, 2)), b"x", 1j, np.datetime64(3, "s"), asp.LIF,
    lambda: 3, [], np.array(["a"]), 10**30, -np.inf,
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong!r:.20}")
@pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")
def test_wrong_values_are_refused_in_a_sentence(wrong: object) -> None:
    """Where one is right it works; else what comes is a ParameterError of one sentence."""
    made = net()
    rule = asp.STDP(**RULE)
    calls: list[Callable[[], object]] = [
        lambda: asp.Network(wrong), lambda: asp.Network(seed=wrong),
        lambda: made.inputs(wrong), lambda: made.inputs(2, wrong),
        lambda: made.neurons(wrong), lambda: made.neurons(2, wrong),
        lambda: made.neurons(2, asp.LIF(), wrong),
        lambda: made[wrong], lambda: made.connect(wrong, "out", weight=1.0),
        lambda: made.connect("in", wrong, weight=1.0),
        lambda: made.connect("in", "out", wrong), lambda: made.connect("in", "out", wrong, weight=0.5),
        lambda: made.connect("in", "out", weight=wrong),
        lambda: made.connect("in", "out", weight=0.5, stdp=wrong),
        lambda: made.connect("in", "out", weight=0.5, name=wrong), lambda: made.with_weights(wrong),
        lambda: made.with_weights({"in-out": wrong}),
        lambda: asp.layers(wrong, [2]), lambda: asp.layers(made, wrong), lambda: asp.layers(made, [wrong]),
        lambda: made["out"][wrong], lambda: rule.window(wrong), lambda: asp.Result.join(wrong),
        lambda: asp.Result.join([wrong]),
        *(lambda pattern=pattern: made.connect("out", "out", pattern(wrong), weight=0.5) for pattern in (
            asp.FixedProbability, asp.Layers, lambda w: asp.FixedProbability(0.5, seed=w),
            lambda w: asp.SmallWorld(w, 0.5), lambda w: asp.SmallWorld(2, w), lambda w: asp.Grid(w, 3),
            lambda w: asp.Grid(1, 3, w), lambda w: asp.Grid(1, 3, 1, w), lambda w: asp.Pairs(w, [0]),
            lambda w: asp.Pairs([0], w), asp.AllToAll, lambda w: asp.Grid(1, 3, wrap=w),
        )),
        *(lambda name=name: asp.LIF(**{name: wrong}) for name in asp.LIF.__dataclass_fields__),
        *(lambda name=name: asp.STDP(**RULE | {name: wrong}) for name in asp.STDP.__dataclass_fields__),
    ]  # fmt: skip
    for number, call in enumerate(calls):
        before = set(made.projections)
        try:
            call()
        except asp.ParameterError as error:
            assert str(error).count("\n") == 0 and str(error)[-1] in ".?", (number, str(error))
        for name in set(made.projections) - before:
            del made.projections[name]


@pytest.mark.parametrize("size", [32_768, 10**9, np.int64(2**62), 10**30])
def test_populations_beyond_the_map_are_refused_before_anything_is_made(size: int) -> None:
    for add in (asp.Network().inputs, asp.Network().neurons):
        with pytest.raises(asp.ParameterError, match="memory map, which holds 32,767"):
            add(size)


def test_synapses_beyond_the_map_are_refused_before_anything_is_made() -> None:
    made = asp.Network()
    a, b = made.inputs(32_767, "a"), made.neurons(32_767, name="b")
    for pattern in (None, asp.FixedProbability(1e-6), asp.OneToOne(), np.eye(3)):
        with pytest.raises(
            asp.ParameterError, match="1,073,676,289 possible synapses; the memory map holds 16,777,216"
        ):
            made.connect(a, b, pattern, weight=1.0)


# What is added after compiling


def test_what_is_added_after_compiling_is_said() -> None:
    made = net()
    sim = asp.Simulation(made)
    late = made.neurons(2, name="late")
    more = made.inputs(2, "more")
    made.connect(more, late, weight=1e-9)
    with pytest.warns(
        asp.DescriptionWarning, match="population 'late', population 'more', projection 'more-late' came"
    ):
        sim.run_steps(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.run_steps(1)  # said once
    for refused in (
        lambda: sim.run_steps(1, {more: asp.Poisson(1.0)}),
        lambda: sim.run_steps(1, {"more": asp.Poisson(1.0)}),
        lambda: sim.run_steps(1, record_v=[late[:1]]),
        lambda: sim.run_steps(1, record_v={"late": "all"}),
        lambda: sim.state(late), lambda: sim.set_state("late", "v", 0.0),
        lambda: sim.weights("more-late"), lambda: sim.set_weights("more-late", 0.0),
    ):  # fmt: skip
        with pytest.raises(
            asp.ParameterError, match="was added after the network was compiled: make a new Simulation"
        ):
            refused()
    assert asp.Simulation(made).run_steps(1, {more: asp.Poisson(1.0)}).sizes["late"] == 2


def test_a_method_is_named_as_it_was_called() -> None:
    """And not by the mixin that it comes from."""
    with pytest.raises(UnknownArgumentError, match=r"^Network\.from_nir takes no 'orgin'; did you mean 'or"):
        asp.Network.from_nir("net.nir", orgin="norse")  # type: ignore[call-arg]
    with pytest.raises(UnknownArgumentError, match=r"^Network\.to_nir takes no 'paht'; did you mean 'path'"):
        net().to_nir(paht="net.nir")  # type: ignore[call-arg]
