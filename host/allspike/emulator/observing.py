"""What a host asks of single steps: a drive that changes at a step, and V after each."""

from .core import CHANGES_MADE, FIRST_ROW, STEP, inlined


@inlined
def change_biases(core):
    """The drive of this step."""
    reg = core.reg
    while reg[CHANGES_MADE] < core.change_step.size and core.change_step[reg[CHANGES_MADE]] <= reg[STEP]:
        core.drive[core.change_neuron[reg[CHANGES_MADE]]] = core.change_bias[reg[CHANGES_MADE]]
        reg[CHANGES_MADE] += 1


@inlined
def record(core):
    """V as this step leaves it."""
    row = core.reg[STEP] - core.reg[FIRST_ROW]
    if row < core.recorded.shape[0]:
        recorded = core.recorded[row]
        for k in range(recorded.size):
            recorded[k] = core.potential[core.probes[k]]
