"""What a user changes of a board's default build, and the configuration that follows."""

from dataclasses import dataclass, replace
from typing import Any

from allspike.errors import ParameterError
from allspike.map.config import MAX_AXONS, Config, Memory
from allspike.map.link_map import divisor_of
from allspike_hdl.compact.extent import Extent

from .board import Board
from .chips import Chip
from .pll import solve

_RING_SLACK = 2
"""Words that the event ring needs beside one for each input."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Changes of a default build; None leaves what the board has."""

    neurons: int | None = None
    inputs: int | None = None
    lanes: int | None = None
    neuron_lanes: int | None = None
    weight_bits: int | None = None
    max_delay: int | None = None
    static: bool = False
    clock_hz: int | None = None
    baud: int | None = None
    seed: int | None = None
    """Start of the placement: another one comes out a little faster or slower."""

    def arguments(self) -> str:
        """These options as the command line takes them."""
        clock = None if self.clock_hz is None else f"{self.clock_hz / 1e6:g}"
        named = {
            "neurons": self.neurons, "inputs": self.inputs, "lanes": self.lanes,
            "neuron-lanes": self.neuron_lanes, "weight-bits": self.weight_bits, "max-delay": self.max_delay,
            "clock": clock, "baud": self.baud, "seed": self.seed,
        }  # fmt: skip
        words = [f"--{name} {value}" for name, value in named.items() if value is not None]
        return " ".join((["--static"] if self.static else []) + words)


def configured(board: Board, options: Options) -> tuple[Config, int]:
    """The configuration of a build, its clock as the PLL makes it, and the rate of its line.

    Raises
    ------
    ParameterError
        If an option is out of range, or the clock or the rate cannot be made.
    """
    base = board.static_config() if options.static else board.config
    names = ("neurons", "inputs", "lanes", "neuron_lanes", "weight_bits", "max_delay")
    changes = {name: value for name in names if (value := getattr(options, name)) is not None}
    inputs = changes.get("inputs", base.inputs)
    ring = max(base.event_ring, 1 << (2 * (inputs + _RING_SLACK) - 1).bit_length())
    asked = options.clock_hz or base.clock_hz
    pll = solve(board.chip.family, board.oscillator_hz, asked)
    made = {**changes, "event_ring": ring, "clock_hz": asked if pll is None else pll.hz}
    try:
        config = replace(base, **made)
    except ParameterError:
        # The advice of a configuration knows no chip.
        if (largest := _largest(board.chip, base, made)) and made.get("neurons", 0) > largest:
            raise ParameterError(
                f"neurons = {made['neurons']} is too many: {board.chip.part} has room for the synapses of "
                f"{largest} with {inputs} inputs; use --neurons {largest}."
            ) from None
        raise
    if not board.chip.holds(config):
        raise ParameterError(_too_large(board.chip, config, _largest(board.chip, base, made)))
    baud = options.baud or board.baud
    divisor_of(config.clock_hz, baud)
    return config, baud


def _largest(chip: Chip, base: Config, made: dict[str, Any]) -> int:
    """The most neurons with which a build takes no more memory than the default one, which fits with all
    that is beside the synapses; 0 if there are none."""
    lanes = made.get("lanes", base.lanes)
    if base.memory is Memory.SINGLE_PORT:
        counts = [1 << power for power in range(15)]
    else:
        counts = list(range(lanes, MAX_AXONS, lanes)) if lanes > 0 else []
    found = 0
    for neurons in counts:
        try:
            config = replace(base, **made | {"neurons": neurons})
        except ParameterError:
            continue
        if chip.holds(config) and chip.synapse_blocks(config) <= chip.synapse_blocks(base):
            found = neurons
        elif found:
            break
    return found


def _too_large(chip: Chip, config: Config, largest: int) -> str:
    """Why a chip does not hold a build, and what to change."""
    way = f", such as --neurons {largest}" if 0 < largest < config.neurons else ""
    if config.memory is Memory.DUAL_PORT:
        return (
            f"{config.synapses:,} synapses of {config.weight_bits} bits in {config.lanes} lanes take "
            f"{chip.synapse_blocks(config)} block RAMs; {chip.part} has {chip.block_rams}, and the neurons "
            f"need some, too: use fewer --neurons, --inputs or --lanes{way}."
        )
    what = f"{config.neurons} neurons, {config.inputs} inputs and their {config.synapses:,} synapses take"
    if limit := chip.single_port_bytes:
        there = f"{Extent(config).size:,} bytes; the single-port memory of {chip.part} has {limit:,}"
    else:
        there = (
            f"{chip.synapse_blocks(config)} block RAMs; {chip.part} has {chip.block_rams}, and the rest of "
            "the core needs some, too"
        )
    return f"{what} {there}: use fewer --neurons or --inputs{way}."
