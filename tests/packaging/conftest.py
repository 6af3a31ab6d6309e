"""What a user installs: the distribution as it is published, and environments that know no checkout."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ..conftest import Once

ROOT = Path(__file__).parents[2]


class Environment:
    """A virtual environment that has the packages which Allspike needs, but not Allspike."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self._scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self._scripts / "python"
        site = self.run(["python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder)
        # Of a folder that is named so, only packages are seen: no editable installs.
        (Path(site.strip()) / "zz_needed.pth").write_text(sysconfig.get_path("purelib"))

    def install(self, *what: str | Path) -> None:
        """Without the network: nothing but what is named."""
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet"),
                *("--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed", *map(str, what)),
            ],
            check=True,
            env=_clean(),
        )

    def run(self, words: list[str], cwd: Path) -> str:
        """What a command of the environment prints."""
        program = str(self._scripts / words[0])
        done = subprocess.run(
            [program, *words[1:]], check=False, capture_output=True, text=True, cwd=cwd, env=_clean()
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


@pytest.fixture(scope="session")
def distribution(once: Once) -> Path:
    """A folder with the sdist and, built from it, the wheel."""
    return once("distribution", build)


def build(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        env=_clean(),
    )
