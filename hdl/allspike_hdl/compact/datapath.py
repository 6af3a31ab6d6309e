"""The compact datapath: what computes the model on the smallest chips."""

from amaranth import Module
from amaranth.lib import wiring

from ..fabric.holds import holds
from ..machine.datapath import Datapath
from ..map.sizes import Sizes
from .access import StoreAccess
from .accumulators import Accumulators
from .interfaces import Walking
from .layout import StoreLayout
from .plasticity import Plasticity
from .scan import Scan
from .shared_store import SharedStore
from .steps import Steps
from .sweep import Sweep
from .walk import Walk


class CompactDatapath(wiring.Component):
    """One store, one adder and one multiplier, used one after another.

    All synapses, and all that the host sets or reads of neurons and inputs, lie in the store. One part at a
    time uses it: the scan for arrivals, a walk, the neuron at hand, or the host.

    Members
    -------
    See `Datapath`. The clocks of a step are those of `compact.clocks`, those of a request see `StoreAccess`.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(Datapath(sizes))

    def elaborate(self, platform):
        m = Module()
        sizes = self._sizes
        config = sizes.config
        m.submodules.store = store = SharedStore(StoreLayout(config))
        m.submodules.access = access = StoreAccess(sizes)
        m.submodules.steps = steps = Steps(sizes)
        m.submodules.scan = scan = Scan(sizes)
        m.submodules.walk = walk = Walk(sizes)
        m.submodules.accumulators = accumulators = Accumulators(sizes)
        m.submodules.sweep = sweep = Sweep(sizes)
        rule_acts = self.learning.gain.any()

        wiring.connect(m, wiring.flipped(self.access), access.access)
        wiring.connect(m, wiring.flipped(self.events), scan.event)
        wiring.connect(m, steps.words, wiring.flipped(self.words))
        wiring.connect(m, steps.neuron, sweep.order)
        at = [steps.at, scan.at, walk.at, accumulators.at, sweep.at]
        order = [steps.order, walk.order]
        elements = [walk.elements, steps.elements, accumulators.elements]
        if config.plasticity:
            m.submodules.plasticity = plasticity = Plasticity(sizes)
            wiring.connect(m, access.traces, plasticity.traces)
            at.append(plasticity.at)
            order.append(plasticity.order)
            elements.append(plasticity.elements)
            m.d.comb += [
                plasticity.learns.eq(scan.learns),
                plasticity.learning.eq(self.learning),
                plasticity.seed.eq(self.seed),
                plasticity.restart.eq(self.restart),
                plasticity.value.eq(store.value),
                store.learned.eq(plasticity.asks),
                self.counted.updates.eq(plasticity.asks.valid),
            ]
        for heard in (at, order, elements):
            wiring.connect(m, *heard)

        m.d.comb += [
            # The step.
            self.idle.eq(steps.idle | steps.busy),
            self.busy.eq(steps.busy),
            steps.begin.eq(self.begin),
            steps.events_done.eq(self.events_done),
            steps.restart.eq(self.restart),
            steps.arrives.eq(scan.arrives),
            steps.learns.eq(scan.learns),
            scan.step.eq(self.step),
            scan.fires.eq(sweep.fires),
            scan.delay.eq(sweep.delay),
            scan.poisson.eq(self.poisson),
            scan.seed.eq(self.seed),
            scan.restart.eq(self.restart),
            scan.learning.eq(rule_acts),
            accumulators.used.eq(steps.neuron.last),
            sweep.step.eq(self.step),
            sweep.acc.eq(accumulators.acc),
            sweep.weight_shift.eq(self.weight_shift),
            sweep.learning.eq(rule_acts),
            # The store.
            store.host.eq(access.asks),
            store.walk.eq(walk.asks),
            store.neuron.eq(sweep.asks),
            store.scan.eq(scan.asks),
            access.value.eq(store.value),
            scan.value.eq(store.value),
            scan.right.eq(store.values[1]),
            accumulators.value.eq(store.value),
        ]
        for side, value in enumerate(store.values):
            m.d.comb += [sweep.values[side].eq(value), accumulators.values[side].eq(value)]
        holds(m, platform, one_asks=access.asks.valid + walk.asks.valid + sweep.asks.valid <= 1)
        walking = walk.elements.valid.any()
        m.d.comb += [
            self.counted.firings.eq(sweep.fires),
            self.counted.poisson.eq(scan.drawn),
            self.counted.rows.eq(steps.order.row),
            self.counted.columns.eq(steps.order.column),
            self.counted.clocks_sweep.eq(steps.at.computing),
            self.counted.clocks_rows.eq(walking & (steps.order.kind == Walking.ROW)),
            self.counted.clocks_columns.eq(walking & (steps.order.kind == Walking.COLUMN)),
        ]
        return m
