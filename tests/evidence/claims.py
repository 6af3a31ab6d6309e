"""What is claimed and counted by the tests: the first column of docs/evidence.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """A sentence, and what there are so many of that show it."""

    says: str
    of: str


CLAIMS = {
    "stories": Claim(
        "The gateware computes the emulator's integers: spikes, states, traces, weights, counters, rings.",
        "random stories of a host, of networks and rules drawn anew, each on a build of its own",
    ),
    "steps": Claim("So it does in every step of these stories.", "steps"),
    "lanes": Claim("No number of lanes changes a result.", "stories, each on every number of lanes"),
    "commands": Claim(
        "A host that is careless gets the emulator's answers: late, stray and repeated commands.",
        "hosts",
    ),
    "power-on": Claim(
        "Before any write every region reads as the emulator's, whatever was in memory and registers.",
        "times powered on",
    ),
    "late steps": Claim("Time goes on beyond 32 bits, and up to its end.", "steps"),
    "netlist": Claim(
        "The netlist after synthesis, of the chip's own cells, computes the emulator's integers.", "stories"
    ),
    "garbage": Claim(
        "Garbage on the line writes nothing, and leaves the receiver in step: each reply is the model's.",
        "bytes",
    ),
    "bad lines": Claim("A run over a line that flips, drops and doubles bits is right, or an error.", "runs"),
    "systems": Claim(
        "A board's whole system answers at its pins, and starts anew when the PLL loses its lock.",
        "chip families",
    ),
}
"""By the name under which a test counts."""
