"""`python -m tests.equivalence` measures the figures of docs/equivalence.md; `--write` puts them there."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from . import test_if_curr_exp, test_rounding, test_stdp, test_superneuromat

PAGE = Path(__file__).parents[2] / "docs" / "equivalence.md"
PLACE = re.compile(r"(?<=<!-- figures -->\n\n).*?(?=\n\n<!-- end of figures -->)", re.DOTALL)


def superneuromat() -> Iterator[str]:
    """Spikes against SuperNeuroMAT."""
    yield "| SuperNeuroMAT, random networks of 1 to 96 neurons | |"
    yield "| --- | --- |"
    for what, number in test_superneuromat.figures().items():
        yield f"| {what} | {number:,} |"


def if_curr_exp() -> Iterator[str]:
    """V and spikes against NEST."""
    yield "| NEST `iaf_psc_exp`, 60 neurons that all differ | dt = 1 ms | dt = 0.1 ms |"
    yield "| --- | --- | --- |"
    steps = (1e-3, 1e-4)
    v = [test_if_curr_exp.potentials(dt) for dt in steps]
    forward = [
        test_if_curr_exp.shares(dt, seconds, recurrent=False)
        for dt, seconds in zip(steps, (10, 5), strict=True)
    ]
    loops = [
        test_if_curr_exp.shares(dt, seconds, recurrent=True)
        for dt, seconds in zip(steps, (1, 0.2), strict=True)
    ]
    rows = [
        ("error of V below threshold, as held: largest", [f"{p.largest * 1e3:.2g} mV" for p in v]),
        ("the same, in units of V", [f"{p.largest_units:,.0f}" for p in v]),
        ("the same, as a share of its bound", [f"{p.of_bound:.2f}" for p in v]),
        ("error of V below threshold, as held: RMS", [f"{p.rms * 1e3:.2g} mV" for p in v]),
        ("error of V below threshold, as asked: largest", [f"{p.asked_largest * 1e3:.2g} mV" for p in v]),
        ("error of V below threshold, as asked: RMS", [f"{p.asked_rms * 1e3:.2g} mV" for p in v]),
        ("feed-forward, 10 s and 5 s: spikes", [f"{s.spikes:,}" for s in forward]),
        ("in the same step, as held", [f"{s.same_step:.2%}" for s in forward]),
        ("within 1 ms, as held", [f"{s.within_ms:.2%}" for s in forward]),
        ("within 1 ms, as asked", [f"{s.asked_within_ms:.2%}" for s in forward]),
        ("spikes here for one there, as asked", [f"{s.asked_total:.4f}" for s in forward]),
        ("recurrent, 1 s and 0.2 s: spikes", [f"{s.spikes:,}" for s in loops]),
        ("in the same step, as held", [f"{s.same_step:.2%}" for s in loops]),
        ("within 1 ms, as held", [f"{s.within_ms:.2%}" for s in loops]),
        ("spikes here for one there, as asked", [f"{s.asked_total:.4f}" for s in loops]),
    ]
    for what, cells in rows:
        yield f"| {what} | {' | '.join(cells)} |"


def stdp() -> Iterator[str]:
    """Weights against Brian2."""
    names = [*test_stdp.PAIRINGS, "all-to-all, x_target"]
    found = [test_stdp.trajectories(rule) for rule in test_stdp.POISSON_RULES]
    yield f"| Brian2, {found[0].synapses:,} synapses after 3 s, in weight units | {' | '.join(names)} |"
    yield "| --- |" + " --- |" * len(found)
    for what, cells in (
        ("RMS change of a weight", [f"{a.moved:.2f}" for a in found]),
        ("stochastic rounding: mean error", [f"{a.mean_error:+.3f}" for a in found]),
        ("stochastic rounding: RMS error", [f"{a.rms_error:.2f}" for a in found]),
        ("what an ideal dither gives", [f"{a.dither:.2f}" for a in found]),
        ("nearest rounding: equal weights", [f"{a.nearest_equal:.1%}" for a in found]),
        ("nearest rounding: largest difference", [f"{a.nearest_largest:.0f}" for a in found]),
    ):
        yield f"| {what} | {' | '.join(cells)} |"


def rounding() -> Iterator[str]:
    """Drift of the mean under stochastic rounding."""
    yield "| change of an event, weight units | events | error of the mean weight | bound |"
    yield "| --- | --- | --- | --- |"
    for change, (events, error, bound) in test_rounding.figures().items():
        yield f"| {change:g} | {events:,} | {error:+.3f} | {bound:.3f} |"


def main() -> None:
    """Print the figures, and write them if asked to."""
    page = PAGE.read_text(encoding="utf-8")
    if not PLACE.search(page):
        raise SystemExit(f"{PAGE} has no place for the figures: mark it by <!-- figures -->.")
    parts = (superneuromat, if_curr_exp, stdp, rounding)
    text = "\n\n".join("\n".join(part()) for part in parts)
    print(text)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(PLACE.sub(lambda _: text, page), encoding="utf-8")


if __name__ == "__main__":
    main()
