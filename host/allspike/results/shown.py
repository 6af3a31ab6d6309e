"""What a result says of itself: text, and a table for notebooks."""

from html import escape
from typing import TYPE_CHECKING

from ..showing import html_table, shortened, some

if TYPE_CHECKING:
    from .result import Result

_SHOWN = 7


def text(result: "Result") -> str:
    """Lines: the run, its populations, its weights, its notes."""
    total = sum(when.size for when, _ in result.spikes.values())
    rows = [f"  {name:.40}: {neurons:,}, {activity}" for name, neurons, activity in _table(result)]
    lines = [f"<Result of {result.steps} steps ({result.steps * result.dt:g} s): {some(total, 'spike')}>"]
    lines += shortened(rows, _SHOWN, "population")
    if result.weights:
        history = "with their history: " if result.weight_steps else ""
        lines += shortened([f"  weights, {history}{', '.join(result.weights)}"], 1, "")
    if result.notes:
        lines += shortened([f"  {some(len(result.notes), 'note')}: {result.notes[0]}"], 1, "")
    return "\n".join(lines)


def html(result: "Result") -> str:
    """The same as HTML."""
    head = f"<p><b>Result of {result.steps} steps ({result.steps * result.dt:g} s)</b></p>"
    rows = [(name, f"{neurons:,}", activity) for name, neurons, activity in _table(result)]
    tail = [f"weights of {', '.join(result.weights)}"] * bool(result.weights) + list(result.notes)
    table = html_table(("population", "neurons", "activity"), rows, "population")
    return head + table + "".join(f"<p>{escape(line)}</p>" for line in tail)


def _table(result: "Result") -> list[tuple[str, int, str]]:
    """Of each population its name, its neurons, and its spikes, their rate and what was recorded."""
    rows = []
    for name, (when, _) in result.spikes.items():
        rate = result.rates(name).mean() if result.sizes[name] else 0.0
        recorded = f", V of {result.v_neurons[name].size:,}" if name in result.v_neurons else ""
        rows.append((name, result.sizes[name], f"{some(when.size, 'spike')}, {rate:.3g} Hz{recorded}"))
    return rows
