"""The report of an image for people: as text, and as tables for notebooks."""

from collections.abc import Iterator
from html import escape
from textwrap import wrap

from ..describe.neuron import parameter_named
from ..quantities import quantity, span
from ..showing import html_table, some
from .measures import unit_of_learning, unit_of_potential


def format_report(report: dict, width: int | None = None) -> str:
    """The report of an image as text: what was asked, what became of it, warnings last.

    Parameters
    ----------
    report : dict
        `Image.report`.
    width : int, optional
        Columns at which lines are wrapped, between words; by default they are not.

    Returns
    -------
    str

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(3, LIF(i_offset=1e-9), "cells")
    >>> print(format_report(compile_network(net).report, width=60))  # doctest: +ELLIPSIS
    compiled for core96: 3 of 96 neurons, 0 of 96 inputs, 0 of
      18,432 synapses of 8 bits, weight_shift 4
      population cells: 3 neurons
    ...
    """
    lines = list(_lines(report))
    if width is None:
        return "\n".join(lines)
    folded = []
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        folded += wrap(
            line, max(width, 20), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
            drop_whitespace=True,
        ) or [""]  # fmt: skip
    return "\n".join(folded)


def _lines(report: dict) -> Iterator[str]:
    yield f"compiled for {_summary(report)}, weight_shift {report['weight_shift']}"
    for name, entry in report["projections"].items():
        unit = entry["unit"]
        yield (
            f"  projection {name}: {entry['synapses']:,} {_kind(entry)} synapses, weights up to "
            f"{quantity(entry['largest_weight'], unit)}, error at most "
            f"{quantity(entry['largest_error'], unit, 2)}, mean {quantity(entry['mean_error'], unit, 2)}; "
            f"{entry['rounded_to_zero']:,} rounded to zero, "
            f"{_saturated(entry)} saturated{_levels(entry)}"
        )
    for name, entry in report["populations"].items():
        yield f"  population {name}: {some(entry['size'], 'neuron')}"
        yield f"    V in units of {_resolution(entry)}"
        for title, asked, made in _quantities(entry):
            yield f"    {title} {asked}{'' if asked == made else f', realised {made}'}"
    unit = _weights_unit(report)
    for key, entry in report["learning"].items():
        asked, made = (quantity(entry[part], unit_of_learning(key, unit)) for part in ("asked", "realised"))
        yield f"  learning: {key} {asked}, realised {made}"
    translation = report.get("translation", {})
    for title, key in (("translated", "facts"), ("not exact", "differences")):
        yield from (f"  {title}: {sentence}" for sentence in translation.get(key, []))
    yield from (f"  warning: {warning}" for warning in report["warnings"])


def html_report(report: dict) -> str:
    """The report of an image as small HTML tables; what users named is escaped."""
    parts = [f"<p>compiled for {escape(_summary(report))}</p>"]
    rows = []
    for name, entry in report["projections"].items():
        unit = entry["unit"]
        rows.append([
            name, f"{entry['synapses']:,} {_kind(entry)}", quantity(entry["largest_weight"], unit),
            quantity(entry["mean_error"], unit, 2), f"{entry['rounded_to_zero']:,}",
            _saturated(entry), str(entry.get("levels", "")),
        ])  # fmt: skip
    titles = [
        "projection",
        "synapses",
        "weights up to",
        "mean error",
        "rounded to zero",
        "saturated",
        "levels",
    ]
    parts.append(html_table(titles, rows, "projection"))
    rows = [
        [name if k == 0 else "", title, asked, made]
        for name, entry in report["populations"].items()
        for k, (title, asked, made) in enumerate(_quantities(entry))
    ]
    unit = _weights_unit(report)
    for key, entry in report["learning"].items():
        shown = [quantity(entry[part], unit_of_learning(key, unit)) for part in ("asked", "realised")]
        rows.append(["learning" if key == next(iter(report["learning"])) else "", key, *shown])
    parts.append(html_table(["population", "quantity", "asked", "realised"], rows, "row"))
    notes = [*report.get("translation", {}).get("differences", []), *report["warnings"]]
    if notes:
        parts.append(f"<ul>{''.join(f'<li>{escape(note)}</li>' for note in notes)}</ul>")
    return "".join(parts)


def _summary(report: dict) -> str:
    used = {key: "{:,} of {:,}".format(*report[key]) for key in ("neurons", "inputs", "synapses")}
    return (
        f"{report['preset']}: {used['neurons']} neurons, {used['inputs']} inputs, {used['synapses']} "
        f"synapses of {report['weight_bits']} bits"
    )


def _kind(entry: dict) -> str:
    return "plastic" if entry["plastic"] else "static"


def _saturated(entry: dict) -> str:
    """How many weights saturate, and by how much; reports of 0.2.0 do not say the latter."""
    most = entry.get("saturated_by", 0.0)
    by = f" (by up to {quantity(most, entry['unit'])})" if most else ""
    return f"{entry['saturated']:,}{by}"


def _levels(entry: dict) -> str:
    return f"; {some(entry['levels'], 'level')} from w_min to w_max" if "levels" in entry else ""


def _resolution(entry: dict) -> str:
    unit = entry["unit"]
    return (
        f"{span(entry['volts_per_unit'], unit)}, threshold {span(entry['threshold_units'])} units, rounded "
        f"within {quantity(entry['v_rounding'], unit, 2)}"
    )


def _quantities(entry: dict) -> Iterator[tuple[str, str, str]]:
    """Of each quantity of a population what it is called, asked and realised."""
    for key, value in entry.items():
        if isinstance(value, dict):
            parameter = parameter_named(key)
            measured = unit_of_potential(parameter.unit, entry["unit"])
            title = f"{key} from rest" if parameter.from_rest and entry["unit"] else key
            yield title, span(value["asked"], measured), span(value["realised"], measured)


def _weights_unit(report: dict) -> str:
    """Of the plastic projections."""
    return next((entry["unit"] for entry in report["projections"].values() if entry["plastic"]), "")
