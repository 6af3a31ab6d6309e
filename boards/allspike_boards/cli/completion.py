"""What TAB offers where a board is meant."""


def boards(incomplete: str) -> list[str]:
    """Names of boards."""
    from ..catalog import BOARDS

    return [name for name in BOARDS if name.startswith(incomplete)]
