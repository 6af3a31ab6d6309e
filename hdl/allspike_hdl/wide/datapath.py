"""The wide datapath: a pipeline each for synapses and for neurons, as many lanes of both as are wanted."""

from amaranth import Module
from amaranth.lib import wiring

from ..machine.datapath import Datapath
from ..map.sizes import Sizes
from .access import WideAccess
from .inputs import Inputs
from .population import Population
from .scheduler import Scheduler
from .walker import Walker
from .wipe import Wipe


class WideDatapath(wiring.Component):
    """Computes steps by walks over memories of two ports, a block of lanes a clock.

    Members
    -------
    See `Datapath`. The clocks of a step are those of `wide.clocks`.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(Datapath(sizes))

    def elaborate(self, platform):
        m = Module()
        sizes = self._sizes
        m.submodules.wipe = wipe = Wipe(sizes)
        m.submodules.access = access = WideAccess(sizes)
        m.submodules.scheduler = scheduler = Scheduler(sizes)
        m.submodules.inputs = inputs = Inputs(sizes)
        m.submodules.walker = walker = Walker(sizes)
        m.submodules.population = population = Population(sizes)

        wiring.connect(m, wiring.flipped(self.access), wipe.access)
        wiring.connect(m, wipe.memories, access.access)
        wiring.connect(m, access.synapses, walker.access)
        wiring.connect(m, access.neurons, population.access)
        wiring.connect(m, access.inputs, inputs.port)
        wiring.connect(m, wiring.flipped(self.events), inputs.event)
        wiring.connect(m, scheduler.inputs, inputs.listing)
        wiring.connect(m, scheduler.population, population.sweep)
        wiring.connect(m, scheduler.walker, walker.walks)
        wiring.connect(m, population.acc, walker.acc)
        wiring.connect(m, scheduler.words, wiring.flipped(self.words))

        m.d.comb += [
            scheduler.begin.eq(self.begin),
            scheduler.events_done.eq(self.events_done),
            scheduler.learns.eq(self.learning.gain != 0),
            self.idle.eq(scheduler.idle),
            self.busy.eq(
                walker.walks.busy | population.busy | inputs.listing.busy | scheduler.waiting | wipe.busy
            ),
            population.step.eq(self.step),
            population.weight_shift.eq(self.weight_shift),
            inputs.poisson.eq(self.poisson),
            walker.learning.eq(self.learning),
        ]
        m.d.comb += [part.restart.eq(self.restart) for part in (inputs, walker, population, wipe)]
        m.d.comb += [part.seed.eq(self.seed) for part in (inputs, walker)]
        counted = self.counted
        m.d.comb += [
            counted.firings.eq(scheduler.firing),
            counted.poisson.eq(inputs.drawn),
            counted.rows.eq(scheduler.row),
            counted.columns.eq(scheduler.column),
            counted.updates.eq(walker.updates),
            counted.clocks_sweep.eq(scheduler.sweeping),
            counted.clocks_rows.eq(walker.in_rows),
            counted.clocks_columns.eq(walker.in_columns),
        ]
        return m
