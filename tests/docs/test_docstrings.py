"""Docstrings of everything public: whole, and their examples run as they stand."""

import doctest
import inspect
import warnings
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc

import allspike as asp

from .public import public_callables

CALLABLES = public_callables()
NAMES = {"asp": asp, "np": np, **{name: getattr(asp, name) for name in asp.__all__}}


def is_to_be_called(thing: object) -> bool:
    """Not an error, which users catch, and no choice of words."""
    return not (inspect.isclass(thing) and issubclass(thing, BaseException | Enum))


CALLED = {name: thing for name, thing in CALLABLES.items() if is_to_be_called(thing)}


@pytest.mark.parametrize("name", CALLABLES)
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    finder = doctest.DocTestFinder(recurse=True)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", asp.AllspikeWarning)
        for test in finder.find(CALLABLES[name], name, module=False, globs=dict(NAMES)):
            runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


@pytest.mark.parametrize("name", CALLED)
def test_there_is_an_example(name: str) -> None:
    assert ">>>" in (inspect.getdoc(CALLED[name]) or "")


@pytest.mark.parametrize("name", CALLED)
def test_parameters_are_documented(name: str) -> None:
    """In the section Parameters; the fields of a dataclass also by the strings after them."""
    thing = CALLED[name]
    documented = documented_parameters(thing)
    parameters = inspect.signature(thing).parameters.values()
    wanted = {each.name for each in parameters if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)}
    assert not sorted(wanted - documented)


def documented_parameters(thing: object) -> set[str]:
    """Names in the Parameters section, and fields with a string after them."""
    parsed = ClassDoc(thing) if inspect.isclass(thing) else FunctionDoc(thing)
    names = {part.strip(" *") for entry in parsed["Parameters"] for part in entry.name.split(",")}
    if inspect.isclass(thing):
        names |= {part.strip() for entry in parsed["Attributes"] for part in entry.name.split(",")}
        for base in thing.__mro__:
            names |= fields_with_strings(base)
    return names


def fields_with_strings(kind: type) -> set[str]:
    """Fields of a class that a string follows in its source, as Sphinx reads them."""
    from sphinx.pycode import ModuleAnalyzer  # noqa: PLC0415  (slow to import)

    if not kind.__module__.startswith("allspike"):
        return set()
    documented = ModuleAnalyzer.for_module(kind.__module__).find_attr_docs()
    return {field for owner, field in documented if owner == kind.__name__}
