"""The default build of every board, for those who name a board where a configuration is wanted."""

from collections.abc import Iterator, Mapping

from allspike.map.config import Config

from .catalog import BOARDS


class _Builds(Mapping[str, Config]):
    """Each is worked out when it is asked for, its clock as the PLL makes it."""

    def __getitem__(self, name: str) -> Config:
        from .options import Options, configured  # noqa: PLC0415  (names alone are told without NumPy)

        return configured(BOARDS[name], Options())[0]

    def __iter__(self) -> Iterator[str]:
        return iter(BOARDS)

    def __len__(self) -> int:
        return len(BOARDS)


BUILDS: Mapping[str, Config] = _Builds()
"""What `allspike build NAME` builds, by the board's name."""
