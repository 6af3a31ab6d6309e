"""What is published holds the packages whole and nothing else, and works where only it is installed."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import allspike as asp

from .conftest import ROOT, Environment

PACKAGES = ("host/allspike", "hdl/allspike_hdl", "sim/allspike_sim", "boards/allspike_boards")
NETWORK = """
import allspike as asp
net = asp.Network()
source, cells = net.inputs(2), net.neurons(3)
net.connect(source, cells, weight=1e-9)
print(asp.Simulation(net).run(0.05, {source: asp.Poisson(400.0)}).counts(cells.name).sum() > 0)
"""
MODULES = """
import importlib.util
print(*(importlib.util.find_spec(name) is not None for name in ("allspike", "allspike_boards", "reports")))
"""


def files_of_the_packages() -> set[str]:
    """As they are named in a wheel."""
    return {
        str(path.relative_to(ROOT / package.partition("/")[0]).as_posix())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_four_packages_and_nothing_else(distribution: Path) -> None:
    (wheel,) = distribution.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == files_of_the_packages()
    assert {Path(name).suffix for name in names} >= {".py", ".pyi", ".v", ".cpp", ".h"}
    assert "allspike/py.typed" in names


def test_the_sdist_holds_what_is_needed_to_build_test_and_read_it(distribution: Path) -> None:
    (sdist,) = distribution.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in ("LICENSE", "README.md", "CITATION.cff", "Makefile", "docs/conf.py", "tests/conftest.py"):
        assert needed in names
    tops = {name.partition("/")[0] for name in names}
    assert tops <= {
        *("PKG-INFO", "pyproject.toml", "LICENSE", "Makefile", ".gitignore"),
        *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff"),
        *("host", "hdl", "sim", "boards", "tests", "docs"),
    }
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_an_index_would_take_them(distribution: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *map(str, distribution.glob("allspike-*"))],
        check=True,
    )


def test_the_wheel_works_in_an_environment_of_its_own(distribution: Path, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install(*distribution.glob("*.whl"))
    assert asp.__version__ in environment.run(["allspike", "--version"], tmp_path)
    assert environment.run(["python", "-c", NETWORK], tmp_path).split() == ["True"]
    where = environment.run(["python", "-c", "import allspike; print(allspike.__file__)"], tmp_path)
    assert str(ROOT) not in where


@pytest.mark.parametrize("folder", ["allspike", "host", "allspike_hdl"])
def test_an_editable_install_works_beside_a_clone_of_any_name(folder: str, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install("--editable", ROOT)
    (tmp_path / "work" / folder / "host").mkdir(parents=True)
    assert environment.run(["python", "-c", NETWORK], tmp_path / "work").split() == ["True"]
    assert environment.run(["python", "-c", MODULES], tmp_path / "work").split() == ["True", "True", "False"]
    assert environment.run(["allspike", "boards", "--json"], tmp_path / "work")
