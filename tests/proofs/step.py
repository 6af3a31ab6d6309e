"""The whole wide datapath and docs/model.md: the phases of a step, each from any state it can begin in."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from amaranth import Array, C, Cat, Module, Mux, Signal
from amaranth.asserts import AnyConst
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map import models
from allspike.map.config import Config
from allspike.map.device_map import DITHER_BITS
from allspike.map.flags import NeuronFlag, TraceKind
from allspike_hdl.fabric.xorshift import Xorshift
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.datapath import WideDatapath
from tests.equivalence_rtl.test_toy_neuron import INTEGRATOR

from .harness import Harness, anything, assume, claim
from .opened import Opened
from .plain_step import Network, PlainStep
from .proof import Break, Case, Proof, Reach
from .standing import Point, Standing, words_of

_TOLD = 4
"""The clock in which all events were told; the step begins in clock 0."""
_SHIFT = 2
_DRAWN = 8
"""More numbers than a phase draws."""


class Numbers(wiring.Component):
    """In the place of the generator: any numbers, of which the next is drawn with `advance`."""

    seed: In(32)
    restart: In(1)
    advance: In(1)
    value: Out(32)

    def __init__(self) -> None:
        super().__init__()
        self.numbers = Array(Signal(DITHER_BITS, name=f"number_{k}") for k in range(_DRAWN))

    def elaborate(self, platform):
        m = Module()
        state = Signal(range(_DRAWN))
        m.d.comb += [number.eq(AnyConst(DITHER_BITS)) for number in self.numbers]
        m.d.comb += self.value.eq(self.numbers[state] << 32 - DITHER_BITS)
        with m.If(self.advance):
            m.d.sync += state.eq(state + 1)
        return m


class _Phase(Harness):
    """A network of 4 neurons and 2 inputs in 2 lanes, all of it anything, but for a learning rule."""

    def __init__(self, rule: dict[str, int], limit: int, case: Sequence[int] = ()) -> None:
        self._rule, self._limit, self._case = rule, limit, case

    def states(self, m: Module) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(models, "_models", dict(models._models))
            models.register(INTEGRATOR)
            self._config = Config(
                neuron="integrator", neurons=4, inputs=2, lanes=2, weight_bits=3, state_bits=12,
                trace_bits=8, max_delay=2, poisson=False, event_ring=16, spike_ring=16,
            )  # fmt: skip
            generators: list[Numbers] = []
            patch.setattr(Xorshift, "create", lambda self: generators.append(Numbers()) or generators[-1])
            self._dut = WideDatapath(Sizes(self._config))
            self._opened = Opened(self._dut, peeks=12)
        (generator,) = generators
        m.submodules.datapath = self._opened.fragment
        self._word = words_of(m, self._opened)
        self._clock = Signal(range(self._limit + 1))
        m.d.sync += self._clock.eq(Mux(self._clock == self._limit, self._clock, self._clock + 1))
        m.d.comb += [
            self._dut.weight_shift.eq(_SHIFT),
            *(self._dut.learning[name].eq(value) for name, value in self._rule.items()),
        ]
        self._phase(m, PlainStep(m, self._config, self._rule, _SHIFT, generator.numbers))

    def _phase(self, m: Module, plain: PlainStep) -> None:
        raise NotImplementedError

    def _between(self, m: Module, first: Point, before: Network, last: Point, after: Network) -> Signal:
        """Assume a state at the start, and claim another one as the phase ends; in which clock it does."""
        begin, end = (Standing(self._config, self._opened, self._word, point) for point in (first, last))
        begin.begin()
        assume(m, *((self._clock != 0) | test for test in begin.holds(before).values()))
        over, ended = Signal(), Signal()
        m.d.comb += ended.eq(
            (self._clock > 0)
            & self._opened.at(last, path="scheduler")
            & ~(self._dut.idle & self._dut.busy)
            & ~over
        )
        m.d.sync += over.eq(over | ended)
        for name, test in (end.rests() | end.holds(after)).items():
            claim(m, **{name: ~ended | test})
        claim(m, it_ends=over | ended | (self._clock != self._limit))
        return ended | over

    def _anything(self, m: Module) -> Network:
        return Network.anything(m, self._config, Sizes(self._config).acc_bits)


class Rows(_Phase):
    """From rest to the first clock of the sweep: events, rows, and what they teach."""

    def _phase(self, m: Module, plain: PlainStep) -> None:
        dut, clock = self._dut, self._clock
        before = self._anything(m)
        event = anything(m, 2, "event")
        told = Signal()
        spikes = [Signal(name=f"spikes_{k}") for k in range(self._config.inputs)]
        m.d.comb += told.eq((clock > 0) & (clock < _TOLD) & anything(m, 1, "tells"))
        for k, spike in enumerate(spikes):
            m.d.sync += spike.eq(spike | (told & (event == k)))
        m.d.comb += [
            dut.begin.eq(clock == 0),
            dut.events.valid.eq(told),
            dut.events.p.eq(event),
            dut.events_done.eq(clock == _TOLD),
        ]
        assume(
            m,
            (clock <= _TOLD) | (Cat(spikes) == Cat(C(c, 1) for c in self._case[:2])),
            *(before.arrives(k) == c for k, c in enumerate(self._case[2:])),
        )
        ended = self._between(m, Point.REST, before, Point.SWEEP, plain.rows(before, spikes))
        claim(m, the_host_is_told_nothing=ended | ~dut.words.valid)


class Sweep(_Phase):
    """The sweep."""

    def _phase(self, m: Module, plain: PlainStep) -> None:
        before = self._anything(m)
        ended = self._between(m, Point.SWEEP, before, Point.TELL, plain.neurons(before))
        claim(m, the_host_is_told_nothing=ended | ~self._dut.words.valid)


class Columns(_Phase):
    """From the sweep to rest: words for the host, columns, and traces that fade."""

    def _phase(self, m: Module, plain: PlainStep) -> None:
        before = self._anything(m)
        assume(m, *(f == (c > 0) for f, c in zip(before.fires, self._case, strict=True)))
        assume(m, *(before.has(k, NeuronFlag.PLASTIC_IN) == (c > 1) for k, c in enumerate(self._case) if c))
        ended = self._between(m, Point.TELL, before, Point.REST, plain.columns(before))
        told, closed = Signal(self._config.neurons), Signal()
        word = self._dut.words
        m.d.comb += word.ready.eq(1)
        expected = Cat(fired & ~before.has(k, NeuronFlag.SILENT) for k, fired in enumerate(before.fires))
        this = (1 << word.p.neuron)[: len(told)]
        with m.If(word.valid):
            m.d.sync += [told.eq(told | Mux(word.p.end, 0, this)), closed.eq(closed | word.p.end)]
        claim(
            m,
            word_is_due=~word.valid | word.p.end | ((expected & this).any() & (told < this)),
            words_end_once=~word.valid | ~closed,
            words_are_all=~ended | (closed & (told == expected)),
        )


_RULE: dict[str, Any] = {
    "gain": 64, "flags": 0, "x_kind": TraceKind.ACCUMULATE, "y_kind": TraceKind.ACCUMULATE, "plus_shift": 6,
    "minus_shift": 5, "x_window": 20, "y_window": 30, "x_increment": 50, "y_increment": 70,
    "x_decay": 1 << 14, "y_decay": 3 << 13, "x_target": 9, "w_min": -4, "w_max": 3,
}  # fmt: skip
"""With products that a solver can follow: all others have proofs of their own, `change` and `decay`."""


def _rows(arriving: Sequence[int]) -> Case:
    limit = 26 + 2 * sum(arriving)
    return Case(lambda: Rows(_RULE, limit, arriving), limit + 1)


def _columns(fires: Sequence[int]) -> Case:
    limit = 28 + 4 * len([kind for kind in fires if kind])
    return Case(lambda: Columns(_RULE, limit, fires), limit + 1)


_OF = (
    "of a wide datapath with 4 neurons (plain integrators), 2 inputs and 2 lanes, whose state, weights, "
    "traces and parameters, and the numbers drawn for the dither, may be anything"
)


def _proof(name: str, claim: str, cases: Sequence[Case], *breaks: Break, long: bool = True) -> Proof:
    """Of a phase."""
    first, *others = cases
    return Proof(
        name, claim, first.make, first.depth, breaks, tuple(others), Reach.PHASE, any_memory=True, words=True,
        long=long,
    )  # fmt: skip


PROOFS = (
    _proof(
        "sweep",
        f"The sweep {_OF}, does what docs/model.md says, and leaves all registers as the next phase begins "
        "with.",
        [Case(lambda: Sweep(_RULE, 14), 15)],
        Break("wide/population.py", "self.acc.clear.eq(group[:part_bits].all())", "self.acc.clear.eq(0)"),
        Break("wide/population.py", "part_late.eq(part)", "part_late.eq(group)"),
        Break("wide/delays.py", "(bit + 1) % self._max_delay", "bit"),
        long=False,
    ),
    _proof(
        "rows",
        f"So do events and rows {_OF}, from rest to the sweep: for every set of axons that arrive, 64 of "
        "them.",
        [_rows(case) for case in product((1, 0), repeat=6)],
        Break("wide/scheduler.py", "inputs.arriving.p.plastic_out & self.learns", "self.learns"),
        Break("wide/inputs.py", "Mux(load | clearing, 0, -1)", "Mux(clearing, 0, -1)"),
        Break("wide/plasticity.py", "adds = ~self.depress", "adds = self.depress"),
        Break("wide/accumulators.py", "total = before[lane] + self.weights[lane]", "total = before[lane]"),
    ),
    _proof(
        "columns",
        f"So do the words for the host, columns and fading {_OF}, from the sweep to rest: for every set of "
        "neurons that fire, and that learn by it, 81 of them.",
        [_columns(case) for case in product((2, 1, 0), repeat=4)],
        Break("wide/scheduler.py", "walk = fired.p.plastic_in & self.learns", "walk = self.learns"),
        Break("wide/sequencer.py", "(order(waiting) > order(self.slot))", "1"),
        Break("wide/dither.py", "base + DITHER_STRIDE * lanes)", "base)"),
        Break("wide/traces.py", "loss[DECAY_BITS - 1] & ~loss", "loss[DECAY_BITS - 2] & ~loss"),
    ),
)
