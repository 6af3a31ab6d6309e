"""What `allspike info` tells of files, devices and the software."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..compiler import format_report
from ..describe import network_file
from ..errors import FileError
from ..image import image as images
from ..image.image import Image
from ..map.device_map import MAP_VERSION
from ..map.presets import PRESETS, configurations
from ..results import stored
from ..results.result import Result
from ..simulate import checkpoint as checkpoints
from ..simulate.checkpoint import Checkpoint
from ..simulate.devices import open as open_device
from ..version import __version__
from . import talk
from .devices import line_facts, line_text
from .nir_facts import about_nir
from .nir_options import NirOptions
from .outputs import check_input
from .running import mean_rates
from .sources import check_unasked, kind_of, load_network


@dataclass(frozen=True)
class Facts:
    """The same as plain data and for people."""

    plain: dict[str, Any]
    text: str


def about_file(path: Path, exact: bool, options: NirOptions) -> Facts:
    """What a file holds.

    Raises
    ------
    FileError
        If it is none of this software's.
    """
    check_input(path)
    kind = kind_of(path)
    facts: dict[str, Any] = {"kind": kind}
    if kind == "nir":
        plain, text = about_nir(path, exact, options)
        return Facts(plain, talk.lines(text))
    check_unasked(path, exact if kind != "superneuromat" else False, options)
    if kind in (network_file.FORMAT, "superneuromat"):
        net = load_network(path, None, exact, options)
        facts |= {
            "populations": {name: len(p) for name, p in net.populations.items()},
            "projections": {name: len(p) for name, p in net.projections.items()},
        }
        return Facts(facts, repr(net))
    if kind == images.FORMAT:
        report = Image.load(path).report
        return Facts(facts | {"report": report}, format_report(report, talk.report_columns()))
    if kind == stored.FORMAT:
        result = Result.load(path)
        return Facts(facts | {"steps": result.steps, "mean_rates": mean_rates(result)}, repr(result))
    if kind == checkpoints.FORMAT:
        kept = Checkpoint.load(path)
        return Facts(facts | {"step": kept.step, "lost": kept.journal.lost}, repr(kept))
    raise FileError(f"{path} is a file of kind {kind!r}, which this release does not know: update it.")


def about_device(target: str) -> Facts:
    """What a device is, and what its line carried."""
    with open_device(target) as device:
        facts: dict[str, Any] = {"build": device.build} | device.config.to_dict()
        line = line_facts(device)
    lines = [f"{name}: {value}" for name, value in facts.items()]
    if line:
        lines += [f"line: {line_text(line['line'])}"]
        lines += [f"link {name}: {value}" for name, value in line["line"]["device"].items()]
    return Facts(facts | line, "\n".join(lines))


def about_software() -> Facts:
    """The version, and every configuration that has a name."""
    named = configurations()
    rows = [
        [
            name, f"{config.neurons:,}", f"{config.inputs:,}", f"{config.synapses:,}",
            str(config.weight_bits), "learning" if config.plasticity else "static",
            "preset" if name in PRESETS else "board",
        ]
        for name, config in named.items()
    ]  # fmt: skip
    titles = ["name", "neurons", "inputs", "synapses", "bits", "core", "kind"]
    shown = talk.table(titles, rows, right=titles[1:5])
    plain = {name: config.to_dict() for name, config in named.items()}
    facts = {
        "version": __version__, "map_version": MAP_VERSION,
        "presets": {name: plain[name] for name in PRESETS}, "configurations": plain,
    }  # fmt: skip
    head = f"allspike {__version__}, memory map {MAP_VERSION}; what --config may name:"
    return Facts(facts, f"{talk.filled(head, talk.columns())}\n{shown}")
