"""`allspike compile`, `run`, `info`, `plot`: networks, images and results from files."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from .. import __version__, files, network_file
from .. import image as images
from .. import plot as drawing
from .. import results as results_module
from ..compiler import compile_network, format_report
from ..config import PRESETS
from ..device_map import MAP_VERSION
from ..errors import CapacityError, FileError, ParameterError
from ..image import Image
from ..network import Network
from ..results import Result
from ..simulation import Simulation
from ..stimulus import Poisson, SpikeArray, SpikeList, Stimulus
from .app import ConfigName, DeviceName, Json, Seed, app, progress_bars
from .devices import about_device, line_facts, line_text


def _pairs(options: list[str] | None, what: str) -> dict[str, str]:
    """NAME=VALUE options as a mapping."""
    named = {}
    for option in options or []:
        name, equals, value = option.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(f"{option!r} is not of the form {what}.")
        named[name] = value
    return named


def _spike_file(path: str) -> Any:
    """A stimulus from a file: .npy of booleans [steps, inputs], or .csv lines of step,input."""
    ending = Path(path).suffix
    if ending == ".npy":
        with files.reading(path):
            return SpikeArray(np.load(path, allow_pickle=False))
    if ending == ".csv":
        with files.reading(path):
            lines = np.loadtxt(path, dtype=np.int64, delimiter=",", ndmin=2, comments="#")
            if lines.size and lines.shape[1] != 2:
                raise ValueError(f"{lines.shape[1]} columns where step,input are needed")
            lines = lines.reshape(-1, 2)
            return SpikeList(lines[:, 0], lines[:, 1])
    raise FileError(
        f"{path} is no spike file: use .npy (booleans [steps, inputs]) or .csv (step,input lines)."
    )


def _indices(text: str, name: str) -> list[int]:
    """Neurons from "0,3,5-9"."""
    chosen: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise typer.BadParameter(f"{name}={text}: neurons are given as in 0,3,5-9.")
        chosen += range(int(first), int(last or first) + 1)
    return chosen


def _network(path: Path, config: str | None, exact: bool) -> Network:
    """A network saved by `Network.save`, or by SuperNeuroMAT as JSON."""
    if path.suffix == ".json":
        return Network.from_superneuromat(path, config=config, exact=exact)
    if exact:
        raise typer.BadParameter("--exact is for SuperNeuroMAT's networks (.json).")
    return Network.load(path)


Exact = Annotated[
    bool, typer.Option("--exact", help="Refuse a SuperNeuroMAT network that would not behave the same here.")
]


@app.command("compile")
def compile_command(
    network: Annotated[
        Path, typer.Argument(help="A network: a file of Network.save or SuperNeuroMAT's JSON.")
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to write the image.")] = None,
    config: ConfigName = None,
    seed: Seed = 0,
    exact: Exact = False,
    as_json: Json = False,
) -> None:
    """Compile a network and report what quantisation did to it."""
    if out is not None:
        files.check_writable(out)
    image = compile_network(_network(network, config, exact), config, seed=seed)
    if out is not None:
        image.save(out)
    print(json.dumps(image.report) if as_json else format_report(image.report))


@app.command()
def run(
    network: Annotated[Path, typer.Argument(help="A network, SuperNeuroMAT's JSON, or an image.")],
    duration: Annotated[float | None, typer.Option(help="Seconds of emulated time.")] = None,
    steps: Annotated[int | None, typer.Option(help="Steps, instead of a duration.", min=0)] = None,
    poisson: Annotated[list[str] | None, typer.Option(help="INPUTS=HZ: Poisson spikes.")] = None,
    spikes: Annotated[list[str] | None, typer.Option(help="INPUTS=FILE: spikes from .npy or .csv.")] = None,
    record_v: Annotated[
        list[str] | None, typer.Option(help="POPULATION=0,3,5-9: record membrane potentials.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to write the result.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Where to draw the raster.")] = None,
    device: DeviceName = "emulator",
    waves: Annotated[Path | None, typer.Option(help="Where a simulated device writes its waveform.")] = None,
    config: ConfigName = None,
    seed: Seed = 0,
    exact: Exact = False,
    as_json: Json = False,
) -> None:
    """Run a network on a device; print rates, and write spikes, potentials and weights."""
    if (duration is None) == (steps is None):
        raise typer.BadParameter("give either --duration or --steps.")
    if waves is not None:
        device += f"{',' if ':' in device else ':'}waves={waves}"
    for path in (out, plot, waves):
        if path is not None:
            files.check_writable(path)
    stimuli: dict[str, Stimulus] = {}
    for name, text in _pairs(poisson, "INPUTS=HZ").items():
        try:
            stimuli[name] = Poisson(float(text))
        except ValueError:
            raise typer.BadParameter(f"--poisson {name}={text}: {text!r} is not a number of Hz.") from None
    stimuli |= {name: _spike_file(path) for name, path in _pairs(spikes, "INPUTS=FILE").items()}
    recorded = {name: _indices(text, name) for name, text in _pairs(record_v, "POPULATION=0,3,5-9").items()}
    is_image = network.suffix != ".json" and files.kind_of(network) == images.FORMAT
    loaded = Image.load(network) if is_image else _network(network, config, exact)
    translation = loaded.translation if isinstance(loaded, Network) else None
    with Simulation(loaded, device, config, seed=seed) as simulation:
        if steps is None:
            assert duration is not None
            steps = simulation.steps_of(duration)
        if translation is not None:
            translation.start(simulation)
            stimuli = {**translation.stimuli(steps), **stimuli}
        began = time.perf_counter()
        interrupted = False
        try:
            with progress_bars(as_json) as bar:
                result = simulation.run_steps(steps, stimuli, record_v=recorded, progress=bar("running"))
        except KeyboardInterrupt:
            if simulation.last is None:
                raise
            result, interrupted = simulation.last, True
        seconds = time.perf_counter() - began
        differences = [] if translation is None else translation.differences_after(simulation)
        line = line_facts(simulation.device)
    if exact and differences:
        raise CapacityError(f"the run was not exact: {' '.join(differences)}")
    if out is not None:
        result.save(out)
    if plot is not None:
        axes = drawing.raster(result)
        drawing.save(axes.figure, plot)
    rates = {name: float(result.rates(name).mean()) for name in result.sizes}
    steps = result.steps
    summary = {"steps": steps, "seconds": seconds, "steps_per_second": steps / max(seconds, 1e-9)}
    for difference in differences:
        print(f"not exact: {difference}", file=sys.stderr)
    if as_json:
        print(json.dumps(summary | {"mean_rates": rates, "counters": result.counters} | line))
    else:
        print(f"{steps:,} steps ({steps * result.dt:g} s) in {seconds:.2f} s")
        for name, rate in rates.items():
            print(f"  {name}: {result.counts(name).sum():,} spikes, {rate:.3g} Hz a neuron")
        if line:
            print(f"  line: {line_text(line['line'])}")
    if interrupted:
        raise KeyboardInterrupt


@app.command()
def info(
    file: Annotated[Path | None, typer.Argument(help="A network, an image or a result.")] = None,
    device: Annotated[str | None, typer.Option(help="A device, whose identity is shown.")] = None,
    as_json: Json = False,
) -> None:
    """Show what a file or a device is; without either, the version and the presets."""
    if file is not None:
        facts = _about_file(file)
    elif device is not None:
        facts = about_device(device)
    else:
        facts = _about_software()
    if as_json:
        print(json.dumps({k: v for k, v in facts.items() if k != "text"}))
    else:
        print(facts["text"])


def _about_file(path: Path) -> dict[str, Any]:

    kind = "superneuromat" if path.suffix == ".json" else files.kind_of(path)
    facts: dict[str, Any] = {"kind": kind}
    if kind in (network_file.FORMAT, "superneuromat"):
        net = _network(path, None, False)
        facts |= {
            "populations": {name: len(p) for name, p in net.populations.items()},
            "projections": {name: len(p) for name, p in net.projections.items()},
        }
        return facts | {"text": repr(net)}
    if kind == images.FORMAT:
        image = Image.load(path)
        return facts | {"report": image.report, "text": format_report(image.report)}
    if kind == results_module.FORMAT:
        result = Result.load(path)
        rates = {name: float(result.rates(name).mean()) for name in result.sizes}
        lines = [repr(result), *(f"  {name}: {rate:.3g} Hz a neuron" for name, rate in rates.items())]
        return facts | {"steps": result.steps, "mean_rates": rates, "text": "\n".join(lines)}
    raise FileError(f"{path} is a file of kind {kind!r}, which this release does not know: update it.")


def _about_software() -> dict[str, Any]:

    lines = [f"allspike {__version__}, memory map {MAP_VERSION}", "presets:"]
    for name, config in PRESETS.items():
        learns = "learns" if config.plasticity else "static"
        lines.append(
            f"  {name:12} {config.neurons:5} neurons {config.inputs:5} inputs {config.synapses:10,} synapses "
            f"of {config.weight_bits} bits, {learns}"
        )
    presets = {name: config.to_dict() for name, config in PRESETS.items()}
    facts = {"version": __version__, "map_version": MAP_VERSION, "presets": presets}
    return facts | {"text": "\n".join(lines)}


@app.command()
def plot(
    result: Annotated[Path, typer.Argument(help="A result saved by `allspike run --out` or Result.save.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write: .png, .pdf, .svg.")],
    kind: Annotated[str, typer.Option(help="raster, membrane or weights.")] = "raster",
    name: Annotated[str | None, typer.Option(help="Population or projection; the first by default.")] = None,
) -> None:
    """Draw a result."""
    loaded = Result.load(result)
    if kind == "raster":
        axes = drawing.raster(loaded, None if name is None else [name])
    elif kind in ("membrane", "weights"):
        there = loaded.v if kind == "membrane" else loaded.weights
        chosen = next(iter(there), None) if name is None else name
        if chosen not in there:
            raise ParameterError(
                f"{result} holds no {kind} of {chosen!r}; it holds: {', '.join(there) or 'none'}."
            )
        axes = drawing.membrane(loaded, str(chosen)) if kind == "membrane" else drawing.weights(there[chosen])
    else:
        raise typer.BadParameter(f"--kind {kind}: it is raster, membrane or weights.")
    drawing.save(axes.figure, out)
    print(f"wrote {out}")
