"""What hardware does not define, as a simulation has it: garbage, for a chip may do worse than a model.

- A read of block RAM, of a word that is written in the same clock: some bits of what is written of it are
  turned. What an enable of its own keeps from being written is read as it is, for no cell of it changes.
- The blocks of single-port memory, at power-on and after a write: see `single_port_memory`.
- Registers that a reset leaves alone, at power-on, but those that are `SET`: a reset finds anything there.

In Amaranth's simulator garbage is a pattern. In Verilog it has no first value, so that a simulator chooses
one, by its seed: see `allspike_hdl.verilog`. All else is defined at power-on: a bitstream sets the other
registers, and all block RAM.
"""

from amaranth import Cat, Module, Signal, Value
from amaranth.hdl import Fragment
from amaranth.lib.memory import WritePort

UNSET = {"init": ""}
"""Of a register in Verilog: it has no value at power-on. That at a read port of iCE40's block RAM has none,
and one would cost a lookup table a bit."""
SET = {"defined": 1}
"""Of a register that a reset leaves alone on purpose: its value at power-on is that of the bitstream."""
UNSET_WORDS = {"undefined": 1}
"""Of a memory in Verilog: its words have none."""


def collided(m: Module, word: Value, address: Value, write: WritePort, name: str) -> Value:
    """What a read of `word` from `address` gives in a simulation, where `write` may write in this clock."""
    turned = Signal(len(Value.cast(word)), init=-1, reset_less=True, name=f"{name}_turned")
    m.d.sync += turned.eq(turned)
    written = Cat(enable.replicate(len(turned) // len(write.en)) for enable in write.en)
    collides = (write.addr == address).replicate(len(turned))
    return Value.cast(word) ^ (turned & written & collides)


def unset(fragment: Fragment) -> None:
    """Have all registers that a reset leaves alone begin with anything."""
    for domain, statements in fragment.statements.items():
        for statement in statements if domain != "comb" else ():
            for signal in statement._lhs_signals():
                if signal.reset_less and not signal.attrs.keys() & SET.keys():
                    signal.attrs.update(UNSET)
    for inner, _, _ in fragment.subfragments:
        unset(inner)
