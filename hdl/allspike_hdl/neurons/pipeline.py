"""What the pipelines of all neuron models have in common."""

from amaranth import signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.neuron_model import FLAGS

from ..map.sizes import Sizes
from ..map.words import shape_of
from .gateware import gateware_of


class NeuronPipeline(wiring.Component):
    """One neuron a clock. A model has its equations, and `elaborate`; its `timing` is told beside it.

    Members
    -------
    params : In(StructLayout), state : In(StructLayout)
        The model's own fields, each in its own clock, so that it is read from memory when it is needed and
        not carried along: `timing.params` and `timing.state` count clocks from the one in which `acc` is
        taken.
    flags : In
        `NeuronFlag`, in clock `timing.fired - FLAGS_AHEAD`.
    acc : In(signed(acc_bits))
        Clock 0.
    weight_shift : In(4)
    step_zeros : In(5)
        Zero bits at the low end of t, at most 31. This and the weight shift stand still during a sweep.
    next : Out(StructLayout)
        The new state; each field in the clock of `timing.next`.
    keep : Out(StructLayout)
        For each field of `timing.keep`, in the clock of `timing.next`: it stays what it is, and `next` is
        not to be stored.
    fired : Out(1)
        In clock `timing.fired`.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        config = sizes.config
        self.timing = gateware_of(config).timing
        params, state = (
            data.StructLayout({field.name: shape_of(field, config) for field in fields})
            for fields in (config.model.params, config.model.state)
        )
        super().__init__(
            {
                "params": In(params),
                "state": In(state),
                "flags": In(shape_of(FLAGS, config)),
                "acc": In(signed(sizes.acc_bits)),
                "weight_shift": In(4),
                "step_zeros": In(5),
                "next": Out(state),
                "keep": Out(data.StructLayout(dict.fromkeys(self.timing.keep, 1))),
                "fired": Out(1),
            }
        )
