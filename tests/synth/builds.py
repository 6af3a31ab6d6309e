"""The builds that are measured, and what they stand beside."""

from dataclasses import dataclass

from allspike.map.config import Config


@dataclass(frozen=True)
class Build:
    """A configuration, and the peer of its size."""

    config: Config
    peer: str = ""

    def __str__(self) -> str:
        config = self.config
        kind = "plastic" if config.plasticity else "static"
        poisson = ", Poisson" if config.poisson else ""
        return f"N {config.neurons}, M {config.inputs}, {config.lanes} lanes, {kind}{poisson}"


def build(neurons: int, inputs: int, *, lanes: int = 8, plasticity: bool = True, peer: str = "") -> Build:
    """A build whose inputs, where it has any, can draw Poisson spikes."""
    return Build(
        Config(
            neurons=neurons,
            inputs=inputs,
            lanes=lanes,
            plasticity=plasticity,
            poisson=inputs > 0,
        ),
        peer,
    )


NEUROCOREX = "NeuroCoreX, 96 neurons, 96 inputs, 8-bit weights: 6,981 LUT, 11,175 FF, 30.5 block RAM, 8 DSP"
ODIN = "ODIN, 256 neurons, 3-bit plastic synapses, half a synapse a clock: 5,576 LUT, 11.8 synapses a LUT"
TINY_ODIN = "tinyODIN, 256 neurons, 4-bit static synapses: 1,384 LUT, 47.4 synapses a LUT"

BUILDS = (
    build(96, 96, peer=NEUROCOREX),
    build(256, 0, peer=ODIN),
    build(256, 256),
    build(256, 0, plasticity=False, peer=TINY_ODIN),
)
"""In every family."""
FEWER_LANES = (
    build(256, 0, lanes=4, peer=ODIN),
    build(256, 0, lanes=1, peer=ODIN),
    build(256, 0, lanes=1, plasticity=False, peer=TINY_ODIN),
)
"""In the family of the peers alone."""
SMALLEST = build(8, 0, lanes=1, plasticity=False)
"""For tests, and for `--quick`."""
ROUTED = build(256, 256)
"""The build whose clock is measured."""
