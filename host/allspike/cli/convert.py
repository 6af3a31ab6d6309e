"""`allspike convert`."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from . import talk
from .app import Json
from .outputs import Writer, check_input
from .replaced import check_apart


class Form(NamedTuple):
    """A kind of file that this command writes."""

    source: str
    """Format of the files that it is made from."""
    writer: str
    """`module:function`, called with what was read and the path."""
    extra: str = ""
    packages: tuple[str, ...] = ()
    """What the extra brings, all of which is needed."""


FORMS = {
    ".csv": Form("allspike-result", "allspike.results.export.csv:save"),
    ".nix": Form("allspike-result", "allspike.results.export.neo:save_nix", "neo", ("neo", "nixio")),
    ".nwb": Form("allspike-result", "allspike.results.export.nwb:save", "nwb", ("pynwb",)),
    ".nir": Form("allspike-network", "allspike.nir:write", "nir", ("nir",)),
}
"""By the ending of `--out`."""
_KINDS = {
    "allspike-result": "a result",
    "allspike-network": "a network",
    "allspike-image": "an image",
    "allspike-checkpoint": "a checkpoint",
}
_HINTS = {
    "allspike-result": "allspike run {} --out result.npz makes one",
    "allspike-network": "Network.save writes one",
}
"""How to come by a file of a format, from another one."""


def convert(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A result, of `allspike run --out`; or a network.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write; the ending says what: .csv, .nix, .nwb, .nir.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Write a result for other tools: spikes as text, NIX for Neo and Elephant, NWB; or a network as NIR."""
    check_input(file)
    form = _form(out)
    check_apart({"--out": out}, [file])
    source = _read(file, out, form)
    module, _, function = form.writer.partition(":")
    save = getattr(import_module(module), function)
    writer = Writer()
    writer.write(out, lambda path: save(source, path))
    talk.answer({"kind": form.source, "wrote": writer.wrote}, "\n".join(writer.text()))
    writer.finish()


def _form(out: Path) -> Form:
    """What the ending of a path stands for, once it is known that it can be written."""
    from ..errors import MissingExtraError, ParameterError
    from ..names import nearest
    from ..writing import check_writable

    ending = out.suffix.lower()
    if ending not in FORMS:
        likely = nearest(ending, FORMS)
        meant = f"did you mean {likely}? " if likely else ""
        raise ParameterError(
            f"{out} does not end in what can be converted to: {meant}use one of {', '.join(FORMS)}."
        )
    form = FORMS[ending]
    for package in form.packages:
        if find_spec(package) is None:
            raise MissingExtraError(package, form.extra, f"writing {ending}")
    check_writable(out)
    return form


def _read(path: Path, out: Path, form: Form) -> Any:
    """What is in a file, if it can be made into that form."""
    from .. import files
    from ..errors import ParameterError
    from ..nir.reading import is_nir
    from ..results.result import Result
    from .nir_options import NirOptions
    from .sources import load_network

    kind = "allspike-network" if path.suffix == ".json" or is_nir(path) else files.kind_of(path)
    if kind != form.source:
        wanted, hint = _KINDS[form.source], _HINTS[form.source].format(path)
        raise ParameterError(
            f"{path} is {_KINDS.get(kind, kind)}, and {out.suffix} is made from {wanted}: {hint}."
        )
    if is_nir(path):
        raise ParameterError(f"{path} is NIR already: copy it, or run it by allspike run {path}.")
    return Result.load(path) if kind == "allspike-result" else load_network(path, None, False, NirOptions())
