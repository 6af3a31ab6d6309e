"""Leaky integrate-and-fire as a serial program: 15 clocks, or 19 if the neuron fires."""

from allspike.map.constants import DECAY_BITS
from allspike.map.flags import NeuronFlag

from .program import FLAGS, Add, Clock, Operand, Program, Write, param, state

THETA, RESET, BIAS, LEAK = param("threshold"), param("reset"), param("bias"), param("leak")
ALPHA, BETA = param("alpha"), param("beta")
GAMMA, PERIOD, DELTA_A = param("adapt_decay"), param("adapt_period"), param("adapt_increment")
REFRACTORY = param("refractory")
V, CURRENT, A, COUNT = state("v"), state("i"), state("a"), state("refractory")
READ, DECAYED, ACCUMULATED = Operand


def _has(now, flag: NeuronFlag):
    return (now.read[FLAGS] & flag).any()


def _factor_of_a(now):
    """A factor of 1 leaves a as it is."""
    return now.read[GAMMA] | ((now.read[PERIOD] > now.step_zeros) << DECAY_BITS)


def _counted(now):
    return now.taken["count"] - now.taken["count"].any()


PROGRAM = Program(
    always=(
        # I = sat(decay(I, alpha) + (acc << weight_shift))
        Clock(reads=(CURRENT, ALPHA)),
        Clock(decays=lambda now: now.read[ALPHA]),
        Clock(reads=(V, BETA), adds=Add(DECAYED, anew=True)),
        Clock(reads=(COUNT,), decays=lambda now: now.read[BETA], adds=Add(ACCUMULATED)),
        Clock(
            writes=Write(CURRENT), adds=Add(DECAYED, anew=True), takes={"count": lambda now: now.read[COUNT]}
        ),
        # V = sat(sgn(V) * max(|decay(V, beta)| - leak, 0) + I + bias), unless held
        Clock(reads=(LEAK, FLAGS)),
        Clock(
            reads=(BIAS,),
            adds=Add(READ, minus=lambda now: ~now.below),
            takes={
                "held": lambda now: now.taken["count"].any() & ~_has(now, NeuronFlag.REFRACTORY_INTEGRATE),
                "subtracts": lambda now: _has(now, NeuronFlag.RESET_SUBTRACT),
            },
        ),
        Clock(reads=(CURRENT,), adds=Add(READ, anew=lambda now: now.crossed)),
        Clock(reads=(THETA,), adds=Add(READ)),
        # fires = refractory = 0 and V >= threshold + a
        Clock(
            writes=Write(V, when=lambda now: ~now.taken["held"]), adds=Add(READ, minus=True, saturates=True)
        ),
        Clock(reads=(A, GAMMA)),
        Clock(
            reads=(REFRACTORY,),
            adds=Add(READ, minus=True),
            fires=lambda now: ~now.ends_below & ~now.taken["count"].any(),
            decays=_factor_of_a,
        ),
        # a = decay(a, adapt_decay), and of those that fire min(a + adapt_increment, S)
        Clock(
            reads=(DELTA_A,),
            writes=Write(COUNT, _counted, fired=lambda now: now.read[REFRACTORY]),
            adds=Add(DECAYED, anew=True),
        ),
        Clock(adds=Add(READ, when=lambda now: now.fired)),
        Clock(writes=Write(A)),
    ),
    fired=(
        # V = sat(V - reset), or reset
        Clock(reads=(V,)),
        Clock(reads=(RESET,), adds=Add(READ, anew=True)),
        Clock(
            adds=Add(READ, anew=lambda now: ~now.taken["subtracts"], minus=lambda now: now.taken["subtracts"])
        ),
        Clock(writes=Write(V, exact=lambda now: ~now.taken["subtracts"])),
    ),
)
