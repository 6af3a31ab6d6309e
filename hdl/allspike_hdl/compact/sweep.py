"""The neurons of a step: the one at hand, computed word by word where its record lies."""

from amaranth import Module, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import STEP_BITS

from ..map.sizes import Sizes
from ..neurons.arith import low_zeros
from .extent import SIDES
from .interfaces import AtHand, NeuronOrder, StoreRequest
from .layout import StoreLayout
from .neuron import SerialNeuron
from .store import STORE_WORD


class Sweep(wiring.Component):
    """Lets the serial neuron work on the record of the neuron at hand.

    Members
    -------
    order : In(NeuronOrder), at : In(AtHand)
    step : In
        t, as it stays in a step.
    acc : In(signed(acc_bits))
        Of the neuron at hand; see `SerialNeuron` for when.
    weight_shift : In(4)
    learning : In(1)
        The learning rule has a gain.
    asks : Out(StoreRequest), values : In(32).array(2)
        What of its record is read or written; one clock later, what was read.
    fires : Out(1), delay : Out
        For one clock: it fires, and its spike arrives so many steps later; `max_delay` is 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._layout = StoreLayout(sizes.config)
        super().__init__(
            {
                "order": In(NeuronOrder()),
                "at": In(AtHand(sizes)),
                "step": In(STEP_BITS),
                "acc": In(signed(sizes.acc_bits)),
                "weight_shift": In(4),
                "learning": In(1),
                "asks": Out(StoreRequest(self._layout)),
                "values": In(STORE_WORD).array(SIDES),
                "fires": Out(1),
                "delay": Out(sizes.config.delay_bits),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.neuron = neuron = SerialNeuron(self._sizes)
        order, asks, computing = self.order, self.asks, self.at.computing
        m.d.sync += neuron.step_zeros.eq(low_zeros(self.step[:32]))
        m.d.comb += [
            neuron.start.eq(order.start),
            neuron.acc.eq(self.acc),
            neuron.weight_shift.eq(self.weight_shift),
            order.last.eq(neuron.last),
            order.fired.eq(neuron.fired),
            order.plastic.eq(neuron.plastic_in & self.learning),
            order.silent.eq(neuron.silent),
            self.fires.eq(neuron.fires & computing),
            self.delay.eq(neuron.delay),
            asks.valid.eq(computing),
            asks.side.eq(1),
            asks.write.eq(neuron.write & computing.replicate(SIDES)),
            asks.mask.eq(neuron.mask),
            asks.data.eq(neuron.data),
        ]
        for side, word in enumerate(neuron.entries):
            m.d.comb += [
                neuron.values[side].eq(self.values[side]),
                asks.entries[side].eq(self._layout.record(self.at.looked, word)),
            ]
        return m
