"""`allspike build`: a bitstream for a board."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allspike.cli import talk
from allspike.cli.app import Json
from allspike.errors import FileError
from allspike.writing import check_writable, writing

from .. import errors  # noqa: F401  (their exit codes are in the help)
from . import completion

if TYPE_CHECKING:
    from ..build import Plan
    from ..figures import Figures

_NAMES = {
    "lut": "look-up tables", "ff": "flip-flops", "block_ram": "block RAMs", "dsp": "multipliers",
    "single_port_ram": "single-port RAMs",
}  # fmt: skip


def build(
    board: Annotated[
        str,
        typer.Argument(
            metavar="BOARD",
            help="One of those that `allspike boards` lists.",
            autocompletion=completion.boards,
        ),
    ],
    neurons: Annotated[int | None, typer.Option(metavar="N", help="Neurons.")] = None,
    inputs: Annotated[int | None, typer.Option(metavar="M", help="Inputs.")] = None,
    lanes: Annotated[int | None, typer.Option(metavar="N", help="Synapses a clock, a power of two.")] = None,
    neuron_lanes: Annotated[
        int | None, typer.Option(metavar="N", help="Neurons a clock, a power of two.")
    ] = None,
    weight_bits: Annotated[int | None, typer.Option(metavar="BITS", help="Width of a weight.")] = None,
    max_delay: Annotated[
        int | None, typer.Option(metavar="STEPS", help="Longest axonal delay, a power of two.")
    ] = None,
    static: Annotated[bool, typer.Option("--static", help="A core that cannot learn.")] = False,
    clock: Annotated[float | None, typer.Option(metavar="MHZ", help="Clock of the core.")] = None,
    baud: Annotated[
        int | None, typer.Option(metavar="BAUD", help="Rate of the serial line at power-on.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", help="Start of the placement; by default the board's.", min=0),
    ] = None,
    tries: Annotated[
        int, typer.Option(metavar="N", help="Place from N seeds, and take the fastest.", min=1)
    ] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Where to copy the bitstream, or the vendor's project."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the gateware for a board with open tools, and report what it takes and how fast it is.

    What has been built is kept, and taken again when nothing that it is made of has changed.
    """
    from ..build import Stopwatch, check_clock, plan
    from ..catalog import board as board_of
    from ..options import Options
    from ..tries import fastest

    options = Options(
        neurons=neurons, inputs=inputs, lanes=lanes, neuron_lanes=neuron_lanes, weight_bits=weight_bits,
        max_delay=max_delay, static=static, clock_hz=None if clock is None else round(clock * 1e6), baud=baud,
        seed=seed,
    )  # fmt: skip
    chosen = board_of(board)
    _check_out(plan(chosen, options), out)
    watch = Stopwatch(talk.note)
    planned, figures = fastest(chosen, options, tries, watch, talk.note)
    watch.end()
    if out is not None:
        _copy(planned, out)
    kind = "project" if planned.bitstream is None else "bitstream"
    talk.answer(
        figures.to_dict() | {"file": str(_product(planned)), "wrote": [] if out is None else [str(out)]},
        f"{talk.lines(format_figures(figures))}\n{kind}: {out or _product(planned)}",
    )
    check_clock(figures)


def _product(planned: "Plan") -> Path:
    return planned.bitstream or planned.folder


def _check_out(planned: "Plan", out: Path | None) -> None:
    """Refuse a place for the bitstream, or the folder of a project, before minutes of work."""
    if out is None:
        return
    if planned.bitstream is not None:
        check_writable(out)
    elif out.exists() and not out.is_dir():
        raise FileError(
            f"cannot write {out}: {planned.board.title} is built as a folder, and this is a file."
        )
    else:
        check_writable((out if out.is_dir() else out.parent) / ".allspike")


def _copy(planned: "Plan", out: Path) -> None:
    product = _product(planned)
    try:
        if product.is_dir():
            shutil.copytree(product, out, dirs_exist_ok=True)
            return
        with writing(out) as temporary:
            shutil.copyfile(product, temporary)
    except OSError as error:
        raise FileError(f"cannot write {out}: {error.strerror}; choose another place.") from None


def format_figures(figures: "Figures") -> str:
    """The report, for people."""
    lines = [
        f"{figures.build} on {figures.part}: {figures.neurons} neurons, {figures.inputs} inputs, "
        f"{figures.synapses:,} synapses of {figures.weight_bits} bits, "
        f"{'learns' if figures.plasticity else 'static'}, {figures.lanes} lanes"
    ]
    for kind, one in figures.uses.items():
        share = one.used / one.available if one.available else 0.0
        lines.append(f"  {_NAMES[kind]:<18}{one.used:>8,} of {one.available:>7,}  {share:4.0%}")
    if figures.achieved_mhz is None:
        lines.append(
            f"  clock             {figures.clock_mhz:8g} MHz asked; the vendor's tool says what it reaches"
        )
    else:
        lines.append(
            f"  clock             {figures.clock_mhz:8g} MHz asked, {figures.achieved_mhz:g} MHz reached"
        )
    if figures.critical_path is not None:
        lines.append(f"  {figures.critical_path.text()}")
    return "\n".join(lines)
