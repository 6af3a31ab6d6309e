"""Parts of the reference that are made from the package. A marker on a page stands for each:

- `<!-- names: MODULE ... -->`: the public names of `allspike` that these modules define;
- `<!-- functions: NAME -->`: the public functions and classes of a public module, such as `plot`;
- `<!-- lif -->`: the table of LIF's parameters;
- `<!-- units -->`: what `allspike.units` has;
- `<!-- commands -->`: the command line.
"""

import inspect
import re
from types import ModuleType
from typing import Any

import typer.cli
import typer.main
from sphinx.application import Sphinx

import allspike
import allspike.cli.app
from allspike.describe.lif import LIF
from allspike.describe.neuron import NeuronDescription, parameter_table

_MARKER = re.compile(r"^<!-- (names|functions|lif|units|commands)(?:: ([\w. ]+))? -->$", re.MULTILINE)


def setup(app: Sphinx) -> dict[str, Any]:
    """For Sphinx."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = _MARKER.sub(lambda match: _PARTS[match[1]](*(match[2] or "").split()), source[0])


def _names(*modules: str) -> str:
    public = {name: getattr(allspike, name) for name in allspike.__all__}
    return "\n".join(
        _directive(f"allspike.{name}", thing)
        for module in modules
        for name, thing in public.items()
        if not isinstance(thing, ModuleType) and _home(thing).startswith(f"allspike.{module}.")
    )


def _home(thing: object) -> str:
    """The module that defines it, with a dot at the end; constants name theirs in the stub alone."""
    return getattr(thing, "__module__", "") + "."


def _functions(name: str) -> str:
    module = getattr(allspike, name)
    return "\n".join(
        _directive(f"allspike.{name}.{function}", thing)
        for function, thing in vars(module).items()
        if (inspect.isfunction(thing) or inspect.isclass(thing))
        and _home(thing).startswith(f"allspike.{name}.")
        and function[0] != "_"
    )


def _directive(name: str, thing: object) -> str:
    if inspect.isclass(thing):
        kind, option = "class", ":members:"
        if issubclass(thing, BaseException):
            kind, option = "exception", ":show-inheritance:"
        elif thing is allspike.Network:
            option = ":members:\n   :inherited-members: WithDeclared"
        elif issubclass(thing, NeuronDescription):
            option = ":members: array, non_default"
    elif callable(thing):
        kind, option = "function", ""
    else:
        kind, option = "data", ":no-value:"
    return f"```{{eval-rst}}\n.. auto{kind}:: {name}\n   {option}\n```\n"


def _lif() -> str:
    """One row a parameter, with what others call it."""
    head = ("parameter", "meaning", "unit", "default", "range", "PyNN `IF_curr_exp`", "Brian2", "NIR")
    rows = [
        (
            f"`{one.name}`",
            one.meaning,
            one.unit,
            f"`{one.default!r}`",
            one.takes or " or ".join(f'`"{word}"`' for word in one.choices),
            *(f"`{name}`" if name else "" for name in (one.pynn, one.brian2, one.nir)),
        )
        for one in parameter_table(LIF)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _units() -> str:
    rows = [
        f"| `{name}` | {value:g} |" for name, value in vars(allspike.units).items() if _is_unit(name, value)
    ]
    return "\n".join(["| unit | in SI |", "| --- | --- |", *rows])


def _is_unit(name: str, value: object) -> bool:
    return isinstance(value, float) and not name.startswith("_")


def _commands() -> str:
    """The help of every command, by Typer's own documentation command."""
    command = typer.main.get_command(allspike.cli.app.app)
    context = typer.Context(command)
    text = typer.cli.get_docs_for_click(
        obj=command, ctx=context, name="allspike", title="`allspike`", indent=1
    )
    return re.sub(r"```console\n\$ ", "```text\n", text)


_PARTS = {
    "names": _names,
    "functions": _functions,
    "lif": _lif,
    "units": _units,
    "commands": _commands,
}
